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
