/** Runs a whole team with no real time and no network: one thing after the other, in the same order every time. */
import {
  AgentOrchestrator,
  type AgentOutcome,
  type AgentSummary,
  createAgentHarness,
  createGeneratorHarness,
  type Envelope,
  GreenroomError,
  type Harness,
  type LanguageModelLike,
  type OrchestratorOptions,
  type PendingRelay,
  type Script,
  type SpawnParams,
} from '../index.ts';
import { callText } from './call-match.ts';
import { Conductor } from './conductor.ts';
import { type ExpectedQuestion, type ScriptedHuman, scriptedHuman } from './scripted-human.ts';
import { isStrict, scriptedModel } from './scripted-model.ts';
import { seededIds } from './seeded-ids.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';

export interface TeamOptions extends Omit<OrchestratorOptions, 'clock' | 'ids' | 'scheduler'> {
  /** What the agents say: a script, or a model object. */
  readonly model: Script | LanguageModelLike;
  /** One agent with this task; or several agents, each as `spawn` takes it. */
  readonly task?: string;
  readonly agents?: readonly SpawnParams[];
  readonly tools?: SpawnParams['tools'];
  /** Of the agent that `task` starts. */
  readonly agentPermissions?: SpawnParams['permissions'];
  /** Who answers. Default: nobody expects a question. */
  readonly human?: ScriptedHuman | readonly ExpectedQuestion[];
  /** Default: a new one. */
  readonly clock?: VirtualClock;
  /** Of the ids. Default 1. */
  readonly seed?: number;
  /** Turns of an agent. Default 10. */
  readonly maxIterations?: number;
  /** Called after each step, when everything that followed from it has happened. */
  readonly onStep?: (team: AgentOrchestrator) => void;
}

export interface TeamRun {
  /** The whole stream. */
  readonly entries: readonly Envelope[];
  /** Of the first agent. */
  readonly outcome: AgentOutcome;
  readonly agents: readonly AgentSummary[];
}

/**
 * Plays a team to its end. The same options give the same bytes each time.
 * @throws GreenroomError (as a rejection) when a script runs dry, when a question comes that nobody expected or one stays out
 *   that somebody did, and when nothing can happen any more; it says what to do. Never hangs.
 */
export async function runTeam(options: TeamOptions): Promise<TeamRun> {
  const { human: given = [], seed = 1, clock = virtualClock(), onStep } = options;
  const human = 'answerTo' in given ? given : scriptedHuman(given);
  const conductor = new Conductor();
  const { harness, model } = harnessOf(options);
  const team = new AgentOrchestrator(harness, {
    ...extras(options),
    clock,
    ids: seededIds(seed),
    scheduler: conductor,
  });
  let failure: unknown;
  try {
    const [first] = start(team, options);
    for (;;) {
      await conductor.settle();
      onStep?.(team);
      if (team.agents().every(({ state }) => state === 'done')) break;
      if (!(await step({ team, conductor, clock, human }))) throw stuck(team);
    }
    const outcome = await team.result(first ?? '');
    const agents = team.agents();
    const entries: Envelope[] = [];
    for await (const entry of team.events()) entries.push(entry);
    if (isStrict(model)) model.assertComplete();
    human.assertComplete();
    return { entries, outcome, agents };
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    conductor.open();
    await (failure === undefined ? team.cleanup() : Promise.allSettled([team.cleanup()]));
  }
}

function harnessOf({ model: given, maxIterations = 10 }: TeamOptions): { harness: Harness; model: LanguageModelLike } {
  const model = typeof given === 'function' ? scriptedModel(given) : given;
  return { model, harness: createAgentHarness({ harness: createGeneratorHarness({ model }), maxIterations }) };
}

/** What the orchestrator itself takes. */
function extras(options: TeamOptions): OrchestratorOptions {
  const { model: _1, task: _2, agents: _3, tools: _4, agentPermissions: _5, human: _6, clock: _7, ...rest } = options;
  const { seed: _8, maxIterations: _9, onStep: _10, ...orchestrator } = rest;
  return orchestrator;
}

function start(team: AgentOrchestrator, { task, agents, tools = [], agentPermissions }: TeamOptions): string[] {
  const own = agentPermissions === undefined ? {} : { permissions: agentPermissions };
  const one: SpawnParams[] =
    task === undefined ? [] : [{ name: 'agent', messages: [{ role: 'user', content: task }], tools, ...own }];
  const all = [...one, ...(agents ?? [])];
  if (all.length === 0) throw new GreenroomError('invalid_params', 'runTeam(): give a task, or agents.');
  return all.map((params) => team.spawn(params));
}

interface Moves {
  readonly team: AgentOrchestrator;
  readonly conductor: Conductor;
  readonly clock: VirtualClock;
  readonly human: ScriptedHuman;
}

/** The next thing that happens: what has come, then what a human says, then time. False when there is nothing. */
async function step({ team, conductor, clock, human }: Moves): Promise<boolean> {
  const [arrival] = conductor.ready;
  if (arrival !== undefined) {
    await conductor.release(arrival);
    return true;
  }
  const [relay] = team.getPendingRelays();
  if (relay !== undefined) {
    team.resolveRelay(relay.id, human.answerTo(relay));
    return true;
  }
  if (clock.fireNext()) return true;
  if (!conductor.isAway) return false;
  await conductor.arrival();
  return true;
}

function stuck(team: AgentOrchestrator): GreenroomError {
  const live = team.agents().filter(({ state }) => state !== 'done');
  const who = live.map(({ path, state }) => `${path.join(' › ')} (${state})`).join(', ');
  const asked = team.getPendingRelays().map((relay: PendingRelay) => callText(relay));
  const waits = asked.length === 0 ? '' : ` Questions that wait: ${asked.join('; ')}.`;
  return new GreenroomError(
    'internal',
    `runTeam(): nothing can happen any more, and these have not ended: ${who}.${waits}`,
  );
}
