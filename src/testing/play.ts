/** One move after the other: what has come, what a human says, time. */
import { type AgentOrchestrator, GreenroomError, type RelayAnswer } from '../index.ts';
import { callText } from './call-match.ts';
import type { Arrival, Conductor } from './test-scheduler.ts';
import type { ScriptedHuman } from './scripted-human.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** One thing that is made to happen. */
export type Move =
  | { readonly kind: 'release'; readonly arrival: Arrival }
  | { readonly kind: 'answer'; readonly relayId: string; readonly answer: RelayAnswer }
  | { readonly kind: 'timer' };

export interface Table {
  readonly team: AgentOrchestrator;
  readonly conductor: Conductor;
  readonly clock: VirtualClock;
  readonly human: Pick<ScriptedHuman, 'answerTo'>;
}

/** The next move: what has come, then an answer, then a timer; `undefined` while all that is left is done outside. */
export function nextMove({ team, conductor, clock, human }: Table): Move | undefined {
  const [arrival] = conductor.ready;
  if (arrival !== undefined) return { kind: 'release', arrival };
  const [relay] = team.getPendingRelays();
  if (relay !== undefined) return { kind: 'answer', relayId: relay.id, answer: human.answerTo(relay) };
  return clock.nextAt === undefined ? undefined : { kind: 'timer' };
}

/** Makes a move; when it resolves, everything that follows from it has happened. */
export async function make(move: Move, { team, conductor, clock }: Table): Promise<void> {
  if (move.kind === 'release') return conductor.release(move.arrival);
  if (move.kind === 'timer') clock.fireNext();
  else team.resolveRelay(move.relayId, move.answer);
  await conductor.settle();
}

export const isOver = (team: AgentOrchestrator): boolean => team.agents().every(({ state }) => state === 'done');

/**
 * Plays to the end. `onMove` is told of each move before it is made.
 * @throws GreenroomError when nothing can happen any more, and agents have not ended.
 */
export async function playOn(table: Table, onMove?: (move: Move) => void, onStep?: () => void): Promise<void> {
  const { team, conductor } = table;
  await conductor.settle();
  while (!isOver(team)) {
    onStep?.();
    const move = nextMove(table);
    if (move !== undefined) {
      onMove?.(move);
      await make(move, table);
    } else if (conductor.isAway) await conductor.arrival();
    else throw stuck(team);
  }
  onStep?.();
}

export function stuck(team: AgentOrchestrator): GreenroomError {
  const live = team.agents().filter(({ state }) => state !== 'done');
  const who = live.map(({ path, state }) => `${path.join(' › ')} (${state})`).join(', ');
  const asked = team.getPendingRelays().map(callText);
  const waits = asked.length === 0 ? '' : ` Questions that wait: ${asked.join('; ')}.`;
  return new GreenroomError(
    'internal',
    `Nothing can happen any more, and these agents have not ended: ${who}.${waits}`,
  );
}
