/** Where runs are recorded, and which record is meant. */
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { GreenroomError, messageOf } from '../index.ts';
import { type Journal, openSession, type SessionInfo, type SessionReader, sqliteJournal } from '../journal/index.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Of the files in the sessions folder. */
export const ENDING = '.sqlite';

/** `$XDG_STATE_HOME/greenroom/sessions`, by default below `~/.local/state`. */
export function sessionsFolder(env: Environment): string {
  const state = env['XDG_STATE_HOME'];
  const home = env['HOME'] !== undefined && isAbsolute(env['HOME']) ? env['HOME'] : homedir();
  const base = state !== undefined && isAbsolute(state) ? state : join(home, '.local', 'state');
  return join(base, 'greenroom', 'sessions');
}

/**
 * The journal of a new run: the file given, or one of its own in the sessions folder.
 * @throws GreenroomError `invalid_params` for a file inside the workspace, one that holds a session, or one that cannot be
 * used; nothing was started then.
 */
export function newJournal(about: {
  /** `--journal`. */
  readonly file?: string | undefined;
  readonly id: string;
  readonly title: string;
  readonly workspace: string;
  /** What it takes to go on with it. */
  readonly settings?: unknown;
  readonly env: Environment;
}): Journal {
  const { id, title, settings } = about;
  const path = resolve(about.file ?? join(sessionsFolder(about.env), `${id}${ENDING}`));
  const workspace = realpathSync(about.workspace);
  if (isInside(realPath(path), workspace)) {
    throw misuse(`${path} is inside the workspace, where agents write. Name a file outside of it.`);
  }
  const found = stateOf(path);
  if (found !== undefined) {
    const goOn = found === 'stopped' ? `, go on with it with greenroom resume ${path}` : '';
    throw misuse(
      `${path} holds a session already. Look at it with greenroom replay ${path}${goOn}, or name another file.`,
    );
  }
  return opened(path, () => sqliteJournal(path, { id, title, workspace, settings }));
}

/**
 * How the session that a file holds stands, if it has one and nobody writes it; looked at without owning it, since closing it
 * again would end a session that can be resumed. One that runs has an owner to name.
 */
function stateOf(path: string): 'ended' | 'stopped' | undefined {
  if (!existsSync(path)) return undefined;
  try {
    using session = openSession(path);
    const { lastSeq, state } = session.info();
    return lastSeq > 0 && state !== 'running' ? state : undefined;
  } catch {
    return undefined; // whoever opens it to write says what is wrong
  }
}

function opened(path: string, open: () => Journal): Journal {
  try {
    return open();
  } catch (cause) {
    if (!(cause instanceof GreenroomError)) throw misuse(`${path} cannot be used: ${messageOf(cause)}`, cause);
    throw misuse(cause.message, cause);
  }
}

const misuse = (problem: string, cause?: unknown) =>
  new GreenroomError('invalid_params', `--journal: ${problem}`, { path: '--journal', cause });

/** The real path of something that may not exist yet. */
function realPath(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  return dirname(path) === path ? path : join(realPath(dirname(path)), basename(path));
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith('../') && !isAbsolute(way));
}

/** What is known of each recorded session, oldest first; files that cannot be read are told to `onProblem`. */
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
 * Opens the session that a file, an id or the beginning of an id names.
 * @throws GreenroomError `invalid_params` when none or several are meant, or it cannot be read.
 */
export function sessionNamed(name: string, env: Environment): SessionReader {
  const wrong = (problem: string, cause?: unknown) =>
    new GreenroomError('invalid_params', problem, { path: 'session', cause });
  const isFile = name.includes('/') || existsSync(name);
  const meant = isFile ? [name] : sessionFiles(env).filter((path) => basename(path).startsWith(name));
  const [path, ...others] = meant;
  if (name === '' || path === undefined) {
    throw wrong(
      `No session is called ${name}. greenroom sessions lists those there are; a file can be named by its path.`,
    );
  }
  if (others.length > 0) {
    throw wrong(`${meant.length} sessions begin with ${name}. Give more of the id; greenroom sessions lists them.`);
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
