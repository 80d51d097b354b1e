/** Journal files of sessions: where they are, and the names people call them by. */
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { GreenroomError, messageOf } from '../../index.ts';
import { type Journal, openSession, type SessionInfo, type SessionReader, sqliteJournal } from '../../journal/index.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** File name extension of journals. */
const ENDING = '.sqlite';

/** `$XDG_STATE_HOME/greenroom/sessions`, by default below `~/.local/state`. */
export function sessionsFolder(env: Environment): string {
  const state = env['XDG_STATE_HOME'];
  const home = env['HOME'] !== undefined && isAbsolute(env['HOME']) ? env['HOME'] : homedir();
  const base = state !== undefined && isAbsolute(state) ? state : join(home, '.local', 'state');
  return join(base, 'greenroom', 'sessions');
}

/**
 * Opens the journal of a new run: the given file, or a new one in the sessions folder.
 * @throws GreenroomError `invalid_params` for a file that is inside the workspace, holds a session, or cannot be opened.
 */
export function newJournal(about: {
  /** `--journal`. */
  readonly file?: string | undefined;
  readonly id: string;
  readonly title: string;
  readonly workspace: string;
  /** Stored for resuming the session. */
  readonly settings?: unknown;
  readonly env: Environment;
}): Journal {
  const { id, title, settings } = about;
  const path = resolve(about.file ?? join(sessionsFolder(about.env), `${id}${ENDING}`));
  const workspace = realpathSync(about.workspace);
  if (isInside(realPath(path), workspace)) {
    throw misuse(`${path} is inside the workspace, where agents write. Give a file outside of it.`);
  }
  const found = stateOf(path);
  if (found !== undefined) {
    const resume = found === 'stopped' ? `, resume it with greenroom resume ${path}` : '';
    throw misuse(
      `${path} already holds a session. Print it with greenroom replay ${path}${resume}, or give another file.`,
    );
  }
  return opened(path, () => sqliteJournal(path, { id, title, workspace, settings }));
}

/**
 * The state of the session in a file, if there is one and no process writes it. Opens the file for reading only: opening it for
 * writing and closing it again would end a session that can be resumed.
 */
function stateOf(path: string): 'ended' | 'stopped' | undefined {
  if (!existsSync(path)) return undefined;
  try {
    using session = openSession(path);
    const { lastSeq, state } = session.info();
    return lastSeq > 0 && state !== 'running' ? state : undefined;
  } catch {
    return undefined; // opening it for writing reports the problem
  }
}

function opened(path: string, open: () => Journal): Journal {
  try {
    return open();
  } catch (cause) {
    if (!(cause instanceof GreenroomError)) throw misuse(`${path} cannot be opened: ${messageOf(cause)}`, cause);
    throw misuse(cause.message, cause);
  }
}

const misuse = (problem: string, cause?: unknown) =>
  new GreenroomError('invalid_params', `--journal: ${problem}`, { path: '--journal', cause });

/** Real path of a file that may not exist yet. */
function realPath(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  return dirname(path) === path ? path : join(realPath(dirname(path)), basename(path));
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith('../') && !isAbsolute(way));
}

/** The recorded sessions, oldest first. Reports files that cannot be read to `onProblem`. */
export function listSessions(env: Environment, onProblem: (text: string) => void): SessionInfo[] {
  const found: SessionInfo[] = [];
  for (const path of sessionFiles(env)) {
    try {
      using session = openSession(path);
      found.push(session.info());
    } catch (error) {
      onProblem(messageOf(error));
    }
  }
  return found.toSorted((one, other) => one.createdAt - other.createdAt);
}

/**
 * Opens a session by its file, its id, or the first characters of its id.
 * @throws GreenroomError `invalid_params` when the name fits none or several, or the file cannot be read.
 */
export function sessionNamed(name: string, env: Environment): SessionReader {
  const wrong = (problem: string, cause?: unknown) =>
    new GreenroomError('invalid_params', problem, { path: 'session', cause });
  const isFile = name.includes('/') || existsSync(name);
  const meant = isFile ? [name] : sessionFiles(env).filter((path) => basename(path).startsWith(name));
  const [path, ...others] = meant;
  if (name === '' || path === undefined) {
    throw wrong(
      `No session has the id ${name}. List the sessions with greenroom sessions, or give the path of a file.`,
    );
  }
  if (others.length > 0) {
    throw wrong(
      `${meant.length} sessions begin with ${name}. Give more of the id. List the sessions with greenroom sessions.`,
    );
  }
  try {
    return openSession(path);
  } catch (cause) {
    throw wrong(messageOf(cause), cause);
  }
}

/** The journals in the sessions folder, oldest first. */
export function sessionFiles(env: Environment): string[] {
  const folder = sessionsFolder(env);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(ENDING))
    .toSorted()
    .map((name) => join(folder, name));
}

/** Fewest characters of an id to print. A UUID v7 begins with its time, and eight digits of that are 65 seconds. */
const SHORTEST = 8;

/** The shortest unique beginning of a session's id; for a file outside the sessions folder, its path quoted for a shell. */
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

/** The command that resumes a session. */
export const resumeCommandOf = (path: string, env: Environment): string =>
  `greenroom resume ${sessionHandle(path, env)}`;

/** The `--session` option of `greenroom answer`; empty for a session in the sessions folder, which is found without it. */
export const sessionOption = (path: string, env: Environment): string =>
  isListed(path, env) ? '' : ` --session ${quoted(path)}`;

function isListed(path: string, env: Environment): boolean {
  const folder = sessionsFolder(env);
  return dirname(path) === folder || (existsSync(folder) && dirname(path) === realpathSync(folder));
}

function quoted(path: string): string {
  return /^[\w./@:+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
