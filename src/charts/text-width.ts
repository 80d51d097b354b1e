/**
 * How wide text is in a sans-serif font, without one at hand: the advance widths of Helvetica, which Arial and
 * Liberation Sans share (Adobe's Helvetica.afm, in thousandths of the font size, some rounded up), and some room for
 * wider fonts.
 */
import { charactersOf } from '../text/columns.ts';

const WIDTHS: readonly (readonly [string, number])[] = [
  ['ijl', 222],
  ["|'", 260],
  [' !,./:;I[\\]ft', 278],
  ['()-r`{}', 333],
  ['"*^cJksvxyz', 500],
  ['#$0123456789?L_abdeghnopquFTZ', 584],
  ['+<=>~', 584],
  ['&ABEKPSVXY', 667],
  ['wCDHNRU', 722],
  ['GOQ', 778],
  ['mM%', 889],
  ['W@', 1000],
];
const WIDTH_OF = new Map(
  WIDTHS.flatMap(([letters, width]) => charactersOf(letters).map((letter) => [letter, width] as const)),
);

/** Letters of other scripts are about this wide or narrower; ideographs and emoji are a full size wide. */
const OTHER = 667;
const FULL = 1000;
const ROOM = 1.14;
const BOLD = 1.08;

/** @returns Pixels. */
export function textWidth(
  text: string,
  { size, isBold = false }: { readonly size: number; readonly isBold?: boolean },
): number {
  let thousandths = 0;
  for (const character of charactersOf(text)) thousandths += WIDTH_OF.get(character) ?? otherWidth(character);
  return (thousandths / 1000) * size * ROOM * (isBold ? BOLD : 1);
}

function otherWidth(character: string): number {
  return (character.codePointAt(0) ?? 0) < 0x1100 ? OTHER : FULL;
}
