/**
 * Log of a terminal: lines that scroll up. While a view is attached, it prints them above its rows; otherwise they are written at
 * once. Guarantees that each line reaches the terminal once, in order.
 */
import { stripVTControlCharacters } from 'node:util';
import { rowsOf } from '../../text/columns.ts';
import type { Environment } from '../sessions/files.ts';
import type { Writable } from 'node:stream';
import type { Screen } from '../output/screen.ts';

export interface TerminalLog {
  /** Takes the lines. */
  readonly screen: Screen & { readonly columns: number };
  /** From now on, lines wait to be taken; `onLine` is called for each. */
  attach(onLine: () => void): void;
  /** Removes and returns the lines that wait. */
  take(): readonly string[];
  /** Writes the lines that wait, and later ones at once. Idempotent. */
  detach(): void;
}

const COLUMNS = 80;

export function createTerminalLog(output: Writable & { readonly columns?: number }): TerminalLog {
  let waiting: string[] = [];
  let onLine: (() => void) | undefined;
  const take = () => {
    const lines = waiting;
    waiting = [];
    return lines;
  };
  return {
    screen: {
      live: true,
      get columns() {
        // a terminal of unknown size reports 0
        return output.columns || COLUMNS;
      },
      line(text) {
        if (onLine === undefined) {
          output.write(`${text}\n`);
          return;
        }
        waiting.push(text);
        onLine();
      },
      // the view draws the rows below the log
      footer() {},
    },
    attach(listener) {
      onLine = listener;
    },
    take,
    detach() {
      onLine = undefined;
      const lines = take();
      if (lines.length > 0) output.write(`${lines.join('\n')}\n`);
    },
  };
}

export interface ReflowOptions {
  /** The rows as they were drawn; the cursor is below the last. */
  readonly rows: readonly string[];
  readonly output: { readonly columns?: number; write(text: string): unknown };
  readonly env: Environment;
}

const ERASE_AND_UP = '\u{1b}[2K\u{1b}[1A';

/**
 * Erases the rows that a narrower terminal added by breaking others, from the bottom. Ink, which erases rows by their number,
 * then finds as many as it drew.
 */
export function eraseReflowed({ rows, output, env }: ReflowOptions): void {
  if (!breaksOldRows(env)) return;
  const { columns = 80 } = output;
  const now = rows.reduce((sum, row) => sum + rowsOf(stripVTControlCharacters(row), columns).length, 0);
  output.write(ERASE_AND_UP.repeat(now - rows.length));
}

/** Most terminals rewrap old rows when they get narrower; xterm, GNU screen and the Linux console cut them. */
function breaksOldRows({ TERM = '', TMUX, XTERM_VERSION }: Environment): boolean {
  if (TMUX !== undefined) return true;
  return XTERM_VERSION === undefined && TERM !== 'linux' && !TERM.startsWith('screen');
}
