/** What parts of the page share beside the client: the feed of entries, and a moment of the past when one is looked at. */
import { createContext, useContext, useMemo } from 'react';
import type { TeamView } from '../../client/index.ts';
import type { AgentSummary, PendingRelay } from '../../events.ts';
import { useAgent, useClient, useTeam } from '../use-client.ts';
import { agentsByCall, type Placed } from './agent-tree.ts';
import type { EntryFeed } from './entry-feed.ts';

const FeedContext = createContext<EntryFeed | undefined>(undefined);
export const FeedProvider = FeedContext.Provider;

export function useFeed(): EntryFeed {
  const feed = useContext(FeedContext);
  if (feed === undefined) throw new Error('A part of the page was drawn outside of <FeedProvider>.');
  return feed;
}

/** The team as it was after an entry. */
export interface PastTeam {
  readonly seq: number;
  readonly agents: ReadonlyMap<string, AgentSummary>;
  readonly relays: readonly PendingRelay[];
}

const PastContext = createContext<PastTeam | undefined>(undefined);
export const PastProvider = PastContext.Provider;

/** The moment that is looked at; `undefined` is now. */
export const usePast = (): PastTeam | undefined => useContext(PastContext);

/** An agent as it is, or was at the moment looked at. */
export function useShownAgent(id: string): AgentSummary | undefined {
  const live = useAgent(id);
  const past = usePast();
  return past === undefined ? live : past.agents.get(id);
}

/** How many questions of this agent wait, now or then. */
export function useQuestionCount(id: string): number {
  const live = useTeam(({ relays }) => countOf(relays, id));
  const past = usePast();
  return past === undefined ? live : countOf(past.relays, id);
}

const countOf = (relays: readonly PendingRelay[], id: string): number =>
  relays.reduce((count, { agentId }) => (agentId === id ? count + 1 : count), 0);

const agentIdsOf = ({ agentIds }: TeamView) => agentIds;

/** Where every agent stands, in the order of their birth. */
export function usePlacedAgents(): readonly Placed[] {
  const { readModel } = useClient();
  const agentIds = useTeam(agentIdsOf);
  const past = usePast();
  return useMemo(
    () =>
      past === undefined
        ? agentIds.map((id) => ({ id, parentId: readModel.row(id).get()?.parentId }))
        : [...past.agents.values()],
    [agentIds, past, readModel],
  );
}

const made = new WeakMap<readonly Placed[], ReturnType<typeof agentsByCall>>();

const MadeContext = createContext<readonly Placed[]>([]);
export const PlacedProvider = MadeContext.Provider;

/** The agents that a call made. */
export function useAgentsOfCall(callId: string): readonly string[] {
  const placed = useContext(MadeContext);
  const byCall = made.get(placed) ?? agentsByCall(placed);
  made.set(placed, byCall);
  return byCall.get(callId) ?? [];
}
