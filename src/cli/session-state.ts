/** A recorded session as it stands: what whoever goes on with it, or answers its questions, has to know. */
import {
  type AgentSummary,
  agentTool,
  type Envelope,
  type HarnessEventOf,
  type PendingRelay,
  readTool,
  searchTool,
} from '../index.ts';
import { createTeam, type Team } from '../read-model/team.ts';
import type { RecordedAnswer, SessionReader } from '../journal/index.ts';

/** A call that was running when the process ended. */
export interface InterruptedCall {
  readonly agentId: string;
  readonly path: readonly string[];
  readonly tool: string;
  readonly input: unknown;
}

export interface SessionState {
  readonly team: Team;
  /** The last entry. */
  readonly seq: number;
  /** When it was recorded, epoch milliseconds; 0 when there is none. */
  readonly lastAt: number;
  /** Agents that have not ended. */
  readonly live: readonly AgentSummary[];
  /** Questions that are not settled, oldest first; the answers some of them have are in `answers`. */
  readonly open: readonly PendingRelay[];
  /** How each of the others was settled, by its id. */
  readonly settled: ReadonlyMap<string, HarnessEventOf<'relay_resolved'>>;
  /** What humans answered, by the id of the question. */
  readonly answers: ReadonlyMap<string, RecordedAnswer>;
  /** Calls that will become questions of unknown outcome once the session goes on. */
  readonly interrupted: readonly InterruptedCall[];
}

/** They are simply run again. */
const REPEATABLE = new Set([readTool, searchTool, agentTool].filter((tool) => tool.idempotent).map(({ name }) => name));

/**
 * Reads a session from its beginning. `onEntry` sees every entry on the way.
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
    // what "always" would release was recorded when it was asked
    open: relays.map((relay) => ({ ...relay, releases: relay.releases.filter((id) => ids.has(id)) })),
    settled,
    answers: new Map(session.answers().map((answer) => [answer.relayId, answer])),
    interrupted: calls.left(team),
  };
}

/** Open questions that nobody has answered. */
export const unanswered = ({ open, answers }: SessionState): PendingRelay[] =>
  open.filter(({ id }) => !answers.has(id));

/** Follows calls from their start to their result. */
class RunningCalls {
  readonly #asked = new Map<string, Pick<InterruptedCall, 'agentId' | 'tool' | 'input'>>();
  readonly #running = new Set<string>();
  /** Agents that were to end: nobody is asked about their calls. */
  readonly #ending = new Set<string>();

  apply({ agentId, event }: Envelope): void {
    if (event.type === 'tool_call') this.#asked.set(event.id, { agentId, tool: event.name, input: event.input });
    else if (event.type === 'tool_start') this.#running.add(event.id);
    else if (event.type === 'tool_result') this.#forget(event.id);
    // the question is there already
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
