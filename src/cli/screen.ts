/** Lines that go up, and one line that stays below them while a question is open. */
import type { Writable } from 'node:stream';
import { shortLine } from '../text/columns.ts';

export interface Screen {
  /** Whether the footer is redrawn; otherwise it is written once. */
  readonly live: boolean;
  /** Characters to a line; `undefined` when it is no terminal. */
  readonly columns: number | undefined;
  /** Writes a line above the footer. It must not hold anything a terminal acts on but colours. */
  line(text: string): void;
  /** What stays below; `undefined` takes it away. It is cut to one line of the terminal. */
  footer(text: string | undefined): void;
}

const CLEAR_LINE = '\r\u{1b}[2K';

export interface ScreenOptions {
  readonly output: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Without it the footer is written as a line of its own, once. Default: what the stream is. */
  readonly live?: boolean;
  /** Colours of the footer, put around the cut text. */
  readonly paint?: (text: string) => string;
}

export function createScreen({ output, live = output.isTTY === true, paint = (text) => text }: ScreenOptions): Screen {
  let footer: string | undefined;
  const columns = () => (output.isTTY === true ? (output.columns ?? 80) : undefined);
  const drawn = () => (footer === undefined ? '' : paint(shortLine(footer, (columns() ?? 80) - 1)));
  return {
    live,
    get columns() {
      return columns();
    },
    line(text) {
      output.write(live && footer !== undefined ? `${CLEAR_LINE}${text}\n${drawn()}` : `${text}\n`);
    },
    footer(text) {
      if (text === footer) return;
      const before = footer;
      footer = text;
      if (live) output.write(before === undefined && text === undefined ? '' : `${CLEAR_LINE}${drawn()}`);
      else if (text !== undefined && before === undefined) output.write(`${text}\n`);
    },
  };
}
