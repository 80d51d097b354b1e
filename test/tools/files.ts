/** What the file tests do to real files. */
import { execFileSync } from 'node:child_process';

export { chmod, mkdir, readFile, readdir, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';

/** Makes a named pipe. */
export function mkfifo(path: string): void {
  execFileSync('mkfifo', [path]);
}
