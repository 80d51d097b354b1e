/** A machine as a picture. */
import type { AnyStateMachine } from 'xstate';
import { type Active, activeStates, dottedPath } from './active-states.ts';
import type { Box } from './boxes.ts';
import { type Chart, type ChartState, readChart } from './chart.ts';
import type { Point } from './curves.ts';
import { layOut, type Places, type Size } from './layout.ts';
import { oneLine } from '../text/visible.ts';
import {
  anyName,
  ENTRY_SIZE,
  entryName,
  initialName,
  moveName,
  type PlannedChart,
  planOf,
  stateName,
  titleName,
} from './plan.ts';
import { type Route, routesOf } from './routes.ts';
import { DRAWING_CLASS, styleSheet } from './svg-style.ts';
import { arrow, boxText, escapeXml, rounded } from './svg-text.ts';

export interface SvgOptions {
  /** The states to be lit: what `snapshot.value` of an actor gives, dotted paths, or a list of either. */
  readonly active?: Active | undefined;
}

/**
 * Draws a machine as an SVG picture. Graphviz lays it out, in WebAssembly: no program, no network, no font is needed.
 *
 * Guarantees, for every XState 5 machine:
 * - It holds every state and every transition; the same machine gives the same bytes.
 * - A transition reads `event [guard] / actions`. One that stays in its state is written in that state; one that a
 *   compound state takes in all its states starts from a box `any state` in it.
 * - Whatever names and descriptions hold is drawn as text; what is very long is cut, with `…`.
 * - It takes some hundredths of a second for a dozen states. With more than 150 arrows they are drawn straight, for the
 *   sake of speed; even so hundreds of states take a minute, in which this thread does nothing else.
 * - It is readable on light and dark pages, needs nothing from elsewhere and runs no script.
 * - Each state is an element with `data-state`, the dotted path to it, which is '' for the machine itself. Those that
 *   are lit have the class `active`, so a page can also light them itself.
 *
 * @returns One `<svg>` element, with a line feed at its end.
 * @throws GreenroomError `invalid_params` when it is no XState 5 machine or has no such state, `internal` when
 * Graphviz gives up.
 *
 * @example
 * ```ts
 * await toSvg(agentMachine, { active: { running: { thinking: 'asking' } } });
 * ```
 */
export async function toSvg(machine: AnyStateMachine, { active }: SvgOptions = {}): Promise<string> {
  const chart = readChart(machine);
  const lit = activeStates(chart, active);
  const plan = planOf(chart);
  const places = await layOut(plan);
  return written({ chart, lit, plan, places, routes: routesOf(plan, places) });
}

/** Around what Graphviz lays out; half of it lies within the frame. */
const MARGIN = 12;

interface Drawing {
  readonly chart: Chart;
  readonly lit: ReadonlySet<number>;
  readonly plan: PlannedChart;
  readonly places: Places;
  readonly routes: ReadonlyMap<string, Route>;
}

function written(drawing: Drawing): string {
  const { chart, places, routes } = drawing;
  const width = Math.ceil(places.width) + 2 * MARGIN;
  const height = Math.ceil(places.height) + 2 * MARGIN;
  const [root] = chart.states;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="${DRAWING_CLASS}" role="img" width="${width}" height="${height}" viewBox="${-MARGIN} ${-MARGIN} ${width} ${height}">`,
    `<title>${escapeXml(oneLine(root?.key ?? ''))}</title>`,
    ...(root === undefined || root.description === '' ? [] : [`<desc>${escapeXml(oneLine(root.description))}</desc>`]),
    `<style>${styleSheet()}</style>`,
    ...chart.states.filter(isGroup).flatMap((state) => groupOf(state, drawing)),
    ...edgeNames(chart).flatMap((name) => arrow(routes.get(name)?.points ?? [])),
    ...chart.states.filter((state) => !isGroup(state)).flatMap((state) => leafOf(state, drawing)),
    ...chart.states.flatMap((state) => marksOf(state, drawing)),
    ...edgeNames(chart).flatMap((name) => labelOf(name, drawing)),
    '</svg>',
    '',
  ].join('\n');
}

const isGroup = ({ children }: ChartState): boolean => children.length > 0;

const edgeNames = ({ states, moves }: Chart): readonly string[] => [
  ...states.map(({ index }) => initialName(index)),
  ...moves.map((_move, index) => moveName(index)),
];

function groupOf(state: ChartState, drawing: Drawing): readonly string[] {
  const { plan, places } = drawing;
  const name = stateName(state.index);
  const [from, to] = places.groups.get(name) ?? [];
  const box = plan.boxes.get(titleName(state.index));
  const centre = places.centres.get(titleName(state.index));
  if (centre === undefined || from === undefined || to === undefined || box === undefined) return [];
  const shape = rectangle(
    ...(state.parent === undefined ? frameOf(places) : spanOf(from, to)),
    `shape${isRegion(state, drawing.chart) ? ' region' : ''}`,
  );
  return stateElement(state, drawing, ['group'], [shape, ...boxText(box, centre)]);
}

/** Around all arrows too, which Graphviz may lead outside of the outermost group. */
const frameOf = ({ width, height }: Places): [Point, Size] => [
  { x: -MARGIN / 2, y: -MARGIN / 2 },
  { width: width + MARGIN, height: height + MARGIN },
];

const spanOf = (from: Point, to: Point): [Point, Size] => [from, { width: to.x - from.x, height: to.y - from.y }];

function leafOf(state: ChartState, drawing: Drawing): readonly string[] {
  const { plan, places } = drawing;
  const name = stateName(state.index);
  const box = plan.boxes.get(name);
  const centre = places.centres.get(name);
  if (box === undefined || centre === undefined) return [];
  const corner = cornerOf(box, centre);
  const dashes = `${isRegion(state, drawing.chart) ? ' region' : ''}${state.kind.endsWith('history') ? ' any' : ''}`;
  const shapes = [rectangle(corner, box, `shape${dashes}`)];
  if (state.kind === 'final') {
    const outer = { x: corner.x - FINAL_GAP, y: corner.y - FINAL_GAP };
    shapes.unshift(rectangle(outer, { width: box.width + 2 * FINAL_GAP, height: box.height + 2 * FINAL_GAP }, 'shape'));
  }
  return stateElement(state, drawing, [state.kind.replace(' ', '-')], [...shapes, ...boxText(box, centre)]);
}

/** Between the two edges of a final state. */
const FINAL_GAP = 3;

function stateElement(
  state: ChartState,
  { lit }: Drawing,
  classes: readonly string[],
  inside: readonly string[],
): readonly string[] {
  const all = ['state', ...classes, ...(lit.has(state.index) ? ['active'] : [])].join(' ');
  return [`<g class="${all}" data-state="${escapeXml(oneLine(dottedPath(state)))}">`, ...inside, '</g>'];
}

const isRegion = ({ parent }: ChartState, { states }: Chart): boolean =>
  parent !== undefined && states[parent]?.kind === 'parallel';

/** Where a state is entered, and its box for any state in it. */
function marksOf({ index }: ChartState, { places, plan }: Drawing): readonly string[] {
  const entry = places.centres.get(entryName(index));
  const centre = places.centres.get(anyName(index));
  const box = plan.boxes.get(anyName(index));
  return [
    ...(entry === undefined
      ? []
      : [`<circle class="entry" cx="${rounded(entry.x)}" cy="${rounded(entry.y)}" r="${ENTRY_SIZE / 2}"/>`]),
    ...(centre === undefined || box === undefined
      ? []
      : [rectangle(cornerOf(box, centre), box, 'shape any'), ...boxText(box, centre)]),
  ];
}

function labelOf(name: string, { routes, plan }: Drawing): readonly string[] {
  const centre = routes.get(name)?.label;
  const box = plan.boxes.get(name);
  if (centre === undefined || box === undefined || box.width === 0) return [];
  return [rectangle(cornerOf(box, centre), box, 'label'), ...boxText(box, centre)];
}

const cornerOf = ({ width, height }: Box, { x, y }: Point): Point => ({ x: x - width / 2, y: y - height / 2 });

function rectangle({ x, y }: Point, { width, height }: Size, classes: string): string {
  const sides = `width="${rounded(width)}" height="${rounded(height)}"`;
  return `<rect class="${classes}" x="${rounded(x)}" y="${rounded(y)}" ${sides} rx="6"/>`;
}
