/** Which characters mean nothing to a shell, and nothing hidden to a reader. */

const VISIBLE_NON_ASCII = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u;
const BARE = /^[A-Za-z0-9_\-./:,+@%^=]$/;

/** A letter, digit, mark, punctuation or symbol outside ASCII: no blank, control, format or bidirectional character. */
export function isVisibleNonAscii(char: string): boolean {
  return char > '\u007f' && VISIBLE_NON_ASCII.test(char);
}

/** Stands for itself in an unquoted word of a shell, wherever in the word it is. */
export function isBare(char: string): boolean {
  return char <= '\u007f' ? BARE.test(char) : isVisibleNonAscii(char);
}

/** Stands for itself inside quotes. Tab and newline are data there. */
export function isQuotable(char: string): boolean {
  if (char > '\u007f') return isVisibleNonAscii(char);
  return char === '\t' || char === '\n' || (char >= ' ' && char !== '\u007f');
}

/** How a character is called in a reason. */
export function nameOf(char: string): string {
  if (char === '\n') return 'a newline';
  return isQuotable(char)
    ? `"${char}"`
    : `character U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
