/**
 * What every screen draws from, fed by the stream only: one store for the set of agents, relays and grants, and one atom
 * an agent for its row. A row that changes wakes its own readers and nobody else.
 */
import { type Atom, createAtom, createStore, type ReadonlyAtom } from '@xstate/store';
import type { AgentSummary, Envelope, Grant, PendingRelay } from '../events.ts';
import { createTeam } from './team.ts';

/** The set as a whole; rows are in their atoms. */
export interface TeamView {
  /** The entry with which the set changed last. */
  readonly seq: number;
  /** Ids in the order of their birth. */
  readonly agentIds: readonly string[];
  /** Waiting questions, oldest first. */
  readonly relays: readonly PendingRelay[];
  readonly grants: readonly Grant[];
}

/**
 * A team as a store that screens subscribe to: the set of agents, relays and grants, and one atom for the row of each
 * agent.
 */
export interface ReadModel {
  /** Subscribe to it, or take `getSnapshot().context`. */
  readonly store: ReturnType<typeof createTeamStore>;
  /** An agent's row; `undefined` inside while the agent is not known. */
  row(agentId: string): ReadonlyAtom<AgentSummary | undefined>;
  /** Takes the next entry of the stream. */
  apply(entry: Envelope): void;
}

const NOTHING_YET: TeamView = { seq: 0, agentIds: [], relays: [], grants: [] };

const createTeamStore = () =>
  createStore({
    context: NOTHING_YET,
    on: { changed: (_context: TeamView, event: { view: TeamView }) => event.view },
  });

/** An empty read model; feed it the stream from the beginning, or from a `resync`. */
export function createReadModel(): ReadModel {
  const team = createTeam();
  const store = createTeamStore();
  const rows = new Map<string, Atom<AgentSummary | undefined>>();

  const rowOf = (agentId: string) => {
    const row = rows.get(agentId) ?? createAtom<AgentSummary | undefined>(team.agent(agentId));
    rows.set(agentId, row);
    return row;
  };
  const show = (seq: number, isSetChanged: boolean) => {
    const before = store.getSnapshot().context.agentIds;
    const agentIds = isSetChanged ? team.agents().map(({ id }) => id) : before;
    // one that was forgotten: whoever holds its row sees it go. A row of an agent that is still to come stays.
    const known = isSetChanged ? new Set(agentIds) : undefined;
    for (const id of known === undefined ? [] : before) {
      if (known?.has(id) !== false) continue;
      rows.get(id)?.set(undefined);
      rows.delete(id);
    }
    store.trigger.changed({ view: { seq, agentIds, relays: team.relays(), grants: team.grants() } });
  };

  return {
    store,
    row: rowOf,
    apply(entry) {
      const { agentId, event, seq } = entry;
      const before = team.agent(agentId);
      team.apply(entry);
      // rows first: who is woken by the set finds them as they are
      const after = team.agent(agentId);
      if (after !== before) rowOf(agentId).set(after);
      switch (event.type) {
        case 'harness_start':
        case 'harness_end':
          return show(seq, true);
        case 'relay':
        case 'relay_resolved':
        case 'grant_revoked':
        case 'grant_used':
          return show(seq, false);
        case 'tool_start':
          return (event.used?.grants ?? []).length > 0 ? show(seq, false) : undefined;
        case 'resync':
          for (const [id, row] of rows) row.set(team.agent(id));
          return show(seq, true);
        default:
          return undefined;
      }
    },
  };
}
