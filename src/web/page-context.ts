/** What the parts of the page share: the client, the feed of entries, and the team now or at a moment of its history. */
import { useAtom, useSelector } from '@xstate/store-react';
import { createContext, useContext, useMemo } from 'react';
import type { Connection, GreenroomClient, TeamView } from '../client/index.ts';
import type { AgentSummary, PendingRelay } from '../events.ts';
import { agentsByCall, type Placed } from './team/agent-tree.ts';
import type { EntryFeed } from './thread/entry-feed.ts';

const ClientContext = createContext<GreenroomClient | undefined>(undefined);
export const ClientProvider = ClientContext.Provider;

export function useClient(): GreenroomClient {
  const client = useContext(ClientContext);
  if (client === undefined) throw new Error('useClient() was called outside of <ClientProvider>.');
  return client;
}

/** A part of the set of agents, relays and grants. Draws again when the selected value changes. */
export const useTeam = <T>(select: (team: TeamView) => T): T =>
  useSelector(useClient().readModel.store, ({ context }) => select(context));

/** An agent's summary. Draws again when that one changes. */
export const useAgent = (id: string): AgentSummary | undefined => useAtom(useClient().readModel.row(id));

export const useConnection = (): Connection => useAtom(useClient().connection);

const FeedContext = createContext<EntryFeed | undefined>(undefined);
export const FeedProvider = FeedContext.Provider;

export function useFeed(): EntryFeed {
  const feed = useContext(FeedContext);
  if (feed === undefined) throw new Error('useFeed() was called outside of <FeedProvider>.');
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

/** The moment of history on the screen; `undefined` is now. */
export const usePast = (): PastTeam | undefined => useContext(PastContext);

/** An agent's summary, now or at the moment on the screen. */
export function useShownAgent(id: string): AgentSummary | undefined {
  const live = useAgent(id);
  const past = usePast();
  return past === undefined ? live : past.agents.get(id);
}

/** How many questions of this agent wait, now or at the moment on the screen. */
export function useQuestionCount(id: string): number {
  const live = useTeam(({ relays }) => countOf(relays, id));
  const past = usePast();
  return past === undefined ? live : countOf(past.relays, id);
}

const countOf = (relays: readonly PendingRelay[], id: string): number =>
  relays.reduce((count, { agentId }) => (agentId === id ? count + 1 : count), 0);

const agentIdsOf = ({ agentIds }: TeamView) => agentIds;

/** All agents with their parents, in the order of their birth, now or at the moment on the screen. */
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

const PlacedContext = createContext<readonly Placed[]>([]);
/** Gives `useAgentsOfCall` what `usePlacedAgents` returned. */
export const PlacedProvider = PlacedContext.Provider;

const indexes = new WeakMap<readonly Placed[], ReturnType<typeof agentsByCall>>();

/** The agents that a call started. */
export function useAgentsOfCall(callId: string): readonly string[] {
  const placed = useContext(PlacedContext);
  const byCall = indexes.get(placed) ?? agentsByCall(placed);
  indexes.set(placed, byCall);
  return byCall.get(callId) ?? [];
}
