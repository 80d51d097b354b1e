/** A database file that only its user can read, from its first moment on. */
import * as fs from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { GreenroomError } from '../errors.ts';
import { journalError } from './journal-errors.ts';

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
    // a FIFO or device in the place of the file must not make us wait
    if (!fs.statSync(real).isFile()) throw new GreenroomError('journal', `${real} is no regular file. Name another.`);
    fs.chmodSync(real, 0o600);
    return real;
  } catch (cause) {
    throw journalError(wanted, 'created', cause);
  }
}

/** Never opens one that is there: closing it again would drop the locks that SQLite holds in this process. */
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
