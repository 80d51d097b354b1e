/** Characters as a reader counts them, and the columns they take on a terminal. Texts are visible: see `visible.ts`. */
import { visibleLine } from './visible.ts';

/** Text whose characters take one column each; nearly all text is. */
const PLAIN = /^[ -~]*$/;
/** Scripts and signs that terminals draw two columns wide. */
const WIDE =
  /\p{Emoji_Presentation}|\u{FE0F}|[\u{1100}-\u{115F}\u{2E80}-\u{A4CF}\u{AC00}-\u{D7A3}\u{F900}-\u{FAFF}\u{FE30}-\u{FE6F}\u{FF00}-\u{FF60}\u{FFE0}-\u{FFE6}\u{20000}-\u{3FFFD}]/u;
const NARROWEST = 4;

let segmenter: Intl.Segmenter | undefined;

/** The characters a reader counts: an emoji of several code points is one. */
export function charactersOf(text: string): string[] {
  if (PLAIN.test(text)) return text.split('');
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

const widthOf = (character: string): number => (WIDE.test(character) ? 2 : 1);

/** The columns a text takes. */
export function columnsOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  return charactersOf(text).reduce((sum, character) => sum + widthOf(character), 0);
}

/** The first `length` characters; a text that is longer ends in `…`, which counts. */
export function cut(text: string, length: number): string {
  const characters = charactersOf(text);
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}

/** One visible line of at most `max` columns. */
export function shortLine(text: string, max: number): string {
  // text far behind the cut is not looked at; an emoji can have a dozen parts
  const line = visibleLine(text.slice(0, max * 12 + 12));
  let shown = '';
  let width = 0;
  for (const character of charactersOf(line)) {
    const wide = widthOf(character);
    if (width + wide > max) return `${charactersOf(shown).slice(0, -1).join('')}…`;
    shown += character;
    width += wide;
  }
  return shown;
}

/** The end of a visible line, at most `max` columns. */
export function endOfLine(line: string, max: number): string {
  const characters = charactersOf(line);
  let width = 0;
  let first = characters.length;
  while (first > 0) {
    width += widthOf(characters[first - 1] ?? '');
    if (width > max) return `…${characters.slice(first + 1).join('')}`;
    first -= 1;
  }
  return line;
}

/**
 * A text in rows of at most `columns`, whole, broken at the edge. Rows after the first begin with `lead`, which is left
 * out where it would take half of a row.
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
