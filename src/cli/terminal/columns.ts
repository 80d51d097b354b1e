/** How much room a text takes on a terminal, and where it is broken. Texts are visible ones: see `visible-lines.ts`. */
import { charactersOf, shortLine } from '../../read-model/visible-lines.ts';

/** What takes one column a character; nearly all that is shown. */
const PLAIN = /^[ -~]*$/;
const NARROWEST = 4;

/** Columns that a text takes. */
export function columnsOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  return charactersOf(text).reduce((sum, character) => sum + widthOf(character), 0);
}

/**
 * A text in rows of at most `columns`, whole: broken at the edge, wherever that is. The rows after the first begin with `lead`,
 * which is left out where it would take half of a row.
 */
export function rowsOf(text: string, columns: number, lead = ''): string[] {
  const room = Math.max(NARROWEST, columns);
  if (text.length * 2 <= room || columnsOf(text) <= room) return [text];
  const start = columnsOf(lead) * 2 < room ? lead : '';
  const startWidth = columnsOf(start);
  const rows: string[] = [];
  let row = '';
  let width = 0;
  for (const character of charactersOf(text)) {
    const wide = widthOf(character);
    if (width + wide > room) {
      rows.push(row);
      row = start;
      width = startWidth;
    }
    row += character;
    width += wide;
  }
  return [...rows, row];
}

/** A character that does not fit into one column takes two. */
const widthOf = (character: string): number => (shortLine(character, 1) === character ? 1 : 2);
