/** States of agents and calls as a sign and a word, and what an agent does at the moment. */
import type { AgentStatus, AgentSummary, CallStatus } from '../../events.ts';
import { visibleText } from '../../text/visible.ts';

/** A state as a word and a sign, so that colour is never the only difference. `tone` names a class. */
export interface Mark {
  readonly word: string;
  readonly sign: string;
  readonly tone: 'plain' | 'info' | 'ok' | 'warn' | 'bad';
}

export const StateMark = ({ mark }: { readonly mark: Mark }) => (
  <span className={`mark mark-${mark.tone}`}>
    <span className="mark-sign" aria-hidden="true">
      {mark.sign}
    </span>
    {mark.word}
  </span>
);

const ENDS: Readonly<Record<AgentStatus, Mark>> = {
  completed: { word: 'done', sign: '✓', tone: 'ok' },
  failed: { word: 'failed', sign: '✗', tone: 'bad' },
  cancelled: { word: 'stopped', sign: '⊘', tone: 'plain' },
  limited: { word: 'limit reached', sign: '!', tone: 'warn' },
};

/** The mark of an agent: the state that the orchestrator reports, and how an ended agent ended. */
export function agentMark({ state, status }: Pick<AgentSummary, 'state' | 'status'>): Mark {
  if (state === 'running') return { word: 'running', sign: '●', tone: 'info' };
  if (state === 'awaitingRelay') return { word: 'waiting', sign: '?', tone: 'warn' };
  return ENDS[status ?? 'completed'];
}

/** `requested`: the model asked for it, and it is checked; `waiting`: a human must answer; then running, then its result. */
export type CallState = 'requested' | 'waiting' | 'running' | CallStatus;

const CALLS: Readonly<Record<CallState, Mark>> = {
  requested: { word: 'queued', sign: '…', tone: 'plain' },
  waiting: { word: 'waiting', sign: '?', tone: 'warn' },
  running: { word: 'running', sign: '●', tone: 'info' },
  ok: { word: 'done', sign: '✓', tone: 'ok' },
  error: { word: 'failed', sign: '✗', tone: 'bad' },
  denied: { word: 'denied', sign: '⊘', tone: 'bad' },
  cancelled: { word: 'stopped', sign: '⊘', tone: 'plain' },
  unknown: { word: 'outcome unknown', sign: '!', tone: 'warn' },
  limited: { word: 'limit reached', sign: '!', tone: 'warn' },
};

export const callMark = (state: CallState): Mark => CALLS[state];

/** What an agent does at the moment; empty for one that is done. */
export function activityOf({ state, phase, calls = [] }: AgentSummary): string {
  if (state === 'done') return '';
  const running = calls.filter((call) => call.running).map(({ tool }) => tool);
  if (running.length > 0) return `runs ${counted(running)}`;
  if (calls.length > 0) return `asks for ${counted(calls.map(({ tool }) => tool))}`;
  return phase ?? 'starting';
}

/** `bash`, `read × 3`. */
function counted(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .map(([name, count]) => (count === 1 ? visibleText(name) : `${visibleText(name)} × ${count}`))
    .join(', ');
}

/** A number of tokens: `950`, `12.3k`, `1.2M`. */
export function countText(count: number): string {
  if (count < 1000) return String(count);
  return count < 999_950 ? `${(count / 1000).toFixed(1)}k` : `${(count / 1_000_000).toFixed(1)}M`;
}
