/**
 * The log of a terminal: lines that go up for good, drawn by whoever draws what stands below them; before and after that
 * they are written at once. Guarantees that each line reaches the terminal once, in order.
 */
import type { Writable } from 'node:stream';
import type { Screen } from '../screen.ts';

export interface TerminalLog {
  /** Where lines are put. */
  readonly screen: Screen & { readonly columns: number };
  /** From now on lines wait to be taken; `onLine` hears of each. */
  attach(onLine: () => void): void;
  /** The lines that wait, which are no longer kept here. */
  take(): readonly string[];
  /** Writes what waits, and all that comes. Idempotent. */
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
        // a terminal that does not know its size says 0
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
      // what stands below is drawn elsewhere
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
