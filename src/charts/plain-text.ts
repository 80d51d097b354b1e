/** Text that somebody wrote, made fit to be drawn. */

/** Control characters, what reverses the direction of text, what XML cannot hold, and what is no character at all. */
const UNDRAWABLE =
  // oxlint-disable-next-line no-control-regex -- that is what it is for
  /[\u0000-\u001F\u007F-\u009F\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\uFFFE\uFFFF]/g;

/** One line that shows all it holds: white space is single spaces, and what cannot be drawn is U+FFFD. */
export function oneLine(text: string): string {
  return text.toWellFormed().replace(/\s+/g, ' ').trim().replace(UNDRAWABLE, '\uFFFD');
}

/** The beginning of a text that is too long. */
export function cut(text: string, length: number): string {
  const characters = charactersOf(text);
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** What a reader takes for one character each. */
export const charactersOf = (text: string): readonly string[] =>
  Array.from(graphemes.segment(text), ({ segment }) => segment);
