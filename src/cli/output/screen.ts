/** Screen of plain output: lines that scroll up, one footer line below them, and colours. */
import type { Writable } from 'node:stream';
import { styleText } from 'node:util';
import { shortLine } from '../../text/columns.ts';

export interface Screen {
  /** Whether the footer is redrawn in place; otherwise it is written once. */
  readonly live: boolean;
  /** Width of the terminal; `undefined` without one. */
  readonly columns: number | undefined;
  /** Writes a line above the footer. It must contain no control sequences except colours. */
  line(text: string): void;
  /** Sets the footer, cut to one line of the terminal; `undefined` removes it. */
  footer(text: string | undefined): void;
}

const CLEAR_LINE = '\r\u{1b}[2K';

export interface ScreenOptions {
  readonly output: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Default: whether the output is a terminal. */
  readonly live?: boolean;
  /** Colours the footer after it was cut. */
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

export type Format = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan';

/** Colours a text, or returns it unchanged. */
export type Paint = (format: Format | readonly Format[], text: string) => string;

export const plainPaint: Paint = (_format, text) => text;
export const colourPaint: Paint = (format, text) =>
  styleText(typeof format === 'string' ? format : [...format], text, { validateStream: false });

/** Colours for a terminal that supports them, unless `NO_COLOR` is set. */
export function paintFor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Paint {
  const wanted = stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return wanted ? colourPaint : plainPaint;
}
