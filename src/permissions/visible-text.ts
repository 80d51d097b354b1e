/** Text as it can be shown to a human: nothing in it hides, moves or reorders anything. */

const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

/** Whether any character would not be seen as what it is. */
export function hasHidden(text: string): boolean {
  return text.search(HIDDEN) !== -1;
}

/** Control, format, bidirectional and unusual blank characters as JSON escapes; the rest as it is. */
export function visibleText(text: string): string {
  return text.replace(HIDDEN, escaped);
}

/** A JSON string literal without hidden characters. */
export function visibleJson(value: unknown): string {
  return visibleText(JSON.stringify(value) ?? 'null');
}

function escaped(char: string): string {
  let units = '';
  for (let index = 0; index < char.length; index++) {
    units += `\\u${char.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }
  return units;
}

/** Two blanks or more beside each other, tabs included: what stands behind them may be pushed out of sight. */
const RUN_OF_BLANKS = /[ \t]{2,}|\t/;

/** Whether a human who reads this command sees all of it, as it is. Line feeds count as seen. */
export function isPlainCommand(command: string): boolean {
  return !hasHidden(command.replaceAll('\n', '')) && !RUN_OF_BLANKS.test(command);
}

/** Whether any text in the value, names of keys included, hides something. Line feeds and tabs show as escapes. */
export function hidesText(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return hasHidden(value.replaceAll(/[\n\t]/g, ''));
  if (typeof value !== 'object' || value === null) return false;
  if (depth > MAX_DEPTH) return true;
  return Object.entries(value).some(([key, item]) => hidesText(key, depth + 1) || hidesText(item, depth + 1));
}

const MAX_DEPTH = 64;
