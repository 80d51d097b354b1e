/** Opens the database files of journals: new ones for their user alone, recorded ones never created. */
import * as fs from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { DatabaseSync, DatabaseSyncOptions } from 'node:sqlite';
import { GreenroomError } from '../errors.ts';
import { journalError } from './journal-errors.ts';
import { checkSchema, schemaOf } from './schema.ts';

/** How long a step waits for another connection, in milliseconds: a process that was suspended in a transaction must not end a run. */
const BUSY_MS = 30_000;

/**
 * Opens a database file.
 * @throws GreenroomError `journal`
 */
export function openDatabase(path: string, options: Pick<DatabaseSyncOptions, 'readOnly'> = {}): DatabaseSync {
  try {
    const { DatabaseSync } = loadQuietly();
    return new DatabaseSync(path, { timeout: BUSY_MS, ...options });
  } catch (cause) {
    throw journalError(path, 'opened', cause);
  }
}

/** Loads `node:sqlite` without the warning of Node 22 that it is experimental: standard error belongs to the application. */
function loadQuietly() {
  const own = Object.getOwnPropertyDescriptor(process, 'emitWarning');
  process.emitWarning = () => undefined;
  try {
    return process.getBuiltinModule('node:sqlite');
  } finally {
    if (own !== undefined) Object.defineProperty(process, 'emitWarning', own);
  }
}

const SIDES = ['', '-wal', '-shm'] as const;

/** The file and those that SQLite keeps beside it; only `-wal` holds anything of its own. */
export const databaseFiles = (path: string): readonly string[] => SIDES.map((side) => path + side);

/**
 * Creates the file when there is none, mode 0600, and missing folders, mode 0700, whatever the umask; returns its real
 * path. SQLite gives `-wal` and `-shm` the mode of the file.
 * @throws GreenroomError `journal`
 */
export function createPrivateDatabase(path: string): string {
  const wanted = resolve(path);
  try {
    const made = fs.mkdirSync(dirname(wanted), { recursive: true, mode: 0o700 });
    if (made !== undefined) for (const folder of foldersDownTo(dirname(wanted), made)) fs.chmodSync(folder, 0o700);
    const real = fs.existsSync(wanted)
      ? fs.realpathSync(wanted)
      : join(fs.realpathSync(dirname(wanted)), basename(wanted));
    create(real);
    // opening a FIFO or device would block
    if (!fs.statSync(real).isFile())
      throw new GreenroomError('journal', `${real} is not a regular file. Name another.`);
    fs.chmodSync(real, 0o600);
    return real;
  } catch (cause) {
    throw journalError(wanted, 'created', cause);
  }
}

/** Never opens an existing file: closing it again would drop the locks that SQLite holds in this process. */
function create(path: string): void {
  try {
    fs.closeSync(fs.openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

function foldersDownTo(deepest: string, highest: string): string[] {
  const folders = [deepest];
  for (let folder = deepest; folder !== highest && dirname(folder) !== folder;) {
    folder = dirname(folder);
    folders.push(folder);
  }
  return folders;
}

export interface RecordedFile {
  /** Its absolute path. */
  readonly file: string;
  /** Must be closed. */
  readonly db: DatabaseSync;
}

/**
 * Opens an existing journal; never creates one and changes nothing.
 * @throws GreenroomError `journal` when there is none, it belongs to another program, or it cannot be opened.
 */
export function openRecorded(path: string, { readOnly }: { readonly readOnly: boolean }): RecordedFile {
  const file = resolve(path);
  // SQLite would block on a FIFO
  if (!fs.existsSync(file) || !fs.statSync(file).isFile()) {
    throw new GreenroomError('journal', `There is no journal ${file}. greenroom sessions lists the existing ones.`);
  }
  const db = openDatabase(file, { readOnly });
  try {
    const found = schemaOf(db);
    checkSchema(file, found);
    if (found === 'empty' || found === 0) throw new GreenroomError('journal', `${file} holds no session.`);
    return { file, db };
  } catch (cause) {
    db.close();
    throw journalError(file, 'read', cause);
  }
}
