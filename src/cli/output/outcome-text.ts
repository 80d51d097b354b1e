/** The outcome of a question or a call in a line or two. */
import { type Content, type DecidedBy, formatRule, type HarnessEventOf } from '../../index.ts';
import { answerWords } from '../../read-model/words.ts';
import { shortLine } from '../../text/columns.ts';

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

/** How a question was settled, in a line. */
export function relayAnswer(resolved: HarnessEventOf<'relay_resolved'>): string {
  const { answer, by, reason } = answerWords(resolved);
  const detail = reason ?? detailOf(resolved);
  const who = by === undefined ? '' : `, by ${by}`;
  return `answered: ${answer}${who}${detail === undefined ? '' : `: ${shortLine(detail, 300)}`}`;
}

/** The rules that "always" saved, or the result of a call that ran. */
function detailOf({ output, grants = [] }: HarnessEventOf<'relay_resolved'>): string | undefined {
  if (output !== undefined) return textOf(output.context);
  const rules = grants.map(({ permission }) => formatRule(permission));
  return rules.length === 0 ? undefined : rules.join(' and ');
}
