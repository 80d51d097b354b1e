/** States of agents and calls as a sign and a word. */
import type { AgentStatus, AgentSummary, CallStatus } from '../../events.ts';
import { stateText } from '../../read-model/words.ts';

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

const ENDS: Readonly<Record<AgentStatus, Omit<Mark, 'word'>>> = {
  completed: { sign: '✓', tone: 'ok' },
  failed: { sign: '✗', tone: 'bad' },
  cancelled: { sign: '⊘', tone: 'plain' },
  limited: { sign: '!', tone: 'warn' },
};

/** The mark of an agent: the state that the orchestrator reports, and how an ended agent ended. */
export function agentMark(agent: Pick<AgentSummary, 'state' | 'status'>): Mark {
  const word = stateText(agent);
  if (agent.state === 'running') return { word, sign: '●', tone: 'info' };
  if (agent.state === 'awaitingRelay') return { word, sign: '?', tone: 'warn' };
  return { word, ...ENDS[agent.status ?? 'completed'] };
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
