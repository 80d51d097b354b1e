import { describe, expect, it } from 'vitest';
import { graphLayout, LAYER_WIDTH, makerOf, ROW_HEIGHT } from '../../src/web/machines/graph-layout.ts';

const placeOf = (layout: ReturnType<typeof graphLayout>, id: string) => layout.nodes.find((node) => node.id === id);

describe('the graph of agents', () => {
  it('leads from an agent over a call to the agent that the call made', () => {
    const layout = graphLayout([{ id: 'lead' }, { id: 'docs', parentId: 'lead/c1' }]);
    expect(layout.nodes).toEqual([
      { id: 'lead', kind: 'agent', x: 0, y: 0 },
      { id: 'lead/c1', kind: 'call', x: LAYER_WIDTH, y: 0 },
      { id: 'docs', kind: 'agent', x: 2 * LAYER_WIDTH, y: 0 },
    ]);
    expect(layout.edges.map(({ source, target }) => [source, target])).toEqual([
      ['lead', 'lead/c1'],
      ['lead/c1', 'docs'],
    ]);
  });

  it('has one call for several agents that it made, and stands in their middle', () => {
    const layout = graphLayout([{ id: 'lead' }, ...['a', 'b', 'c'].map((id) => ({ id, parentId: 'lead/crew' }))]);
    expect(layout.nodes.filter(({ kind }) => kind === 'call')).toHaveLength(1);
    expect(['a', 'b', 'c'].map((id) => placeOf(layout, id)?.y)).toEqual([0, ROW_HEIGHT, 2 * ROW_HEIGHT]);
    expect(placeOf(layout, 'lead')?.y).toBe(ROW_HEIGHT);
  });

  it('takes an agent whose maker is not known for a root', () => {
    const layout = graphLayout([{ id: 'orphan', parentId: 'forgotten/c1' }]);
    expect(layout).toEqual({ nodes: [{ id: 'orphan', kind: 'agent', x: 0, y: 0 }], edges: [] });
  });

  it('finds the maker of a call whose id, or whose agent’s id, holds a slash', () => {
    expect(makerOf('team/lead/c/1', new Set(['team/lead']))).toBe('team/lead');
    expect(makerOf('lead/c1', new Set(['other']))).toBeUndefined();
  });

  it('places a hundred agents so that no two are in one place', () => {
    const agents = Array.from({ length: 100 }, (_, at) => ({
      id: `agent-${at}`,
      ...(at === 0 ? {} : { parentId: `agent-${Math.floor((at - 1) / 3)}/call-${at % 2}` }),
    }));
    const { nodes, edges } = graphLayout(agents);
    expect(new Set(nodes.map(({ x, y }) => `${x} ${y}`)).size).toBe(nodes.length);
    expect(nodes.filter(({ kind }) => kind === 'agent')).toHaveLength(100);
    for (const { source, target } of edges) {
      const [from, to] = [source, target].map((id) => nodes.find((node) => node.id === id)?.x ?? Number.NaN);
      expect(to).toBe((from ?? 0) + LAYER_WIDTH);
    }
  });

  it('puts many trees into columns, about as high as wide, and a few below each other', () => {
    const { nodes } = graphLayout(Array.from({ length: 100 }, (_, at) => ({ id: `root-${at}` })));
    const width = Math.max(...nodes.map(({ x }) => x));
    const height = Math.max(...nodes.map(({ y }) => y));
    expect(width / height).toBeGreaterThan(0.8);
    expect(width / height).toBeLessThan(3);
    expect(new Set(nodes.map(({ x, y }) => `${x} ${y}`)).size).toBe(100);
    const few = graphLayout(Array.from({ length: 8 }, (_, at) => ({ id: `root-${at}` })));
    expect(new Set(few.nodes.map(({ x }) => x))).toEqual(new Set([0]));
  });
});
