/** What a human sees of a text. */

/** Controls, direction marks, zero-width and odd spaces, unassigned: what cannot be seen, or looks like another. */
const unseen = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/u;

/** True when a human sees every character of the text as what it is. Line feeds count as seen, tabs do not. */
export function isPlainToSee(text: string): boolean {
  return !unseen.test(text.replaceAll('\n', ''));
}

/**
 * True when a path, and where it leads, can stand in a rule that a human reads: plain to see, on one line, without
 * backslashes (they would look like escapes) and without names that end in a blank.
 */
export function isClearPath(...paths: readonly string[]): boolean {
  return paths.every((path) => isPlainToSee(path) && !/[\\\n]|\s(\/|$)/.test(path));
}
