/** The thread of an agent, for as long as it is shown. */
import { useEffect, useRef, useState } from 'react';
import { useClient, useConnection } from '../use-client.ts';
import { EMPTY_THREAD, followThread, type LiveThread, type ThreadView } from './live-thread.ts';
import { useFeed } from './page-context.ts';

export interface ShownThread extends ThreadView {
  readonly loadEarlier: () => void;
}

/** Give what shows it a key of agent and moment: one thread, one component. */
export function useThread(agentId: string, asOf: number | undefined): ShownThread {
  const client = useClient();
  const feed = useFeed();
  const isLive = useConnection() === 'live';
  const [view, setView] = useState<ThreadView>(EMPTY_THREAD);
  const thread = useRef<LiveThread>(undefined);
  useEffect(() => {
    const followed = followThread({ client, feed, agentId, asOf, onChange: setView });
    thread.current = followed;
    return () => followed.close();
  }, [client, feed, agentId, asOf]);
  const hasFailed = view.problem !== undefined;
  useEffect(() => {
    if (isLive && hasFailed) thread.current?.reload();
    // only when the line comes back: a refusal stays until then
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- see above
  }, [isLive]);
  return { ...view, loadEarlier: () => thread.current?.earlier() };
}
