/** The parts of a team under test, and their defaults. */
import {
  type AgentOrchestrator,
  type AgentOutcome,
  type AgentSummary,
  createAgentHarness,
  createGeneratorHarness,
  type Envelope,
  GreenroomError,
  type Harness,
  type LanguageModelLike,
  type OrchestratorOptions,
  type Script,
  type ScriptedModel,
  scriptedModel,
  type SpawnParams,
} from '../index.ts';
import { type Journal, memoryJournal } from '../journal/index.ts';
import type { ExpectedQuestion, ScriptedHuman } from './scripted-human.ts';
import { scriptedHuman } from './scripted-human.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** A team under test: its model, its agents, its human and the options of its orchestrator. */
export interface TeamOptions extends Omit<OrchestratorOptions, 'clock' | 'ids' | 'scheduler'> {
  /** A script that the agents follow, or a model. */
  readonly model: Script | LanguageModelLike;
  /** One agent with this task; or several agents, each as `spawn` takes it. */
  readonly task?: string;
  readonly agents?: readonly SpawnParams[];
  /** Of the agent that `task` starts. Default: none. */
  readonly tools?: SpawnParams['tools'];
  /** Of the agent that `task` starts. */
  readonly agentPermissions?: SpawnParams['permissions'];
  /** The human who answers. Default: one who expects no question. */
  readonly human?: ScriptedHuman | readonly ExpectedQuestion[];
  /** Default: a new one. */
  readonly clock?: VirtualClock;
  /** The seed of the ids. Default 1. */
  readonly seed?: number;
  /** The most turns of an agent. Default 10. */
  readonly maxIterations?: number;
}

/** A run that has ended. */
export interface TeamRun {
  /** The whole stream. */
  readonly entries: readonly Envelope[];
  /** The outcome of the first agent. */
  readonly outcome: AgentOutcome;
  readonly agents: readonly AgentSummary[];
}

export const humanOf = ({ human = [] }: Pick<TeamOptions, 'human'>): ScriptedHuman =>
  'answerTo' in human ? human : scriptedHuman(human);

export const modelOf = ({ model }: Pick<TeamOptions, 'model'>): LanguageModelLike =>
  typeof model === 'function' ? scriptedModel(model, { atEnd: 'fail' }) : model;

/** @throws GreenroomError `invalid_params` when a scripted model was not played to its end. */
export function assertPlayed(model: LanguageModelLike): void {
  if (isScripted(model)) model.assertComplete();
}

const isScripted = (model: LanguageModelLike): model is ScriptedModel => 'assertComplete' in model;

export const loopAround = (harness: Harness, { maxIterations = 10 }: Pick<TeamOptions, 'maxIterations'>): Harness =>
  createAgentHarness({ harness, maxIterations });

export const callsOf = (model: LanguageModelLike): Harness => createGeneratorHarness({ model });

/** The options of the orchestrator itself. */
export function orchestratorOptions(options: TeamOptions): OrchestratorOptions {
  const { model: _1, task: _2, agents: _3, tools: _4, agentPermissions: _5, human: _6, clock: _7, ...rest } = options;
  const { seed: _8, maxIterations: _9, ...orchestrator } = rest;
  return orchestrator;
}

/**
 * The agents to start.
 * @throws GreenroomError `invalid_params` when there are none.
 */
export function agentsOf({ task, agents = [], tools = [], agentPermissions }: TeamOptions): readonly SpawnParams[] {
  const own = agentPermissions === undefined ? {} : { permissions: agentPermissions };
  const one: readonly SpawnParams[] =
    task === undefined ? [] : [{ name: 'agent', messages: [{ role: 'user', content: task }], tools, ...own }];
  if (one.length + agents.length === 0) {
    throw new GreenroomError('invalid_params', 'A team needs a task or agents. Give task or agents.', { path: 'task' });
  }
  return [...one, ...agents];
}

/** The run of a team that has ended. */
export async function runOf(team: AgentOrchestrator, firstId: string): Promise<TeamRun> {
  const outcome = await team.result(firstId);
  const entries: Envelope[] = [];
  for await (const entry of team.events()) entries.push(entry);
  return { entries, outcome, agents: team.agents() };
}

/**
 * Makes ids in the form of UUID v7 from the seed and a counter: the same in every run, and sorted in the order made.
 * @param seed A whole number from 0 on. Default 1.
 */
export function seededIds(seed = 1): () => string {
  let count = 0;
  const high = Math.trunc(Math.abs(seed)).toString(16).padStart(12, '0').slice(-12);
  return () => {
    count += 1;
    const low = count.toString(16).padStart(12, '0');
    return `${high.slice(0, 8)}-${high.slice(8)}-7000-8000-${low}`;
  };
}

/** A journal in memory that calls `onEntry` with each entry it takes. */
export function watchedJournal(onEntry: (entry: Envelope) => void): Journal {
  const journal = memoryJournal();
  return {
    ...journal,
    get lastSeq() {
      return journal.lastSeq;
    },
    append(entries) {
      journal.append(entries);
      for (const entry of entries) onEntry(entry);
    },
  };
}
