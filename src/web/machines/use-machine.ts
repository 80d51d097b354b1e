/** The data of a machine: its state, polled while the page is visible, and its drawings, requested once. */
import { useEffect, useState } from 'react';
import type { GreenroomClient } from '../../client/index.ts';
import type { ActorState } from '../../server/index.ts';
import { useClient } from '../page-context.ts';

/** Milliseconds between two requests: without news of the agent, and at least. */
const IDLE_MS = 1000;
const SHORTEST_MS = 250;

export type WatchedMachine = ActorState;

/** `unknown`: the server does not know the actor, or forgot it; `undefined`: not answered yet. */
export type Watched = WatchedMachine | 'unknown' | undefined;

/**
 * @param actorId Of an agent or a call, or `orchestrator`.
 * @param agentId The agent whose changes trigger a request at once.
 */
export function useActor(actorId: string, agentId: string | undefined): Watched {
  const client = useClient();
  const [seen, setSeen] = useState<{ readonly id: string; readonly state: Watched }>();
  useEffect(() => {
    let isWanted = true;
    let isAsking = false;
    let askedAt = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const plan = (ms: number) => {
      clearTimeout(timer);
      if (isWanted) timer = setTimeout(() => void look(), ms);
    };
    const look = async () => {
      if (document.visibilityState !== 'visible') return plan(IDLE_MS);
      isAsking = true;
      askedAt = performance.now();
      try {
        const state = (await client.actor(actorId)) ?? 'unknown';
        if (isWanted)
          setSeen((before) =>
            before?.id === actorId && isSame(before.state, state) ? before : { id: actorId, state },
          );
      } catch {
        // the page shows the state of the connection; the next request may succeed
      }
      isAsking = false;
      plan(IDLE_MS);
    };
    const hear = () => {
      if (!isAsking) plan(Math.max(0, askedAt + SHORTEST_MS - performance.now()));
    };
    void look();
    const heard = agentId === undefined ? undefined : client.readModel.row(agentId).subscribe(hear);
    return () => {
      isWanted = false;
      clearTimeout(timer);
      heard?.unsubscribe();
    };
  }, [client, actorId, agentId]);
  return seen?.id === actorId ? seen.state : undefined;
}

const isSame = (before: Watched, now: Watched): boolean => JSON.stringify(before) === JSON.stringify(now);

const charts = new WeakMap<GreenroomClient, Map<string, Promise<string>>>();

/**
 * One level of a machine as SVG; `undefined` while it is drawn.
 * @param root Dotted path of the state that is shown; '' for the machine.
 */
export function useChart(machine: string, root: string): string | undefined {
  const client = useClient();
  const key = `${machine} ${root}`;
  const [chart, setChart] = useState<{ readonly key: string; readonly svg: string }>();
  useEffect(() => {
    let isWanted = true;
    const drawn = charts.get(client) ?? new Map<string, Promise<string>>();
    charts.set(client, drawn);
    const svg = drawn.get(key) ?? client.chart(machine, { root, depth: 1 });
    drawn.set(key, svg);
    svg.then(
      (text) => isWanted && setChart({ key, svg: text }),
      () => drawn.delete(key),
    );
    return () => {
      isWanted = false;
    };
  }, [client, machine, root, key]);
  return chart?.key === key ? chart.svg : undefined;
}
