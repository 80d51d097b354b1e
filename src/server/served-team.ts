/** A served team: what an application gives the server, and what every route works with. */
import type { AgentSummary, PendingRelay } from '../events.ts';
import type { AgentOrchestrator } from '../index.ts';
import type { ActorWatch } from '../inspect/index.ts';
import { visibleJson } from '../text/visible.ts';
import type { EventStreams } from './event-stream.ts';
import type { History } from './history.ts';
import { Refusal } from './refusals.ts';
import type { ModelOption, StartRequest } from './schemas.ts';

/** What `createServer` serves: an orchestrator, and what people see and may do beside it. */
export interface ServedTeam {
  /** The server does not own it: `close()` leaves it running. */
  readonly orchestrator: AgentOrchestrator;
  /**
   * Starts agents for a request and returns their ids. Throw a GreenroomError `invalid_params` to reject the request with a
   * message. Default: the API cannot start agents.
   */
  readonly start?: (request: StartRequest) => readonly string[];
  /** The models that a start request may name. Default: none. */
  readonly models?: readonly ModelOption[];
  /** Root of relative paths, shown beside questions. Default: the working directory. */
  readonly workspace?: string;
  /** The file that records the run, shown to people. */
  readonly journal?: string;
  /** Whether the application can keep "always" for later runs. Default: false. */
  readonly canSave?: boolean;
  /** States of the machines of agents and calls: `createActorWatch()` of `greenroom/inspect`. Default: not shown. */
  readonly actors?: Pick<ActorWatch, 'state'>;
}

/** What the routes work with. */
export interface ApiParts {
  readonly team: ServedTeam;
  readonly history: History;
  readonly streams: EventStreams;
  /** Version of Greenroom. */
  readonly version: string;
}

/** Recorded as the author of an answer that names none. */
export const DEFAULT_AUTHOR = 'console';

/** @throws Refusal when no agent has this id. */
export function agentOf({ orchestrator }: ServedTeam, id: string): AgentSummary {
  const agent = orchestrator.agents().find((known) => known.id === id);
  if (agent === undefined) throw new Refusal(404, 'not_found', `No agent has the id ${visibleJson(id)}.`);
  return agent;
}

/** @throws Refusal when no waiting question has this id. */
export function relayOf({ orchestrator }: ServedTeam, id: string): PendingRelay {
  const relay = orchestrator.getPendingRelays().find((pending) => pending.id === id);
  if (relay !== undefined) return relay;
  const problem = `No question with the id ${visibleJson(id)} is waiting. It was answered, or its agent ended.`;
  throw new Refusal(404, 'not_found', problem);
}
