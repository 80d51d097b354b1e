/** Runs a whole team without real time or network: one event after the other, in the same order every time. */
import { AgentOrchestrator, GreenroomError, type RelayAnswer } from '../index.ts';
import { type Arrival, TestScheduler } from './test-scheduler.ts';
import { callText } from './call-match.ts';
import {
  agentsOf,
  assertPlayed,
  callsOf,
  humanOf,
  loopAround,
  modelOf,
  orchestratorOptions,
  runOf,
  seededIds,
  type TeamOptions,
  type TeamRun,
} from './team-options.ts';
import type { ScriptedHuman } from './scripted-human.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';

/**
 * Plays a team to its end. The same options give the same bytes each time. Never hangs.
 * @param onStep Called before each move, once all consequences of the last one have happened.
 * @throws GreenroomError (as a rejection) when a script has no further step, when a question is unexpected or an expected one
 *   is not asked, and when nothing is left to happen; it says what to do.
 */
export async function runTeam(options: TeamOptions, onStep?: (team: AgentOrchestrator) => void): Promise<TeamRun> {
  const { seed = 1, clock = virtualClock() } = options;
  const human = humanOf(options);
  const model = modelOf(options);
  const scheduler = new TestScheduler();
  const fixed = { clock, ids: seededIds(seed), scheduler: scheduler };
  const team = new AgentOrchestrator(loopAround(callsOf(model), options), {
    ...orchestratorOptions(options),
    ...fixed,
  });
  try {
    const [first = ''] = agentsOf(options).map((params) => team.spawn(params));
    await playOn({ team, scheduler, clock, human }, undefined, () => onStep?.(team));
    const run = await runOf(team, first);
    assertPlayed(model);
    human.assertComplete();
    return run;
  } finally {
    scheduler.open();
    await team.cleanup();
  }
}

/** One thing that the test makes happen. */
export type Move =
  | { readonly kind: 'release'; readonly arrival: Arrival }
  | { readonly kind: 'answer'; readonly relayId: string; readonly answer: RelayAnswer }
  | { readonly kind: 'timer' };

interface Table {
  readonly team: AgentOrchestrator;
  readonly scheduler: TestScheduler;
  readonly clock: VirtualClock;
  readonly human: Pick<ScriptedHuman, 'answerTo'>;
}

/** The next move: first results, then answers, then timers; `undefined` while only real work is left. */
function nextMove({ team, scheduler, clock, human }: Table): Move | undefined {
  const [arrival] = scheduler.ready;
  if (arrival !== undefined) return { kind: 'release', arrival };
  const [relay] = team.getPendingRelays();
  if (relay !== undefined) return { kind: 'answer', relayId: relay.id, answer: human.answerTo(relay) };
  return clock.nextAt === undefined ? undefined : { kind: 'timer' };
}

/** Makes a move; resolves once all its consequences have happened. */
async function make(move: Move, { team, scheduler, clock }: Table): Promise<void> {
  if (move.kind === 'release') return scheduler.release(move.arrival);
  if (move.kind === 'timer') clock.fireNext();
  else team.resolveRelay(move.relayId, move.answer);
  await scheduler.settle();
}

export const isOver = (team: AgentOrchestrator): boolean => team.agents().every(({ state }) => state === 'done');

/**
 * Plays to the end. `onMove` is called with each move before it is made.
 * @throws GreenroomError when nothing is left to happen, but agents have not ended.
 */
export async function playOn(table: Table, onMove?: (move: Move) => void, onStep?: () => void): Promise<void> {
  const { team, scheduler } = table;
  await scheduler.settle();
  while (!isOver(team)) {
    onStep?.();
    const move = nextMove(table);
    if (move !== undefined) {
      onMove?.(move);
      await make(move, table);
    } else if (scheduler.isAway) await scheduler.arrival();
    else throw stuck(team);
  }
  onStep?.();
}

function stuck(team: AgentOrchestrator): GreenroomError {
  const live = team.agents().filter(({ state }) => state !== 'done');
  const who = live.map(({ path, state }) => `${path.join(' › ')} (${state})`).join(', ');
  const asked = team.getPendingRelays().map(callText);
  const waits = asked.length === 0 ? '' : ` Open questions: ${asked.join('; ')}.`;
  return new GreenroomError('internal', `Nothing is left to happen, but these agents have not ended: ${who}.${waits}`);
}
