/** Drawings of machines, one level each, requested once. */
import { useEffect, useState } from 'react';
import type { GreenroomClient } from '../../client/index.ts';
import { useClient } from '../page-context.ts';

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
