/** What a human calls a session by. */
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { ENDING, type Environment, sessionFiles, sessionsFolder } from './sessions.ts';

/** Digits of an id that are shown at least: a UUID v7 begins with its time, and eight digits of that are 65 seconds. */
const SHORTEST = 8;

/** The shortest beginning of a session's id that means no other; for a file elsewhere, its path as a shell takes it. */
export function sessionHandle(path: string, env: Environment): string {
  if (!isListed(path, env)) return quoted(path);
  const id = basename(path, ENDING);
  const others = sessionFiles(env)
    .map((file) => basename(file, ENDING))
    .filter((name) => name !== id);
  for (let length = SHORTEST; length < id.length; length += 1) {
    const handle = id.slice(0, length);
    if (!others.some((name) => name.startsWith(handle))) return handle;
  }
  return id;
}

/** The command that goes on with a session. */
export const resumeCommandOf = (path: string, env: Environment): string =>
  `greenroom resume ${sessionHandle(path, env)}`;

/** What `greenroom answer` needs besides the id of a question: where it is asked, unless that is found by itself. */
export const sessionOption = (path: string, env: Environment): string =>
  isListed(path, env) ? '' : ` --session ${quoted(path)}`;

function isListed(path: string, env: Environment): boolean {
  const folder = sessionsFolder(env);
  return dirname(path) === folder || (existsSync(folder) && dirname(path) === realpathSync(folder));
}

function quoted(path: string): string {
  return /^[\w./@:+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
