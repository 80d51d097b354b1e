/** The team at a moment of the past. The server is asked when the reader rests; of several answers the last asked for counts. */
import { useEffect, useState } from 'react';
import { useClient } from '../use-client.ts';
import type { PastTeam } from './page-context.ts';

const REST_MS = 120;

export interface StateAt {
  /** The last moment that arrived. */
  readonly past: PastTeam | undefined;
  readonly problem: string | undefined;
}

export function useStateAt(seq: number | undefined): StateAt {
  const client = useClient();
  const [state, setState] = useState<StateAt>(NOTHING);
  useEffect(() => {
    let isWanted = true;
    const ask = async (asked: number) => {
      try {
        const { agents, relays } = await client.stateAt(asked);
        if (!isWanted) return;
        const past = { seq: asked, agents: new Map(agents.map((agent) => [agent.id, agent])), relays };
        setState({ past, problem: undefined });
      } catch (error) {
        if (!isWanted) return;
        const problem = error instanceof Error ? error.message : String(error);
        setState(({ past }) => ({ past, problem }));
      }
    };
    if (seq === undefined) setState(NOTHING);
    const timer = seq === undefined ? undefined : setTimeout(() => void ask(seq), REST_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [client, seq]);
  return seq === undefined ? NOTHING : state;
}

const NOTHING: StateAt = { past: undefined, problem: undefined };
