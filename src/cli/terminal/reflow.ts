/** What a narrower terminal makes of rows that were drawn when it was wider. */
import { stripVTControlCharacters } from 'node:util';
import type { Environment } from '../sessions.ts';
import { rowsOf } from '../../text/columns.ts';

export interface ReflowOptions {
  /** As they were drawn; the cursor stands below the last. */
  readonly rows: readonly string[];
  readonly output: { readonly columns?: number; write(text: string): unknown };
  readonly env: Environment;
}

const ERASE_AND_UP = '\u{1b}[2K\u{1b}[1A';

/**
 * Erases as many rows as have been added by breaking the others, from the bottom: what erases the rows by their number
 * then finds as many as it drew.
 */
export function eraseReflowed({ rows, output, env }: ReflowOptions): void {
  if (!breaksOldRows(env)) return;
  const { columns = 80 } = output;
  const now = rows.reduce((sum, row) => sum + rowsOf(stripVTControlCharacters(row), columns).length, 0);
  output.write(ERASE_AND_UP.repeat(now - rows.length));
}

/** Nearly all terminals break old rows anew when they get narrower; xterm, GNU screen and the Linux console cut them. */
function breaksOldRows({ TERM = '', TMUX, XTERM_VERSION }: Environment): boolean {
  if (TMUX !== undefined) return true;
  return XTERM_VERSION === undefined && TERM !== 'linux' && !TERM.startsWith('screen');
}
