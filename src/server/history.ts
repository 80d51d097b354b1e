/**
 * The history of a team: its state now and as of any entry. It folds the stream as it happens and keeps a copy of the state
 * at intervals, from which an earlier moment is folded again.
 */
import { setImmediate } from 'node:timers/promises';
import { type AgentOrchestrator, type Envelope, ORCHESTRATOR_ID } from '../index.ts';
import { createTeam, type Team } from '../read-model/team.ts';
import type { TeamState, Thread } from './schemas.ts';

/** Entries between two kept states: the most that is folded again for an earlier moment. */
const KEEP_EVERY = 1000;
/** Entries that are scanned before other work gets a turn. */
const SLICE = 500;

export class History {
  readonly #orchestrator: AgentOrchestrator;
  readonly #team = createTeam();
  readonly #kept: TeamState[] = [];
  /** The first and the last entry of each agent. */
  readonly #spans = new Map<string, { readonly first: number; last: number }>();
  #reader: AsyncIterableIterator<Envelope> | undefined;
  #following: Promise<void> | undefined;

  constructor(orchestrator: AgentOrchestrator) {
    this.#orchestrator = orchestrator;
  }

  /** Follows the stream until `close()`. Resolves when all earlier entries are folded. */
  async follow(): Promise<void> {
    const until = this.#orchestrator.lastSeq();
    const caughtUp = Promise.withResolvers<void>();
    this.#reader = this.#orchestrator.events({ live: true });
    this.#following = this.#read(this.#reader, () => {
      if (this.seq >= until) caughtUp.resolve();
    }).finally(caughtUp.resolve);
    if (until > 0) await caughtUp.promise;
  }

  async close(): Promise<void> {
    await this.#reader?.return?.();
    await this.#following;
  }

  /** The last folded entry. */
  get seq(): number {
    return this.#team.seq;
  }

  now(): TeamState {
    return stateOf(this.#team);
  }

  /** The team as of an entry; now for an entry of the future; `undefined` for one that the journal no longer has. */
  async at(seq: number): Promise<TeamState | undefined> {
    if (seq >= this.seq) return this.now();
    const start = this.#kept.findLast((earlier) => earlier.seq <= seq);
    const team = createTeam();
    if (start !== undefined) team.apply(resyncOf(start));
    const since = start?.seq ?? 0;
    const isWhole = await this.#scan({ since, until: seq }, (entry) => team.apply(entry));
    return isWhole ? { ...stateOf(team), seq } : undefined;
  }

  /** The last entries of an agent before the entry `before`, at most `limit`. */
  async thread(
    agentId: string,
    { before, limit }: { readonly before: number; readonly limit: number },
  ): Promise<Thread> {
    const span = this.#spans.get(agentId);
    if (span === undefined) return { entries: [], more: false };
    const found: Envelope[] = [];
    const kept = await this.#firstKept();
    // entries that the journal dropped count as more
    let more = span.first < kept;
    const until = Math.min(before - 1, span.last);
    await this.#scan({ since: Math.max(span.first, kept) - 1, until }, (entry) => {
      if (entry.agentId !== agentId) return;
      found.push(entry);
      if (found.length < limit * 2) return;
      found.splice(0, limit);
      more = true;
    });
    return { entries: found.slice(-limit), more: more || found.length > limit };
  }

  async #read(reader: AsyncIterableIterator<Envelope>, onEntry: () => void): Promise<void> {
    for await (const entry of reader) {
      this.#take(entry);
      onEntry();
    }
  }

  #take(entry: Envelope): void {
    this.#team.apply(entry);
    const span = this.#spans.get(entry.agentId);
    if (span === undefined) this.#spans.set(entry.agentId, { first: entry.seq, last: entry.seq });
    else span.last = entry.seq;
    if (entry.seq - (this.#kept.at(-1)?.seq ?? 0) >= KEEP_EVERY) this.#kept.push(this.now());
  }

  /** The first entry that the journal still has. */
  async #firstKept(): Promise<number> {
    for await (const { seq, event } of this.#orchestrator.events({ live: true })) {
      if (event.type !== 'resync') return seq;
      return await this.#search(1, seq);
    }
    return 1;
  }

  /** The first kept entry between one that is dropped and one that is kept. */
  async #search(dropped: number, last: number): Promise<number> {
    let [low, high] = [dropped, last];
    while (low + 1 < high) {
      const middle = Math.floor((low + high) / 2);
      if (await this.#isKept(middle)) high = middle;
      else low = middle;
    }
    return high;
  }

  async #isKept(seq: number): Promise<boolean> {
    for await (const entry of this.#orchestrator.events({ since: seq - 1, live: true })) return entry.seq === seq;
    return false;
  }

  /** Reads the entries after `since` up to `until`. Resolves with `false` when the journal no longer has them. */
  async #scan(
    { since, until }: { readonly since: number; readonly until: number },
    look: (entry: Envelope) => void,
  ): Promise<boolean> {
    if (since >= until) return true;
    let count = 0;
    for await (const entry of this.#orchestrator.events({ since, live: true })) {
      if (entry.event.type === 'resync') return false;
      if (entry.seq <= until) look(entry);
      if (entry.seq >= until) return true;
      count += 1;
      if (count % SLICE === 0) await setImmediate();
    }
    return true;
  }
}

/** The entry that gives a reader the whole state. */
export function resyncOf(state: TeamState): Envelope {
  const { seq, agents, relays, grants } = state;
  return {
    seq,
    at: Date.now(),
    agentId: ORCHESTRATOR_ID,
    event: { type: 'resync', runId: ORCHESTRATOR_ID, agents, relays, grants },
  };
}

const stateOf = (team: Team): TeamState => ({
  seq: team.seq,
  agents: [...team.agents()],
  relays: [...team.relays()],
  grants: [...team.grants()],
});
