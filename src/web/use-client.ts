/** The client of the page, and hooks that draw from it. */
import { useAtom, useSelector } from '@xstate/store-react';
import { createContext, useContext } from 'react';
import type { Connection, GreenroomClient, TeamView } from '../client/index.ts';
import type { AgentSummary } from '../events.ts';

const ClientContext = createContext<GreenroomClient | undefined>(undefined);
export const ClientProvider = ClientContext.Provider;

export function useClient(): GreenroomClient {
  const client = useContext(ClientContext);
  if (client === undefined) throw new Error('A part of the page was drawn outside of <ClientProvider>.');
  return client;
}

/** A part of the set of agents, relays and grants; drawn again when that part is another one. */
export const useTeam = <T>(select: (team: TeamView) => T): T =>
  useSelector(useClient().readModel.store, ({ context }) => select(context));

/** An agent's row; drawn again when that row changes, and for no other. */
export const useAgent = (id: string): AgentSummary | undefined => useAtom(useClient().readModel.row(id));

export const useConnection = (): Connection => useAtom(useClient().connection);
