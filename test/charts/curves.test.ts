import { describe, expect, test } from 'vitest';
import { type Corners, fromOutside, straight, untilInside } from '../../src/charts/curves.ts';
import { layOut } from '../../src/charts/layout.ts';
import { routesOf } from '../../src/charts/routes.ts';

const square: Corners = [
  { x: 10, y: 0 },
  { x: 20, y: 10 },
];
const line = straight({ x: 0, y: 5 }, { x: 15, y: 5 });

describe('a curve', () => {
  test('into a rectangle ends at its edge', () => {
    const cut = untilInside(line, square);
    expect(cut.at(0)).toEqual({ x: 0, y: 5 });
    expect(cut.at(-1)?.x).toBeCloseTo(10, 1);
  });

  test('out of a rectangle starts at its edge', () => {
    const cut = fromOutside(line.toReversed(), square);
    expect(cut.at(0)?.x).toBeCloseTo(10, 1);
    expect(cut.at(-1)).toEqual({ x: 0, y: 5 });
  });

  test('that passes through a rectangle and comes back to it is cut where it comes back', () => {
    const there = straight({ x: 0, y: 5 }, { x: 30, y: 5 });
    const back = straight({ x: 30, y: 5 }, { x: 15, y: 5 });
    expect(untilInside([...there, ...back.slice(1)], square).at(-1)?.x).toBeCloseTo(20, 1);
  });

  test('that never meets the edge stays as it is', () => {
    const far = straight({ x: 0, y: 50 }, { x: 9, y: 50 });
    expect(untilInside(far, square)).toEqual(far);
    expect(untilInside([], square)).toEqual([]);
  });
});

test('an edge that Graphviz could not lead goes straight from box to box', async () => {
  const size = { width: 40, height: 20 };
  const edges = [{ name: 'e', from: 'a', to: 'b', label: { width: 0, height: 0 } }];
  const nodes = ['a', 'b'].map((name) => ({ name, ...size }));
  const plan = { root: { name: 'frame', nodes, groups: [] }, edges };
  const box = { ...size, head: [], body: [], padding: 0 };
  const places = { ...(await layOut(plan)), curves: new Map() };
  const route = routesOf({ ...plan, boxes: new Map(['a', 'b'].map((name) => [name, box])) }, places).get('e');
  const [a, b] = ['a', 'b'].map((name) => places.centres.get(name));
  expect(route?.points.at(0)?.y).toBeCloseTo((a?.y ?? 0) + 10, 0);
  expect(route?.points.at(-1)?.y).toBeCloseTo((b?.y ?? 0) - 10, 0);
});
