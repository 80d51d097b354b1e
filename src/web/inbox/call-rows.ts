/** Rows of a call, so that a call of any length can be shown. */
import type { CallParts, ShownLine } from './call-parts.ts';

export interface CallRow extends ShownLine {
  /** Whether it continues the line of the row before. */
  readonly goesOn: boolean;
}

/** Most rows shown at once. Of more, the first and the last are shown until all are wanted. */
export const MOST_ROWS = 400;
const FIRST_ROWS = 40;
const LAST_ROWS = 20;
/** Characters of a row. */
const ROW_LENGTH = 200;

/** The rows of the lines; a long line becomes several. Together they are the whole text. */
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

/** The first and last rows of a long call; `undefined` when all rows are shown. */
function cutRows(rows: readonly CallRow[]): CutRows | undefined {
  if (rows.length <= MOST_ROWS) return undefined;
  return {
    first: rows.slice(0, FIRST_ROWS),
    hidden: rows.length - FIRST_ROWS - LAST_ROWS,
    last: rows.slice(-LAST_ROWS),
  };
}

/** Part of a call under one heading. */
export interface CallBlock {
  readonly label: string;
  readonly isDiff: boolean;
  readonly lines: readonly ShownLine[];
  readonly rows: readonly CallRow[];
  /** Set when some rows are hidden. */
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

/** Why a yes has to wait. */
export const whyHidden = (rows: number): string =>
  `${rows} rows of the call are hidden: yes and always wait until you press “Show all”.`;

/** Number of rows that are hidden until all are shown. */
export const hiddenRows = (blocks: readonly CallBlock[]): number =>
  blocks.reduce((sum, { cut }) => sum + (cut?.hidden ?? 0), 0);
