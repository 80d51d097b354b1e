/**
 * The one definition of a hidden character: a reader does not see it, or takes it for another.
 *
 * Hidden are control, format, surrogate, private-use and unassigned code points, line and paragraph separators, every
 * blank except U+0020, all code points that Unicode calls default-ignorable, and three that fonts draw as nothing: the
 * empty Braille pattern, the null note head and the Khitan filler.
 */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u{2800}\u{1D159}\u{16FE4}]|(?! )\p{Zs}/u;
const EACH_HIDDEN = new RegExp(HIDDEN, 'gu');
/** Emoji sequences that Unicode recommends are drawn as one sign, so the joiners inside them hide nothing. */
const EMOJI_OR_HIDDEN = new RegExp(`\\p{RGI_Emoji}|${HIDDEN.source}`, 'gv');

/** Whether a text holds a hidden character. `allowed` lists hidden characters that are permitted, e.g. `'\n'`. */
export function hasHidden(text: string, allowed = ''): boolean {
  if (allowed === '') return HIDDEN.test(text);
  return text.match(EACH_HIDDEN)?.some((char) => !allowed.includes(char)) ?? false;
}

/** The text without its hidden characters. */
export function withoutHidden(text: string): string {
  return text.replace(EACH_HIDDEN, '');
}

/** The text with `mark(char)` in place of each hidden character, in emoji too: for text that a program reads back. */
export function markHidden(text: string, mark: (char: string) => string): string {
  return text.replace(EACH_HIDDEN, mark);
}

/**
 * The text with `mark(char)` in place of each hidden character: for text that people look at. Emoji sequences that
 * Unicode recommends stay whole; the characters of `allowed` stay.
 */
export function markUnseen(text: string, mark: (char: string) => string, allowed = ''): string {
  if (!HIDDEN.test(text)) return text;
  return text.replace(EMOJI_OR_HIDDEN, (found) =>
    HIDDEN.exec(found)?.[0] === found && !allowed.includes(found) ? mark(found) : found,
  );
}
