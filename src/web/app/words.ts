/** How the page says things: states, activities, numbers. */
import type { AgentStatus, AgentSummary, DecidedBy } from '../../events.ts';
import type { Connection } from '../../client/index.ts';
import type { CallState } from './thread-items.ts';
import { visibleText } from '../../text/visible.ts';

/** A state as a word and a sign, so that it does not hang on colour. `tone` names a class. */
export interface Mark {
  readonly word: string;
  readonly sign: string;
  readonly tone: 'plain' | 'info' | 'ok' | 'warn' | 'bad';
}

const ENDS: Readonly<Record<AgentStatus, Mark>> = {
  completed: { word: 'done', sign: '✓', tone: 'ok' },
  failed: { word: 'failed', sign: '✗', tone: 'bad' },
  cancelled: { word: 'cancelled', sign: '⊘', tone: 'plain' },
  limited: { word: 'limited', sign: '!', tone: 'warn' },
};

export function agentMark({ state, status }: Pick<AgentSummary, 'state' | 'status'>): Mark {
  if (state === 'running') return { word: 'running', sign: '●', tone: 'info' };
  if (state === 'awaitingRelay') return { word: 'waiting', sign: '?', tone: 'warn' };
  return ENDS[status ?? 'completed'];
}

const CALLS: Readonly<Record<CallState, Mark>> = {
  asked: { word: 'being checked', sign: '…', tone: 'plain' },
  waiting: { word: 'waits for an answer', sign: '?', tone: 'warn' },
  running: { word: 'running', sign: '●', tone: 'info' },
  ok: { word: 'done', sign: '✓', tone: 'ok' },
  error: { word: 'error', sign: '✗', tone: 'bad' },
  denied: { word: 'denied', sign: '⊘', tone: 'bad' },
  cancelled: { word: 'cancelled', sign: '⊘', tone: 'plain' },
  unknown: { word: 'outcome unknown', sign: '!', tone: 'warn' },
  limited: { word: 'stopped by a limit', sign: '!', tone: 'warn' },
};

export const callMark = (state: CallState): Mark => CALLS[state];

/** What an agent does right now; empty for one that is done. */
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

/** `850 ms`, `12 s`, `3 min 5 s`, `2 h 10 min`. */
export function timeText(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The age of something, in whole seconds at least. */
export const ageText = (ms: number): string => (ms < 1000 ? '0 s' : timeText(ms));

/** `950`, `12.3k`, `1.2M`. */
export function countText(count: number): string {
  if (count < 1000) return String(count);
  return count < 999_950 ? `${(count / 1000).toFixed(1)}k` : `${(count / 1_000_000).toFixed(1)}M`;
}

const DECIDERS: Readonly<Record<DecidedBy['kind'], string>> = {
  rule: 'a rule',
  grant: 'an earlier “always”',
  once: 'a permission for one use',
  human: 'a human',
  limit: 'a limit',
  input: 'its arguments',
  policy: 'the policy',
  cancel: 'a cancellation',
  harness: 'its harness',
};

/** Who let a call run or stopped it, in a sentence. */
export function decidedText({ kind, id, by, reason, waitedMs }: DecidedBy): string {
  const who = kind === 'human' && by !== undefined ? by : DECIDERS[kind];
  const place = id === undefined || kind === 'human' ? '' : ` (${id})`;
  const waited = waitedMs === undefined ? '' : `, after ${timeText(waitedMs)}`;
  return `Decided by ${who}${place}${waited}${reason === undefined ? '' : `: ${reason}`}`;
}

const CONNECTIONS: Readonly<Record<Connection, string>> = {
  connecting: 'Connecting …',
  live: 'Live',
  offline: 'Offline, trying again',
  signed_out: 'Signed out',
  closed: 'The run is over',
};

export const connectionText = (connection: Connection): string => CONNECTIONS[connection];
