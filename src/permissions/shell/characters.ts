/** Classes of characters: those that mean nothing to a shell and hide nothing from a reader. */
import { hasHidden } from '../../text/hidden.ts';
import { codePointName } from '../../text/visible.ts';

const BARE = /^[A-Za-z0-9_\-./:,+@%^=]$/;

/** A character outside ASCII that a reader sees as what it is. */
export function isVisibleNonAscii(char: string): boolean {
  return char > '\u007f' && !hasHidden(char);
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
  return isQuotable(char) ? `"${char}"` : `character ${codePointName(char)}`;
}
