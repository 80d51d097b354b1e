/**
 * Text of models and tools as it may reach a terminal: nothing in it can move the cursor, change colours, hide, or
 * reorder what is beside it.
 */

/** Controls, format and direction marks, zero-width and odd blanks. What joins an emoji is part of it and stays. */
const UNSEEN =
  /(?<!\p{Extended_Pictographic})\u{FE0F}|(?<!\p{Extended_Pictographic}\u{FE0F}?)\u{200D}|(?![\u{FE0F}\u{200D}])[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u{2800}]|(?! )\p{Zs}/gu;

/** One line: line feeds are escaped like everything else that cannot be seen; a tab is two blanks. */
export function visibleLine(text: string): string {
  return text.replaceAll('\t', '  ').replace(UNSEEN, escaped);
}

/** The lines of a text, each without anything hidden. Line ends of all systems count; a last one adds no line. */
export function visibleLines(text: string): string[] {
  const lines = text.split(/\r\n|\n/);
  if (lines.length > 1 && lines.at(-1) === '') lines.pop();
  return lines.map(visibleLine);
}

/** At most `max` characters of one line. */
export function shortLine(text: string, max: number): string {
  const characters = [...visibleLine(text)];
  return characters.length > max ? `${characters.slice(0, Math.max(0, max - 1)).join('')}…` : characters.join('');
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
