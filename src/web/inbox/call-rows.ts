/** The lines of a call in rows, so that a call of any length can be shown. */
import type { CallParts, ShownLine } from './call-parts.ts';

export interface CallRow extends ShownLine {
  /** Whether it goes on with the line of the row before. */
  readonly goesOn: boolean;
}

/** Rows that are shown at once; of more the first and the last, until somebody wants all. */
export const MOST_ROWS = 400;
const FIRST_ROWS = 40;
const LAST_ROWS = 20;
/** Characters of a row. */
const ROW_LENGTH = 200;

/** The lines, a long one in pieces. Together the rows are all of the text. */
export function callRows(lines: readonly ShownLine[]): readonly CallRow[] {
  const rows: CallRow[] = [];
  for (const { kind, text } of lines) {
    const pieces = text.length <= ROW_LENGTH ? [text] : (text.match(PIECES) ?? []);
    for (const [at, piece] of pieces.entries()) rows.push({ kind, text: piece, goesOn: at > 0 });
  }
  return rows;
}

const PIECES = new RegExp(`[^]{1,${ROW_LENGTH}}`, 'gu');

interface CutRows {
  readonly first: readonly CallRow[];
  readonly hidden: number;
  readonly last: readonly CallRow[];
}

/** The beginning and the end of what is too long; `undefined` when all is shown. */
function cutRows(rows: readonly CallRow[]): CutRows | undefined {
  if (rows.length <= MOST_ROWS) return undefined;
  return {
    first: rows.slice(0, FIRST_ROWS),
    hidden: rows.length - FIRST_ROWS - LAST_ROWS,
    last: rows.slice(-LAST_ROWS),
  };
}

/** What is shown of a call under one heading. */
export interface CallBlock {
  readonly label: string;
  readonly isDiff: boolean;
  readonly lines: readonly ShownLine[];
  readonly rows: readonly CallRow[];
  /** Set when not all of it is shown at once. */
  readonly cut: CutRows | undefined;
}

export function callBlocks({ shape, lines, rest }: CallParts): readonly CallBlock[] {
  const block = (label: string, shown: readonly ShownLine[], isDiff: boolean): CallBlock => {
    const rows = callRows(shown);
    return { label, isDiff, lines: shown, rows, cut: cutRows(rows) };
  };
  const main = shape === 'none' ? [] : [block(shape === 'diff' ? 'Change' : 'Command', lines, shape === 'diff')];
  if (rest === undefined) return main;
  const others = rest.split('\n').map((text): ShownLine => ({ kind: 'plain', text }));
  return [...main, block(shape === 'none' ? 'Arguments' : 'Other arguments', others, false)];
}

/** Rows that stay hidden until somebody wants all. */
export const hiddenRows = (blocks: readonly CallBlock[]): number =>
  blocks.reduce((sum, { cut }) => sum + (cut?.hidden ?? 0), 0);
