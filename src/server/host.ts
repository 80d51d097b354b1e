/** What a server serves: an orchestrator, and a way to start agents in it. */
import type { AgentOrchestrator } from '../index.ts';
import type { ActorWatch } from '../inspect/index.ts';
import type { ModelOption, StartRequest } from './schemas.ts';

export interface ServedTeam {
  readonly orchestrator: AgentOrchestrator;
  /**
   * Starts what was asked for and returns the ids of the agents. A GreenroomError `invalid_params` is shown to whoever
   * asked. Without it nothing can be started over the API.
   */
  readonly start?: (request: StartRequest) => readonly string[];
  /** Which models a start may name. Default: none is offered. */
  readonly models?: readonly ModelOption[];
  /** Root of relative paths, shown beside questions. Default: the working directory. */
  readonly workspace?: string;
  /** Where it is recorded, shown to people. */
  readonly journal?: string;
  /** Whether "always" can be kept for later runs. Default false. */
  readonly canSave?: boolean;
  /** The states that the machines of agents and calls are in; see `createActorWatch` of `greenroom/inspect`. */
  readonly actors?: Pick<ActorWatch, 'state'>;
}
