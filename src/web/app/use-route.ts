/** The route as React sees it, and the ways to another one. */
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { GreenroomClient } from '../../client/index.ts';
import { hashOf, type Route, routeOf, tokenOf } from './route.ts';
import { signIn } from './sign-in.ts';

const onHash = (listener: () => void) => {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
};

/** The last hash that was a route: it comes back when a token passes through the address. */
let lastHash = '#/team';
const currentHash = (): string => {
  if (tokenOf(location.hash) === undefined) lastHash = location.hash;
  return lastHash;
};

/** Where the page is. */
export const useRoute = (): Route => routeOf(useSyncExternalStore(onHash, currentHash));

/** Goes there; the way back stays open. */
export function goTo(route: Route): void {
  const hash = hashOf(route);
  if (hash !== location.hash) location.hash = hash;
}

/** Signs in when the address brings a token, and takes it out of the address. Returns what went wrong. */
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
