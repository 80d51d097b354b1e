/** What a team under test is made of. */
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
  type SpawnParams,
} from '../index.ts';
import type { ExpectedQuestion, ScriptedHuman } from './scripted-human.ts';
import { scriptedHuman } from './scripted-human.ts';
import { scriptedModel } from './scripted-model.ts';
import type { VirtualClock } from './virtual-clock.ts';

export interface TeamOptions extends Omit<OrchestratorOptions, 'clock' | 'ids' | 'scheduler'> {
  /** What the agents say: a script, or a model. */
  readonly model: Script | LanguageModelLike;
  /** One agent with this task; or several agents, each as `spawn` takes it. */
  readonly task?: string;
  readonly agents?: readonly SpawnParams[];
  /** Of the agent that `task` starts. Default: none. */
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
}

export interface TeamRun {
  /** The whole stream. */
  readonly entries: readonly Envelope[];
  /** Of the first agent. */
  readonly outcome: AgentOutcome;
  readonly agents: readonly AgentSummary[];
}

export const humanOf = ({ human = [] }: Pick<TeamOptions, 'human'>): ScriptedHuman =>
  'answerTo' in human ? human : scriptedHuman(human);

export const modelOf = ({ model }: Pick<TeamOptions, 'model'>): LanguageModelLike =>
  typeof model === 'function' ? scriptedModel(model) : model;

export const loopAround = (harness: Harness, { maxIterations = 10 }: Pick<TeamOptions, 'maxIterations'>): Harness =>
  createAgentHarness({ harness, maxIterations });

export const callsOf = (model: LanguageModelLike): Harness => createGeneratorHarness({ model });

/** What the orchestrator itself takes. */
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
    throw new GreenroomError('invalid_params', 'A team needs a task, or agents.', { path: 'task' });
  }
  return [...one, ...agents];
}

/** What a team that has ended did. */
export async function runOf(team: AgentOrchestrator, firstId: string): Promise<TeamRun> {
  const outcome = await team.result(firstId);
  const entries: Envelope[] = [];
  for await (const entry of team.events()) entries.push(entry);
  return { entries, outcome, agents: team.agents() };
}
