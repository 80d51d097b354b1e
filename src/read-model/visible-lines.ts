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

/**
 * The lines of a command. Runs of blanks, which push what comes after them out of sight, are shown as `\\u{20}` with
 * their number; a line may begin with some.
 */
export function commandLines(command: string): string[] {
  return command.split('\n').map((line) => {
    const runs = line.replace(/\t/g, '\\t').replace(/(?<!^ *) {2,}|^ {17,}/g, (run) => `\\u{20}×${run.length}`);
    return visibleLine(runs);
  });
}

/** One line that takes at most `max` columns. */
export function shortLine(text: string, max: number): string {
  // What is far behind the cut need not be looked at; an emoji can have a dozen parts.
  const line = visibleLine(text.slice(0, max * 12 + 12));
  let shown = '';
  let width = 0;
  for (const character of charactersOf(line)) {
    const wide = WIDE.test(character) ? 2 : 1;
    if (width + wide > max) return `${charactersOf(shown).slice(0, -1).join('')}…`;
    shown += character;
    width += wide;
  }
  return shown;
}

/** The end of a visible line that takes at most `max` columns. */
export function endOfLine(line: string, max: number): string {
  const characters = charactersOf(line);
  let width = 0;
  let first = characters.length;
  while (first > 0) {
    width += WIDE.test(characters[first - 1] ?? '') ? 2 : 1;
    if (width > max) return `…${characters.slice(first + 1).join('')}`;
    first -= 1;
  }
  return line;
}

/** What a human counts as characters: an emoji of several code points is one. */
export function charactersOf(text: string): string[] {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

let segmenter: Intl.Segmenter | undefined;
/** Scripts and signs that terminals draw two columns wide. */
const WIDE =
  /\p{Emoji_Presentation}|\u{FE0F}|[\u{1100}-\u{115F}\u{2E80}-\u{A4CF}\u{AC00}-\u{D7A3}\u{F900}-\u{FAFF}\u{FE30}-\u{FE6F}\u{FF00}-\u{FF60}\u{FFE0}-\u{FFE6}\u{20000}-\u{3FFFD}]/u;

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
