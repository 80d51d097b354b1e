/** The outcome of a question or a call in a line or two. */
import { type Content, type DecidedBy, formatRule, type HarnessEventOf } from '../../index.ts';
import { shortLine } from '../../text/columns.ts';
import { visibleLine } from '../../text/visible.ts';

const MAX = 160;
/** Tools whose success is not worth a line: their results are for the model. */
const QUIET = new Set(['read', 'search', 'agent']);

/** The outcome of a call; `undefined` when it is not worth a line. `label` is the label of the call. */
export function resultText(event: HarnessEventOf<'tool_result'>, label: string): string[] | undefined {
  const { name, status, output, decidedBy } = event;
  if (status === 'ok' && QUIET.has(name)) return undefined;
  const lines = textOf(output.context)
    .split('\n')
    .filter((line) => line.trim() !== '');
  if (status === 'ok') {
    const told = name === 'bash' ? (lines.at(-1) ?? 'done') : (lines[0] ?? 'done');
    return [`✓ ${name}: ${shortLine(told, MAX)}${allowedBy(decidedBy)}`];
  }
  // the answer of the human is already shown with the question
  if (status === 'denied' && decidedBy?.kind === 'human') return [`✗ ${shortLine(label, 80)}: denied`];
  const reason = status === 'denied' ? (decidedBy?.reason ?? lines[0]) : lines.join(' ');
  return [`✗ ${shortLine(label, 60)}: ${status}`, ...(reason === undefined ? [] : [`  ${shortLine(reason, 300)}`])];
}

function allowedBy(decidedBy: DecidedBy | undefined): string {
  return decidedBy?.kind === 'grant' ? '  (allowed by an "always")' : '';
}

/** The text parts of a content. */
export function textOf(content: Content | undefined): string {
  if (content === undefined || typeof content === 'string') return content ?? '';
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

const NO_ONE: Readonly<Record<string, string>> = {
  grant: 'yes, without asking: an "always" covers it now',
  rule: 'no: a rule forbids it',
  cancel: 'the question was withdrawn',
};

export function relayAnswer(resolved: HarnessEventOf<'relay_resolved'>): string {
  const { approved, by, reason, input, output, grants = [] } = resolved;
  const known = approved === (by === 'grant') && Object.hasOwn(NO_ONE, by) ? NO_ONE[by] : undefined;
  if (by === 'rule' && known !== undefined && reason !== undefined) return `answered: no: ${shortLine(reason, 300)}`;
  if (known !== undefined) return `answered: ${known}`;
  const who = by === 'human' ? 'you' : visibleLine(by);
  if (!approved) return `answered: no, by ${who}${reason === undefined ? '' : `: ${shortLine(reason, 300)}`}`;
  if (output !== undefined) return `answered: it ran, by ${who}: ${shortLine(textOf(output.context), 300)}`;
  const edited = input === undefined ? '' : ', with changed arguments';
  if (grants.length === 0) return `answered: yes${edited}, by ${who}`;
  const rules = grants.map(({ permission }) => visibleLine(formatRule(permission))).join(' and ');
  return `answered: always${edited}, by ${who}: ${rules}`;
}
