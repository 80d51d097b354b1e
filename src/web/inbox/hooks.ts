/** Hooks of the inbox: the served session, the guard, and the questions that "always" would release. */
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { GreenroomClient } from '../../client/index.ts';
import type { PendingRelay } from '../../events.ts';
import type { SessionInfo } from '../../server/index.ts';
import { useClient, useTeam } from '../page-context.ts';
import { createGuard } from '../../read-model/question-queue.ts';

/** The served session; `undefined` until it is known. Requested once a client. */
export function useSession(): SessionInfo | undefined {
  const client = useClient();
  const [session, setSession] = useState<SessionInfo>();
  useEffect(() => {
    let isWanted = true;
    sessionOf(client).then(
      (known) => isWanted && setSession(known),
      () => sessions.delete(client),
    );
    return () => {
      isWanted = false;
    };
  }, [client]);
  return session;
}

const sessions = new WeakMap<GreenroomClient, Promise<SessionInfo>>();

function sessionOf(client: GreenroomClient): Promise<SessionInfo> {
  const session = sessions.get(client) ?? client.session();
  sessions.set(client, session);
  return session;
}

/** Whether the shown question takes answers; `check` decides at the moment of the call. */
export function useGuard(key: string | undefined): { readonly isOpen: boolean; readonly check: () => boolean } {
  const guard = useMemo(() => createGuard(), []);
  const [openFor, setOpenFor] = useState<string>();
  useLayoutEffect(() => {
    guard.show(key);
    if (key === undefined) return undefined;
    let timer: ReturnType<typeof setTimeout>;
    const wait = () => {
      const left = guard.remaining();
      if (left === 0) setOpenFor(key);
      else timer = setTimeout(wait, left);
    };
    const comeBack = () => {
      if (document.visibilityState !== 'visible') return;
      clearTimeout(timer);
      guard.restart();
      setOpenFor(undefined);
      wait();
    };
    wait();
    const type = () => guard.typed();
    document.addEventListener('visibilitychange', comeBack);
    // before every other listener, so that this key is no answer
    document.addEventListener('keydown', type, true);
    return () => {
      clearTimeout(timer);
      setOpenFor(undefined);
      document.removeEventListener('visibilitychange', comeBack);
      document.removeEventListener('keydown', type, true);
    };
  }, [guard, key]);
  const check = useCallback(() => guard.isOpen(), [guard]);
  return { isOpen: key !== undefined && openFor === key, check };
}

/** Shortest time between two requests, in milliseconds. */
const FRESH_MS = 400;

/** Ids of the other open questions that "always" would release now. */
export function useReleases(relay: PendingRelay): readonly string[] {
  const client = useClient();
  const waiting = useTeam(({ relays }) => relays);
  const [fresh, setFresh] = useState<readonly string[]>(relay.releases);
  const { id } = relay;
  const asked = useRef<string>(undefined);
  useEffect(() => {
    let isWanted = true;
    const ask = async () => {
      const found = await client.relay(id);
      if (isWanted && found !== undefined) setFresh(found.releases);
    };
    // the set may change many times a second
    const timer = setTimeout(() => void ask().catch(() => undefined), asked.current === id ? FRESH_MS : 0);
    asked.current = id;
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [client, id, waiting]);
  return fresh;
}
