/** Markdown of a model in parts: cut so that a growing text is parsed in pieces, and what is shown as plain text instead. */

/**
 * The parts of a text: cut at blank lines, never inside a fence, and not before a line that is indented or continues a list.
 * Joined they are the whole text.
 */
export function markdownParts(text: string): readonly string[] {
  const parts: string[] = [];
  let part: string[] = [];
  let fence: string | undefined;
  let isAfterBlank = false;
  for (const line of text.split('\n')) {
    if (isAfterBlank && fence === undefined && line.trim() !== '' && !CONTINUES.test(line)) {
      parts.push(part.join('\n'));
      part = [];
    }
    const mark = FENCE.exec(line)?.[1];
    if (mark !== undefined) {
      if (fence === undefined) fence = mark;
      else if (mark.startsWith(fence)) fence = undefined;
    }
    part.push(line);
    isAfterBlank = line.trim() === '';
  }
  return [...parts, part.join('\n')];
}

const CONTINUES = /^(?:\s|[-*+] |\d+[.)] )/;

/** Parsing more than this holds up the page, or nests deeper than a page can draw. Characters of a part: */
const LONGEST = 8000;
/** Quotes and lists within each other. */
const NESTED = 12;
/** Unclosed brackets, and runs of signs that may mean emphasis. */
const OPEN_BRACKETS = 32;
const RUNS = 400;
/** Characters of a paragraph of plain text. */
const PARAGRAPH = 2000;

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const CONTAINERS = /^[ \t]*((?:>[ \t]*|(?:[-*+]|\d{1,9}[.)])[ \t]+)+)/;
const CONTAINER = />|\S+/g;

/** Whether a part, as `markdownParts` cuts it, is shown as plain text because parsing it would cost too much. */
export function isBetterPlain(part: string): boolean {
  if (part.length > LONGEST) return true;
  let fence: string | undefined;
  let open = 0;
  let runs = 0;
  for (const line of part.split('\n')) {
    const mark = FENCE.exec(line)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence) === true) fence = undefined;
      continue;
    }
    fence = mark;
    if ((CONTAINERS.exec(line)?.[1]?.match(CONTAINER)?.length ?? 0) > NESTED) return true;
    runs += line.match(/[*_~`]+/g)?.length ?? 0;
    for (const sign of line.match(/[[\]]/g) ?? []) {
      open = sign === '[' ? open + 1 : Math.max(0, open - 1);
      if (open > OPEN_BRACKETS) return true;
    }
    if (runs > RUNS) return true;
  }
  return false;
}

/** The paragraphs of a plain text, long ones in pieces. Blank lines between them are dropped, and nothing else. */
export function plainParagraphs(text: string): readonly string[] {
  return text
    .split(/\n[ \t]*\n\s*/)
    .filter((paragraph) => paragraph.trim() !== '')
    .flatMap((paragraph) => paragraph.match(new RegExp(`[^]{1,${PARAGRAPH}}`, 'gu')) ?? []);
}
