/** State of a recorded session: its live agents, open questions, answers and interrupted calls. */
import {
  type AgentSummary,
  agentTool,
  type Envelope,
  type HarnessEventOf,
  type PendingRelay,
  readTool,
  searchTool,
} from '../../index.ts';
import type { RecordedAnswer, SessionReader } from '../../journal/index.ts';
import { createTeam, type Team } from '../../read-model/team.ts';

/** A call that the end of the process interrupted. */
export interface InterruptedCall {
  readonly agentId: string;
  readonly path: readonly string[];
  readonly tool: string;
  readonly input: unknown;
}

export interface SessionState {
  readonly team: Team;
  /** Of the last entry. */
  readonly seq: number;
  /** Time of the last entry in epoch milliseconds; 0 without one. */
  readonly lastAt: number;
  /** Agents that have not ended. */
  readonly live: readonly AgentSummary[];
  /** Unsettled questions, oldest first. Some may have an answer in `answers`. */
  readonly open: readonly PendingRelay[];
  /** How each settled question was settled, by its id. */
  readonly settled: ReadonlyMap<string, HarnessEventOf<'relay_resolved'>>;
  /** Answers of humans, by the id of the question. */
  readonly answers: ReadonlyMap<string, RecordedAnswer>;
  /** Calls that become questions of kind `unknown_outcome` when the session is resumed. */
  readonly interrupted: readonly InterruptedCall[];
}

/** Tools whose interrupted calls simply run again. */
const REPEATABLE = new Set([readTool, searchTool, agentTool].filter((tool) => tool.idempotent).map(({ name }) => name));

/**
 * Reads a session from its beginning and calls `onEntry` with every entry.
 * @throws GreenroomError `journal` when it cannot be read.
 */
export function sessionState(
  session: Pick<SessionReader, 'entries' | 'answers'>,
  onEntry?: (entry: Envelope, team: Team) => void,
): SessionState {
  const team = createTeam();
  const calls = new RunningCalls();
  const settled = new Map<string, HarnessEventOf<'relay_resolved'>>();
  let lastAt = 0;
  for (const entry of session.entries()) {
    team.apply(entry);
    calls.apply(entry);
    if (entry.event.type === 'relay_resolved') settled.set(entry.event.relayId, entry.event);
    lastAt = entry.at;
    onEntry?.(entry, team);
  }
  const relays = team.relays();
  const ids = new Set(relays.map(({ id }) => id));
  return {
    team,
    seq: team.seq,
    lastAt,
    live: team.agents().filter(({ state }) => state !== 'done'),
    // `releases` was recorded when the question was asked; some of those are settled by now
    open: relays.map((relay) => ({ ...relay, releases: relay.releases.filter((id) => ids.has(id)) })),
    settled,
    answers: new Map(session.answers().map((answer) => [answer.relayId, answer])),
    interrupted: calls.left(team),
  };
}

/** Open questions without an answer. */
export const unanswered = ({ open, answers }: SessionState): PendingRelay[] =>
  open.filter(({ id }) => !answers.has(id));

/** Tracks calls from their start to their result. */
class RunningCalls {
  readonly #asked = new Map<string, Pick<InterruptedCall, 'agentId' | 'tool' | 'input'>>();
  readonly #running = new Set<string>();
  /** Agents that were ending: their calls become no questions. */
  readonly #ending = new Set<string>();

  apply({ agentId, event }: Envelope): void {
    if (event.type === 'tool_call') this.#asked.set(event.id, { agentId, tool: event.name, input: event.input });
    else if (event.type === 'tool_start') this.#running.add(event.id);
    else if (event.type === 'tool_result') this.#forget(event.id);
    // the call is already a question
    else if (event.type === 'relay') this.#running.delete(event.toolCallId);
    else if (event.type === 'stopping' || event.type === 'harness_end') this.#ending.add(agentId);
  }

  left(team: Team): InterruptedCall[] {
    return [...this.#running].flatMap((id) => {
      const call = this.#asked.get(id);
      if (call === undefined || REPEATABLE.has(call.tool) || this.#ending.has(call.agentId)) return [];
      return [{ ...call, path: team.agent(call.agentId)?.path ?? [call.agentId] }];
    });
  }

  #forget(id: string): void {
    this.#running.delete(id);
    this.#asked.delete(id);
  }
}
