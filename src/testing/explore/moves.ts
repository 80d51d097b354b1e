/** The moves that a team can make next, under names that are the same on every path. */
import type { AgentOrchestrator, PendingRelay, RelayAnswer } from '../../index.ts';
import type { TestScheduler } from '../test-scheduler.ts';
import type { VirtualClock } from '../virtual-clock.ts';

/** A move that is possible now. */
export interface PossibleMove {
  /** E.g. `answer always: agent/bash call_0_0`. */
  readonly label: string;
  make(): void | Promise<void>;
}

export interface Explored {
  readonly team: AgentOrchestrator;
  readonly scheduler: TestScheduler;
  readonly clock: VirtualClock;
  readonly names: Names;
}

/** The answers to try for a question, by name. */
export type AnswersTo = (relay: PendingRelay) => Readonly<Record<string, RelayAnswer>>;

/** Yes and no, and always for a question that can be answered so. */
export const usualAnswers: AnswersTo = ({ kind, proposal }) => {
  if (kind === 'unknown_outcome') return { yes: { approved: true }, no: { approved: false } };
  return {
    yes: { approved: true },
    ...(proposal === null ? {} : { always: { approved: true, always: true } }),
    no: { approved: false },
  };
};

/** Names of agents and calls that do not depend on the order of their start. */
export class Names {
  readonly #agents = new Map<string, string>();
  readonly #calls = new Map<string, string>();

  agent(id: string): string {
    return this.#agents.get(id) ?? id;
  }

  call(id: string): string {
    return this.#calls.get(id) ?? id;
  }

  /** Adds an agent. */
  born(id: string, name: string, parentId: string | undefined): void {
    // several agents may have one name: which call asked for it tells them apart
    this.#agents.set(id, parentId === undefined ? name : `${this.call(parentId)}>${name}`);
  }

  called(id: string, agentId: string, tool: string): void {
    const raw = id.startsWith(`${agentId}/`) ? id.slice(agentId.length + 1) : id;
    this.#calls.set(id, `${this.agent(agentId)}/${tool} ${raw}`);
  }
}

/** Every move that is possible now, in a fixed order. */
export function possibleMoves(explored: Explored, answers: AnswersTo, kills: boolean): readonly PossibleMove[] {
  const { team, scheduler, clock, names } = explored;
  const moves: PossibleMove[] = [];
  for (const arrival of scheduler.ready) {
    const what = arrival.kind === 'model' ? names.agent(arrival.id) : names.call(arrival.id);
    moves.push({ label: `${arrival.kind}: ${what}`, make: () => scheduler.release(arrival) });
  }
  for (const relay of team.getPendingRelays()) {
    for (const [name, answer] of Object.entries(answers(relay))) {
      const label = `answer ${name}: ${names.call(relay.toolCallId)}`;
      moves.push({ label, make: () => void team.resolveRelay(relay.id, answer) });
    }
  }
  if (kills) {
    for (const { id, state } of team.agents()) {
      if (state !== 'done') moves.push({ label: `kill: ${names.agent(id)}`, make: () => team.kill(id) });
    }
  }
  if (moves.length === 0 && clock.nextAt !== undefined) {
    moves.push({ label: 'time passes', make: () => void clock.fireNext() });
  }
  return moves.toSorted((one, other) => (one.label < other.label ? -1 : 1));
}
