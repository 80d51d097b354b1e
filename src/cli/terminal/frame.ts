/** Frame below the log, in rows that always fit: agent tree, current question, and its keys. */
import type { AgentSummary, PendingRelay } from '../../index.ts';
import type { Paint } from '../output/screen.ts';
import { columnsOf, rowsOf, shortLine } from '../../text/columns.ts';
import { visibleLine } from '../../text/visible.ts';
import { agentLines, agentRows } from './agent-rows.ts';
import { type QuestionRows, cutRows, paintedRow } from './question-rows.ts';
import { type EditLine, shownLine } from './edit-line.ts';
import { answerKeys, type CurrentQuestion, draftPrompt, type TypedLine } from './terminal-questions.ts';

export interface FrameOptions {
  readonly agents: readonly AgentSummary[];
  readonly current: CurrentQuestion | undefined;
  /** Line that was typed for a question that is gone. */
  readonly left?: EditLine | undefined;
  /** View of the current question. */
  readonly question: QuestionRows | undefined;
  /** Of the terminal. */
  readonly columns: number;
  readonly rows: number;
  readonly paint: Paint;
}

/** Most rows of the agent tree. */
const TREE_ROWS = 8;
/** Rows of the log that stay visible when there is room. */
const LOG_ROWS = 3;

/** The rows of the frame: fewer than the terminal has, and none wider. */
export function frameRows({ agents, current, left: unsent, question, columns, rows, paint }: FrameOptions): string[] {
  const room = Math.max(1, rows - 1);
  const tree = (max: number) =>
    max < 1 ? [] : agentLines(agentRows(agents, Math.min(TREE_ROWS, max)), { columns, paint });
  if (current === undefined || question === undefined) {
    const some = Math.floor(room / 2);
    const above = agents.length === 0 || some < 1 ? [] : ruled(tree(some - 1), { columns, paint });
    const below = unsent === undefined ? [] : fitting(unsentRows(unsent, columns), Math.max(1, some));
    return [...above, ...below.map((row) => paint(UNSENT, row))];
  }
  const asked = askedRows(current, unsent, columns);
  const keys = fitting(asked, Math.max(1, Math.floor(room / 2)));
  const above = tree(Math.floor(room / 4) - 1);
  const withTree = above.length === 0 ? [] : ruled(above, { columns, paint });
  const left = room - keys.length - withTree.length;
  const shown = cutRows(question, left - Math.min(LOG_ROWS, Math.max(0, left - 8)));
  const painted = shown.map(({ text, ...look }) => paintedRow({ text: shortLine(text, columns), ...look }, paint));
  const format = unsent !== undefined ? UNSENT : current.isOpen ? (['bold', 'yellow'] as const) : ('dim' as const);
  return [...withTree, ...painted, ...keys.map((row) => paint(format, row))];
}

const UNSENT = ['bold', 'yellow'] as const;

/** Rows below the question: its keys, or the typed line. */
function askedRows(current: CurrentQuestion, unsent: EditLine | undefined, columns: number): readonly string[] {
  if (unsent !== undefined) return unsentRows(unsent, columns);
  return current.draft === undefined ? keyRows(current, columns) : typingRows(current.draft, current.relay, columns);
}

const unsentRows = (line: EditLine, columns: number): readonly string[] => [
  ...rowsOf('That question is gone. Press esc to continue.', columns - 1),
  ...rowsOf(`  ${shownLine(line)}`, columns - 1, '  '),
];

/** Puts a rule between the log and the tree. */
const ruled = (lines: readonly string[], { columns, paint }: { columns: number; paint: Paint }): string[] => [
  paint('dim', '─'.repeat(Math.max(1, columns - 1))),
  ...lines,
];

/** The keys in rows, broken between keys only. */
function keyRows(current: CurrentQuestion, columns: number): string[] {
  const { count, isOpen } = current;
  const all = [...answerKeys(current), 'v show all', ...(count > 1 ? [`tab next (${count - 1} more)`] : [])];
  // `…` while it takes no answer yet
  const [first = '', ...rest] = all;
  const rows = [`${isOpen ? '▸' : '…'} ${first}`];
  for (const key of rest) {
    const longer = `${rows.at(-1)} · ${key}`;
    if (columnsOf(longer) < columns) rows.splice(-1, 1, longer);
    else rows.push(`  ${key}`);
  }
  return rows.flatMap((row) => rowsOf(row, columns - 1, '  '));
}

/** The typed line, whole if it fits. */
function typingRows({ what, line, problem }: TypedLine, relay: PendingRelay, columns: number): string[] {
  const prompt = draftPrompt(what, relay);
  const help = problem === undefined ? 'enter sends, esc goes back' : visibleLine(problem);
  return [...rowsOf(`${prompt} (${help})`, columns - 1), ...rowsOf(`▸ ${shownLine(line)}`, columns - 1, '  ')];
}

/** At most `max` of the rows: the first, then those around the cursor. */
function fitting(rows: readonly string[], max: number): readonly string[] {
  if (rows.length <= max) return rows;
  const cursor = rows.findIndex((row) => row.includes('▏'));
  if (cursor < 0) return rows.slice(0, max);
  const first = max > 2 ? rows.slice(0, 1) : [];
  const from = Math.max(first.length, cursor - (max - first.length) + 1);
  return [...first, ...rows.slice(from, from + max - first.length)];
}
