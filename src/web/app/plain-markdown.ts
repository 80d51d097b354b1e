/** Which Markdown is shown as plain text: reading it would hold up the page, or is nested beyond what a page can hold. */

/** Characters of a part. */
const LONGEST = 8000;
/** Quotes and lists within each other. */
const NESTED = 12;
/** Brackets that wait for their other half, and runs of signs that may emphasize something. */
const OPEN_BRACKETS = 32;
const RUNS = 400;
/** Characters of a paragraph of plain text. */
const PARAGRAPH = 2000;

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const CONTAINERS = /^[ \t]*((?:>[ \t]*|(?:[-*+]|\d{1,9}[.)])[ \t]+)+)/;
const CONTAINER = />|\S+/g;

/** Whether a part of a text, as `markdownParts` cuts it, is better not read as Markdown. */
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

/** The paragraphs of a plain text; a long one in pieces. Without the blank lines between them they are the whole text. */
export function plainParagraphs(text: string): readonly string[] {
  return text
    .split(/\n[ \t]*\n\s*/)
    .filter((paragraph) => paragraph.trim() !== '')
    .flatMap((paragraph) => paragraph.match(new RegExp(`[^]{1,${PARAGRAPH}}`, 'gu')) ?? []);
}
