/** The way of each arrow between what it joins. */
import { between, type Corners, fromOutside, type Point, straight, untilInside } from './curves.ts';
import type { Places, PlannedEdge } from './layout.ts';
import { ENTRY_SIZE, type PlannedChart } from './plan.ts';

export interface Route {
  /** None for an arrow that has no way to go. */
  readonly points: readonly Point[];
  /** The centre of its label. */
  readonly label: Point;
}

/** The ways of all edges that are shown, by name. */
export function routesOf(plan: PlannedChart, places: Places): ReadonlyMap<string, Route> {
  const shown = plan.edges.filter(({ isHidden }) => isHidden !== true);
  return new Map(shown.map((edge) => [edge.name, routeOf(edge, { plan, places })] as const));
}

interface Scene {
  readonly plan: PlannedChart;
  readonly places: Places;
}

function routeOf(edge: PlannedEdge, scene: Scene): Route {
  const { places } = scene;
  const led = places.curves.get(edge.name) ?? [];
  const whole = led.length > 0 ? led : direct(edge, scene);
  const fromGroup = edge.fromGroup === undefined ? undefined : places.groups.get(edge.fromGroup);
  const toGroup = edge.toGroup === undefined ? undefined : places.groups.get(edge.toGroup);
  const left = fromGroup === undefined ? whole : fromOutside(whole, fromGroup);
  const points = toGroup === undefined ? left : untilInside(left, toGroup);
  const middle = points[Math.floor(points.length / 2)] ?? { x: 0, y: 0 };
  return { points, label: places.centres.get(edge.name) ?? middle };
}

/** Straight from box to box. */
function direct({ from, to }: PlannedEdge, scene: Scene): readonly Point[] {
  const start = boxAt(from, scene);
  const end = boxAt(to, scene);
  if (start === undefined || end === undefined) return [];
  const line = straight(between(start[0], start[1], 0.5), between(end[0], end[1], 0.5));
  return untilInside(fromOutside(line, start), end);
}

function boxAt(name: string, { plan, places }: Scene): Corners | undefined {
  const centre = places.centres.get(name);
  const { width, height } = plan.boxes.get(name) ?? { width: ENTRY_SIZE, height: ENTRY_SIZE };
  if (centre === undefined) return undefined;
  const [x, y] = [width / 2, height / 2];
  return [
    { x: centre.x - x, y: centre.y - y },
    { x: centre.x + x, y: centre.y + y },
  ];
}
