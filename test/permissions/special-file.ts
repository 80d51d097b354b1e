/** Files that are no regular files, made by the system's own programs. */
import { execFileSync } from 'node:child_process';

/** A FIFO, or with rights that not every machine gives a device node; both are files no rule on files means. */
export function makeSpecialFile(path: string, kind: 'fifo' | 'device'): void {
  const commands = { fifo: ['mkfifo', path], device: ['mknod', path, 'c', '1', '5'] };
  const [program = '', ...args] = commands[kind];
  try {
    execFileSync(program, args, { stdio: 'ignore' });
  } catch (error) {
    if (kind === 'fifo') throw error;
    makeSpecialFile(path, 'fifo');
  }
}
