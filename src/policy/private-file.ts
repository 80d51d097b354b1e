/** Small files that decide what may run: where they lie, and how they are read and replaced by one writer at a time. */
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GreenroomError, messageOf } from '../errors.ts';
import { userFolders, type Environment } from '../permissions/paths/user-folders.ts';

const MAX_BYTES = 1024 * 1024;
/** How long a writer waits for another one, in milliseconds, and how often it looks. */
const LOCK_WAIT_MS = 5000;
const LOCK_LOOK_MS = 20;

/** Absolute paths; none of them need exist. */
export interface PolicyPlaces {
  /** `.greenroom/policy.json` in the workspace. */
  readonly workspace: string;
  /** The user's own file: `$XDG_CONFIG_HOME/greenroom/policy.json`, by default below `~/.config`. */
  readonly user: string;
  /** Which folders the user trusts: `$XDG_STATE_HOME/greenroom/trust.json`, by default below `~/.local/state`. */
  readonly trust: string;
}

/** The files that permissions come from. No rule may let an agent write them. */
export function policyFilePaths({
  workspace,
  env,
}: {
  readonly workspace: string;
  readonly env: Environment;
}): PolicyPlaces {
  const { config, state } = userFolders(env);
  return {
    workspace: resolve(workspace, '.greenroom', 'policy.json'),
    user: join(config, 'greenroom', 'policy.json'),
    trust: join(state, 'greenroom', 'trust.json'),
  };
}

/**
 * The bytes of a file; `undefined` when there is none.
 * @throws GreenroomError `invalid_params` when it is no regular file, over 1 MiB, writable by everybody, or unreadable.
 */
export function readPrivateFile(path: string): Buffer | undefined {
  let file: number | undefined;
  try {
    // a FIFO in the place of the file must not make us wait
    file = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    const stats = fs.fstatSync(file);
    if (!stats.isFile()) throw unusable(path, 'it is no regular file');
    if (stats.size > MAX_BYTES) throw unusable(path, `it is larger than ${MAX_BYTES} bytes`);
    if ((stats.mode & 0o002) !== 0) throw unusable(path, 'everybody on this machine may write it; run chmod o-w on it');
    return fs.readFileSync(file);
  } catch (error) {
    if (error instanceof GreenroomError) throw error;
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return undefined;
    throw unusable(path, messageOf(error), error);
  } finally {
    if (file !== undefined) fs.closeSync(file);
  }
}

/**
 * Replaces a file by a rename, mode 0600, missing folders 0700; the bytes are on the disk when it returns. A link stays,
 * and what it names is replaced.
 */
export function replacePrivateFile(path: string, text: string): void {
  const target = fs.existsSync(path) ? fs.realpathSync(path) : path;
  const folder = dirname(target);
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const temporary = join(folder, `.${randomUUID()}.tmp`);
  try {
    const file = fs.openSync(temporary, 'wx', 0o600);
    try {
      fs.writeFileSync(file, text);
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
    fs.renameSync(temporary, target);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(folder);
}

/** The rename itself reaches the disk only with its folder. */
function syncFolder(folder: string): void {
  const handle = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}

/**
 * Runs `change` while no other process of ours changes the same file. It is synchronous, so that nothing of this process
 * can come between either.
 * @throws GreenroomError `invalid_params` when another writer holds it for over 5 seconds, or it cannot be written.
 */
export async function changePrivateFile<T>(path: string, change: () => T): Promise<T> {
  const lock = `${path}.lock`;
  const token = `${process.pid} ${randomUUID()}`;
  try {
    fs.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const end = performance.now() + LOCK_WAIT_MS;
    while (!take(lock, token)) {
      if (performance.now() > end) throw unusable(path, `another process is changing it; if none is, remove ${lock}`);
      await sleep(LOCK_LOOK_MS);
    }
    try {
      return change();
    } finally {
      fs.rmSync(lock, { force: true });
    }
  } catch (error) {
    throw error instanceof GreenroomError ? error : unusable(path, messageOf(error), error);
  }
}

function take(lock: string, token: string): boolean {
  const own = `${lock}.${randomUUID()}`;
  // linked, so that a lock never exists without the name of its owner
  fs.writeFileSync(own, token, { flag: 'wx', mode: 0o600 });
  try {
    fs.linkSync(own, lock);
    return true;
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
    clearDead(lock);
    return false;
  } finally {
    fs.rmSync(own, { force: true });
  }
}

/** Takes away the lock of a process that is gone, unless another writer has done so and holds it now. */
function clearDead(lock: string): void {
  const aside = `${lock}.${randomUUID()}`;
  try {
    const owner = fs.readFileSync(lock, 'utf8');
    if (isAlive(Number(owner.split(' ')[0]))) return;
    fs.renameSync(lock, aside);
    if (fs.readFileSync(aside, 'utf8') !== owner) fs.linkSync(aside, lock);
    fs.rmSync(aside, { force: true });
  } catch (error) {
    fs.rmSync(aside, { force: true });
    if (!isCode(error, 'ENOENT') && !isCode(error, 'EEXIST')) throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return isCode(error, 'EPERM');
  }
}

/**
 * The real path of a workspace.
 * @throws GreenroomError `invalid_params` when there is none.
 */
export function realFolder(path: string): string {
  try {
    return fs.realpathSync(path);
  } catch (cause) {
    throw new GreenroomError('invalid_params', `The folder ${path} cannot be used: ${messageOf(cause)}.`, { cause });
  }
}

/** The error for a file that cannot be used; its `path` is the file. */
export function unusable(path: string, problem: string, cause?: unknown): GreenroomError {
  return new GreenroomError('invalid_params', `${path} cannot be used: ${problem}.`, { path, cause });
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
