/** Words for people: how a decision, an answer, the state of an agent, a scope and a time are told, on every surface. */
import type {
  AgentStatus,
  AgentSummary,
  DecidedBy,
  GrantScope,
  HarnessEventOf,
  RelayAnswer,
  RelayKind,
} from '../events.ts';
import { visibleLine } from '../text/visible.ts';

type Resolved = HarnessEventOf<'relay_resolved'>;

/** Names of agents from the root. */
export const pathText = (path: readonly string[]): string => path.map(visibleLine).join(' › ');

/** Whom a standing permission covers. */
export function scopeText(scope: GrantScope = 'all'): string {
  if (scope === 'all') return 'every agent';
  return scope === 'agent' ? 'this agent' : 'this agent and its subagents';
}

/** The question itself, split around the name of the tool. */
export const QUESTION: Readonly<Record<RelayKind, readonly [before: string, after: string]>> = {
  permission: ['asks: may I use ', '?'],
  unknown_outcome: ['was using ', ' when the process ended: what was the outcome?'],
};

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

/** What let a call run or stopped it, in a sentence. */
export function decidedText({ kind, id, by, reason, waitedMs }: DecidedBy): string {
  const who = kind === 'human' && by !== undefined ? by : DECIDERS[kind];
  const place = id === undefined || kind === 'human' ? '' : ` (${id})`;
  const waited = waitedMs === undefined ? '' : `, after ${timeText(waitedMs)}`;
  return `Decided by ${who}${place}${waited}${reason === undefined ? '' : `: ${reason}`}`;
}

/** Answers that no human gave, by the `by` of `relay_resolved`. */
const NO_HUMAN_ANSWER: Readonly<Record<string, string>> = {
  grant: 'yes: an earlier "always" covers it',
  rule: 'no: a rule forbids it',
  cancel: 'the question was withdrawn',
};

/** Whether a human settled the question, and not a rule, a grant or the end of an agent. */
export const isByHuman = ({ by, approved }: Pick<Resolved, 'by' | 'approved'>): boolean =>
  !(Object.hasOwn(NO_HUMAN_ANSWER, by) && approved === (by === 'grant'));

export interface AnswerWords {
  /** `yes`, `always, with changed arguments`, `no`, `it ran`, or why no human was needed. */
  readonly answer: string;
  /** The human who answered; `you` without a name. */
  readonly by?: string;
  /** Why the answer is no. */
  readonly reason?: string;
}

/** How a question was settled. */
export function answerWords(resolved: Omit<Resolved, 'type' | 'runId' | 'relayId' | 'toolCallId'>): AnswerWords {
  const { approved, by, reason, input, output, grants = [] } = resolved;
  const why = approved || reason === undefined ? {} : { reason: visibleLine(reason) };
  if (!isByHuman(resolved)) {
    const isReasoned = by === 'rule' && reason !== undefined;
    return isReasoned ? { answer: 'no', ...why } : { answer: NO_HUMAN_ANSWER[by] ?? by };
  }
  const who = by === 'human' ? 'you' : visibleLine(by);
  if (!approved) return { answer: 'no', by: who, ...why };
  if (output !== undefined) return { answer: 'it ran', by: who };
  const answer = `${grants.length === 0 ? 'yes' : 'always'}${input === undefined ? '' : ', with changed arguments'}`;
  return { answer, by: who };
}

/** An answer that is recorded and not taken up yet. */
export function recordedText({ approved, by, ...answer }: RelayAnswer): string {
  const ran = 'output' in answer && answer.output !== undefined;
  return `${approved ? (ran ? 'it ran' : 'yes') : 'no'}, by ${by === undefined ? 'you' : visibleLine(by)}`;
}

const ENDS: Readonly<Record<AgentStatus, string>> = {
  completed: 'done',
  failed: 'failed',
  cancelled: 'stopped',
  limited: 'limit reached',
};

/** The state of an agent in a word. */
export function stateText({ state, status = 'completed' }: Pick<AgentSummary, 'state' | 'status'>): string {
  if (state === 'done') return ENDS[status];
  return state === 'running' ? 'running' : 'waiting';
}

/** What an agent is doing; empty for an agent that is done. */
export function activityOf({ state, phase, calls = [] }: AgentSummary): string {
  if (state === 'done') return '';
  const toolsOf = (isRunning: boolean) =>
    calls.filter(({ running }) => running === isRunning).map(({ tool }) => visibleLine(tool));
  const running = toolsOf(true);
  if (running.length > 0) return `runs ${counted(running)}`;
  const waiting = toolsOf(false);
  if (state === 'awaitingRelay') return `asks for ${waiting.length === 0 ? 'an answer' : counted(waiting)}`;
  return waiting.length > 0 ? `calls ${counted(waiting)}` : (phase ?? 'thinking');
}

/** `bash`, `read × 3`. */
function counted(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count === 1 ? name : `${name} × ${count}`)).join(', ');
}

/** A number of tokens: `950`, `12.3k`, `1.2M`. */
export function countText(count: number): string {
  if (count < 1000) return String(count);
  return count < 999_950 ? `${(count / 1000).toFixed(1)}k` : `${(count / 1_000_000).toFixed(1)}M`;
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

/** A duration without milliseconds, for an age that is drawn once a second. */
export const ageText = (ms: number): string => (ms < 1000 ? '0 s' : timeText(ms));
