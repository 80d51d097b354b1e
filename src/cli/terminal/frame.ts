/** What stands below the log, as rows that always fit: the tree of agents, the question in front, and its keys. */
import type { AgentSummary, PendingRelay } from '../../index.ts';
import type { Paint } from '../output/screen.ts';
import { columnsOf, rowsOf, shortLine } from '../../text/columns.ts';
import { visibleLine } from '../../text/visible.ts';
import { agentLines, agentRows } from './agent-rows.ts';
import { type Card, cutCard, paintedRow } from './question-rows.ts';
import { type EditLine, shownLine } from './edit-line.ts';
import { answerKeys, type CurrentQuestion, draftPrompt, type TypedLine } from './terminal-questions.ts';

export interface FrameOptions {
  readonly agents: readonly AgentSummary[];
  readonly front: CurrentQuestion | undefined;
  /** What was being typed for a question that went. */
  readonly left?: EditLine | undefined;
  /** Of the question in front. */
  readonly card: Card | undefined;
  /** Of the terminal. */
  readonly columns: number;
  readonly rows: number;
  readonly paint: Paint;
}

/** Rows of the tree at most. */
const TREE_ROWS = 8;
/** Rows of the log that stay in sight where there is room. */
const LOG_ROWS = 3;

/** The rows, fewer than the terminal has and none wider. */
export function frameRows({ agents, front, left: unsent, card, columns, rows, paint }: FrameOptions): string[] {
  const room = Math.max(1, rows - 1);
  const tree = (max: number) =>
    max < 1 ? [] : agentLines(agentRows(agents, Math.min(TREE_ROWS, max)), { columns, paint });
  if (front === undefined || card === undefined) {
    const some = Math.floor(room / 2);
    const above = agents.length === 0 || some < 1 ? [] : ruled(tree(some - 1), { columns, paint });
    const below = unsent === undefined ? [] : fitting(unsentRows(unsent, columns), Math.max(1, some));
    return [...above, ...below.map((row) => paint(UNSENT, row))];
  }
  const asked = askedRows(front, unsent, columns);
  const keys = fitting(asked, Math.max(1, Math.floor(room / 2)));
  const above = tree(Math.floor(room / 4) - 1);
  const withTree = above.length === 0 ? [] : ruled(above, { columns, paint });
  const left = room - keys.length - withTree.length;
  const shown = cutCard(card, left - Math.min(LOG_ROWS, Math.max(0, left - 8)));
  const painted = shown.map(({ text, ...look }) => paintedRow({ text: shortLine(text, columns), ...look }, paint));
  const format = unsent !== undefined ? UNSENT : front.isOpen ? (['bold', 'yellow'] as const) : ('dim' as const);
  return [...withTree, ...painted, ...keys.map((row) => paint(format, row))];
}

const UNSENT = ['bold', 'yellow'] as const;

/** What stands below the question: its keys, or what is typed. */
function askedRows(front: CurrentQuestion, unsent: EditLine | undefined, columns: number): readonly string[] {
  if (unsent !== undefined) return unsentRows(unsent, columns);
  return front.draft === undefined ? keyRows(front, columns) : typingRows(front.draft, front.relay, columns);
}

const unsentRows = (line: EditLine, columns: number): readonly string[] => [
  ...rowsOf('You were typing for a question that is gone. esc goes on.', columns - 1),
  ...rowsOf(`  ${shownLine(line)}`, columns - 1, '  '),
];

/** A line between the log and the tree. */
const ruled = (lines: readonly string[], { columns, paint }: { columns: number; paint: Paint }): string[] => [
  paint('dim', '─'.repeat(Math.max(1, columns - 1))),
  ...lines,
];

/** The keys, broken between them; none is split. */
function keyRows(front: CurrentQuestion, columns: number): string[] {
  const { count, isOpen } = front;
  const all = [...answerKeys(front), 'v print it whole', ...(count > 1 ? [`tab next (${count - 1} more)`] : [])];
  // it takes no answer in its first moment
  const [first = '', ...rest] = all;
  const rows = [`${isOpen ? '▸' : '…'} ${first}`];
  for (const key of rest) {
    const longer = `${rows.at(-1)} · ${key}`;
    if (columnsOf(longer) < columns) rows.splice(-1, 1, longer);
    else rows.push(`  ${key}`);
  }
  return rows.flatMap((row) => rowsOf(row, columns - 1, '  '));
}

/** What is typed, whole where it fits. */
function typingRows({ what, line, problem }: TypedLine, relay: PendingRelay, columns: number): string[] {
  const prompt = draftPrompt(what, relay);
  const help = problem === undefined ? 'enter sends, esc goes back' : visibleLine(problem);
  return [...rowsOf(`${prompt} (${help})`, columns - 1), ...rowsOf(`▸ ${shownLine(line)}`, columns - 1, '  ')];
}

/** At most `max` of the rows: the first, then those around the cursor, which is where something happens. */
function fitting(rows: readonly string[], max: number): readonly string[] {
  if (rows.length <= max) return rows;
  const cursor = rows.findIndex((row) => row.includes('▏'));
  if (cursor < 0) return rows.slice(0, max);
  const first = max > 2 ? rows.slice(0, 1) : [];
  const from = Math.max(first.length, cursor - (max - first.length) + 1);
  return [...first, ...rows.slice(from, from + max - first.length)];
}
