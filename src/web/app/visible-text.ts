/**
 * Text of a tool or a model as a human can judge it: every character that could hide, move or reorder something stands
 * there as a mark with its number, e.g. `⟨U+202E⟩`.
 */

/** Controls, direction marks, zero-width and odd blanks, unassigned: what is not seen, or looks like another. */
const UNSEEN = /(?![\n\t])[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu;

/** The text with every unseen character as `⟨U+…⟩`. Line feeds and tabs stay, so that lines and columns stay. */
export function visibleText(text: string): string {
  return text.replace(UNSEEN, (char) => {
    const number = char.codePointAt(0) ?? 0;
    return `⟨U+${number.toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}
