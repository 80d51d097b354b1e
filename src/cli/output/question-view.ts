/** Question view: who asks, the complete call, the reason, and the effect of each answer. */
import { formatRule, type PendingRelay } from '../../index.ts';
import { callDetail, callLabel } from '../../read-model/call-text.ts';
import { pathText, QUESTION, scopeText } from '../../read-model/words.ts';
import { visibleLine } from '../../text/visible.ts';
import { type Paint, plainPaint } from './screen.ts';
import { wrap } from './text.ts';

export interface QuestionViewOptions {
  readonly relay: PendingRelay;
  /** All open questions; those that "always" would release are named. */
  readonly pending: readonly PendingRelay[];
  readonly paint?: Paint;
  /** Width of the terminal. Explanations are wrapped to it; the call itself never is. */
  readonly columns?: number | undefined;
}

/** Columns before the text of a row. */
const MARGIN = 10;
const NARROWEST = 20;

/** The lines of the question view. */
export function questionView({ relay, pending, paint = plainPaint, columns }: QuestionViewOptions): string[] {
  const bar = paint('yellow', '│');
  const row = ([label, text]: Row) =>
    brokenAt(text, columns).map((line, at) => `${bar} ${paint('dim', (at === 0 ? label : '').padEnd(7))} ${line}`);
  const detail = callDetail(relay.tool, relay.params).map((line) => `${bar}   ${diffLine(line, relay.tool, paint)}`);
  const answers = relay.kind === 'unknown_outcome' ? outcomeRows() : alwaysRows(relay, pending);
  return [
    paint(['bold', 'yellow'], `┌ ${headline(relay)}`),
    ...detail,
    ...row(['why', visibleLine(relay.why)]),
    ...answers.flatMap(row),
    paint('yellow', '└'),
  ];
}

const brokenAt = (text: string, columns: number | undefined): string[] =>
  columns === undefined ? [text] : wrap(text, Math.max(NARROWEST, columns - MARGIN));

/** The command that answers a question, with the answers it takes. */
export function howToAnswer({ id, kind, proposal }: PendingRelay): string {
  const answers = kind === 'unknown_outcome' ? 'yes|ran|no' : proposal === null ? 'yes|no' : 'yes|always|no';
  return `greenroom answer ${visibleLine(id)} ${answers}`;
}

function headline({ kind, path, tool }: PendingRelay): string {
  const [before, after] = QUESTION[kind];
  return `${pathText(path)} ${before}${visibleLine(tool)}${after}`;
}

type Row = readonly [label: string, text: string];

function outcomeRows(): Row[] {
  return [
    ['yes', 'run it again: it did not run, or may run twice'],
    ['ran', 'it ran: you type its result; nothing runs'],
    ['no', 'give up: the agent is told that the outcome is unknown'],
  ];
}

function alwaysRows({ proposal, covers, releases }: PendingRelay, pending: readonly PendingRelay[]): Row[] {
  if (proposal === null) return [['always', 'is not possible for this call; yes allows it once']];
  const rules = proposal.map((rule) => visibleLine(formatRule(rule))).join(' and ');
  const released = pending
    .filter(({ id }) => releases.includes(id))
    .map(({ path, tool, params }) => `${pathText(path)} (${callLabel(tool, params)})`);
  const unnamed = releases.length - released.length;
  const all = unnamed > 0 ? [...released, `${unnamed} more`] : released;
  return [
    ['always', `would allow ${rules} to ${scopeText(covers?.scope)}, until this run ends`],
    ...(all.length === 0 ? [] : [['', `and would release: ${all.join(', ')}`] as const]),
  ];
}

function diffLine(line: string, tool: string, paint: Paint): string {
  if (tool !== 'patch' && tool !== 'write') return paint('bold', line);
  if (line.startsWith('+')) return paint('green', line);
  if (line.startsWith('-')) return paint('red', line);
  return line.startsWith('***') || line.startsWith('@@') ? paint('dim', line) : line;
}
