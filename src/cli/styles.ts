/** Colours, or none. */
import { styleText } from 'node:util';

export type Format = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan';

/** Puts a text in a colour, or leaves it alone. */
export type Paint = (format: Format | readonly Format[], text: string) => string;

export const plainPaint: Paint = (_format, text) => text;
export const colourPaint: Paint = (format, text) =>
  styleText(typeof format === 'string' ? format : [...format], text, { validateStream: false });

/** Colours only for a terminal that takes them, and never against the user's `NO_COLOR`. */
export function paintFor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Paint {
  const wanted = stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return wanted ? colourPaint : plainPaint;
}
