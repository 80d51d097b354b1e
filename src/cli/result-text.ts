/** What a call came to, in a line or two. */
import type { Content, DecidedBy, HarnessEventOf } from '../index.ts';
import { shortLine } from '../text/columns.ts';

const MAX = 160;
/** Their answers are for the model; that they went well goes without saying. */
const QUIET = new Set(['read', 'search', 'agent']);

/** The lines, or `undefined` when there is nothing worth a line. `label` is what the call was announced as. */
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
  // What a human said stands in the answer to the question already.
  if (status === 'denied' && decidedBy?.kind === 'human') return [`✗ ${shortLine(label, 80)}: denied`];
  const reason = status === 'denied' ? (decidedBy?.reason ?? lines[0]) : lines.join(' ');
  return [`✗ ${shortLine(label, 60)}: ${status}`, ...(reason === undefined ? [] : [`  ${shortLine(reason, 300)}`])];
}

function allowedBy(decidedBy: DecidedBy | undefined): string {
  return decidedBy?.kind === 'grant' ? '  (allowed by an "always")' : '';
}

export function textOf(content: Content | undefined): string {
  if (content === undefined || typeof content === 'string') return content ?? '';
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}
