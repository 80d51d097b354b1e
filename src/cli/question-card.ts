/** A relay as a human sees it: who asks, what exactly would run, why, and what "always" would mean. */
import { formatRule, type GrantScope, type PendingRelay } from '../index.ts';
import { callDetail, callLabel } from './call-text.ts';
import { type Paint, plainPaint } from './styles.ts';
import { visibleLine } from './visible-lines.ts';

export interface QuestionCardOptions {
  readonly relay: PendingRelay;
  /** All that wait: those that "always" would release are named. */
  readonly pending: readonly PendingRelay[];
  readonly paint?: Paint;
}

/** The lines of the card. */
export function questionCard({ relay, pending, paint = plainPaint }: QuestionCardOptions): string[] {
  const bar = paint('yellow', '│');
  const row = (label: string, text: string) => `${bar} ${paint('dim', label.padEnd(7))} ${text}`;
  const detail = callDetail(relay.tool, relay.params).map((line) => `${bar}   ${diffLine(line, relay.tool, paint)}`);
  return [
    paint(['bold', 'yellow'], `┌ ${pathText(relay.path)} asks: may I use ${visibleLine(relay.tool)}?`),
    ...detail,
    row('why', visibleLine(relay.why)),
    ...alwaysText(relay, pending).map((text, at) => row(at === 0 ? 'always' : '', text)),
    paint('yellow', '└'),
  ];
}

export function pathText(path: readonly string[]): string {
  return path.map(visibleLine).join(' › ');
}

function alwaysText({ proposal, covers, releases }: PendingRelay, pending: readonly PendingRelay[]): string[] {
  if (proposal === null) return ['cannot be given for this call: it can only be allowed once'];
  const rules = proposal.map((rule) => visibleLine(formatRule(rule))).join(' and ');
  const released = pending
    .filter(({ id }) => releases.includes(id))
    .map(({ path, tool, params }) => `${pathText(path)} (${callLabel(tool, params)})`);
  const unnamed = releases.length - released.length;
  const all = unnamed > 0 ? [...released, `${unnamed} more`] : released;
  return [
    `would allow ${rules} to ${whoText(covers?.scope)}, until this run ends`,
    ...(all.length === 0 ? [] : [`and lets go on: ${all.join(', ')}`]),
  ];
}

function whoText(scope: GrantScope = 'all'): string {
  if (scope === 'all') return 'every agent';
  return scope === 'agent' ? 'this agent' : 'this agent and its subagents';
}

function diffLine(line: string, tool: string, paint: Paint): string {
  if (tool !== 'patch' && tool !== 'write') return paint('bold', line);
  if (line.startsWith('+')) return paint('green', line);
  if (line.startsWith('-')) return paint('red', line);
  return line.startsWith('***') || line.startsWith('@@') ? paint('dim', line) : line;
}
