/**
 * Read model of every screen, fed by the stream only: a store for the set of agents, questions and grants, and an atom for the row
 * of each agent. A changed row wakes only its own readers.
 */
import { type Atom, createAtom, createStore, type ReadonlyAtom } from '@xstate/store';
import type { AgentSummary, Envelope, Grant, PendingRelay } from '../events.ts';
import { createTeam } from './team.ts';

/** The set of agents, questions and grants; the rows are in their atoms. */
export interface TeamView {
  /** `seq` of the last entry that changed the set. */
  readonly seq: number;
  /** Agent ids in the order of their start. */
  readonly agentIds: readonly string[];
  /** Open questions, oldest first. */
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
  /** The row of an agent; its value is `undefined` while the agent is unknown. */
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
    // readers of a forgotten agent's row see it go; a row of an agent that has not started stays
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
      // rows first: readers that the set wakes find them up to date
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
