/** The route: the open view and the selected agent, kept in the hash of the address so that a reload shows the same. */
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { GreenroomClient } from '../../client/index.ts';
import { signIn } from './sign-in.ts';

export const VIEWS = ['team', 'machines', 'graph', 'grants'] as const;
export type View = (typeof VIEWS)[number];

export interface Route {
  readonly view: View;
  /** The selected agent. */
  readonly agentId: string | undefined;
}

/** Reads a hash, with or without its `#`. An unknown view is the team. */
export function routeOf(hash: string): Route {
  const [name = '', agent = ''] = hash.replace(/^#?\/?/, '').split('/');
  const view = VIEWS.find((known) => known === name) ?? 'team';
  return { view, agentId: agent === '' ? undefined : decoded(agent) };
}

/** The hash of a route, with its `#`. */
export const hashOf = ({ view, agentId }: Route): string =>
  `#/${view}${agentId === undefined ? '' : `/${encodeURIComponent(agentId)}`}`;

/** The token in a hash that the server printed; `undefined` for every other hash. */
export const tokenOf = (hash: string): string | undefined =>
  new URLSearchParams(hash.replace(/^#/, '')).get('token') ?? undefined;

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

const onHash = (listener: () => void) => {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
};

/** The last hash that was a route. It replaces a hash that carries a token. */
let lastHash = '#/team';
const currentHash = (): string => {
  if (tokenOf(location.hash) === undefined) lastHash = location.hash;
  return lastHash;
};

/** The current route. */
export const useRoute = (): Route => routeOf(useSyncExternalStore(onHash, currentHash));

/** Opens a route and adds it to the browser's history. */
export function goTo(route: Route): void {
  const hash = hashOf(route);
  if (hash !== location.hash) location.hash = hash;
}

/** Signs in with a token in the address and removes it from the address. Returns why signing in failed. */
export function useTokenInAddress(client: GreenroomClient): string | undefined {
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    const look = () => {
      const token = tokenOf(location.hash);
      if (token === undefined) return;
      history.replaceState(null, '', `${location.pathname}${currentHash()}`);
      void signIn(client, token).then(setProblem);
    };
    look();
    return onHash(look);
  }, [client]);
  return problem;
}
