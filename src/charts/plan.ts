/** What of a chart is drawn as a node, a group or an edge. */
import { hasAnyState, isWithin, leavesFromAnyState } from './any-state.ts';
import { anyStateBox, arrowBox, type Box, initialBox, stateBox, titleBox } from './boxes.ts';
import type { Chart, ChartState, Move } from './chart.ts';
import type { Group, Plan, PlannedEdge, PlannedNode } from './layout.ts';

export interface PlannedChart extends Plan {
  /** What stands in nodes, at the top of groups and at edges, by name. */
  readonly boxes: ReadonlyMap<string, Box>;
}

/** Names in the plan: none holds anything of the machine. */
export const stateName = (index: number): string => `s${index}`;
export const titleName = (index: number): string => `title${index}`;
export const anyName = (index: number): string => `any${index}`;
/** The mark where a state is entered. */
export const entryName = (index: number): string => `in${index}`;
export const initialName = (index: number): string => `to${index}`;
export const moveName = (index: number): string => `m${index}`;

export const ENTRY_SIZE = 10;

export function planOf(chart: Chart): PlannedChart {
  const [root] = chart.states;
  const boxes = new Map<string, Box>();
  const group = root === undefined ? { ...groupOf(), name: '' } : rootGroup(root, chart, boxes);
  const edges = [...titleEdges(chart), ...initialEdges(chart, boxes), ...moveEdges(chart, boxes)];
  return { root: group, edges, boxes };
}

const groupOf = (): Omit<Group, 'name'> => ({ nodes: [], groups: [] });

/** A machine that is a single state has a frame without a title around it. */
function rootGroup(root: ChartState, chart: Chart, boxes: Map<string, Box>): Group {
  if (root.children.length > 0) return stateGroup(root, chart, boxes);
  return { ...groupOf(), name: 'frame', nodes: [leaf(root, boxes)] };
}

function leaf(state: ChartState, boxes: Map<string, Box>) {
  const name = stateName(state.index);
  const box = stateBox(state);
  boxes.set(name, box);
  return nodeOf(name, box);
}

const nodeOf = (name: string, { width, height }: Box): PlannedNode => ({ name, width, height });

function stateGroup(state: ChartState, chart: Chart, boxes: Map<string, Box>): Group {
  const name = stateName(state.index);
  const title = titleBox(state);
  boxes.set(titleName(state.index), title);
  const children = state.children.flatMap((index) => chart.states[index] ?? []);
  const leaves = children.filter((child) => child.children.length === 0).map((child) => leaf(child, boxes));
  const entry = { name: entryName(state.index), width: ENTRY_SIZE, height: ENTRY_SIZE };
  const nodes = [nodeOf(titleName(state.index), title), ...(hasEntry(chart, state) ? [entry] : []), ...leaves];
  if (hasAnyState(chart, state)) {
    const box = anyStateBox(state);
    boxes.set(anyName(state.index), box);
    nodes.push(nodeOf(anyName(state.index), box));
  }
  const groups = children.filter((child) => child.children.length > 0).map((child) => stateGroup(child, chart, boxes));
  return { name, nodes, groups };
}

/** Where the state is entered: with a first state, or (all at once) if an arrow from inside leads there. */
function hasEntry(chart: Chart, { index, initial }: ChartState): boolean {
  return initial !== undefined || chart.moves.some((move) => move.to === index && isWithin(chart, move.from, index));
}

/** All in a group is below its title. */
function titleEdges(chart: Chart): readonly PlannedEdge[] {
  return chart.states.flatMap(({ index, children }) => {
    if (children.length === 0) return [];
    const title = titleName(index);
    const to = firstIn(chart, index);
    return [{ name: `under${title}`, from: title, to, label: none, isHidden: true }];
  });
}

function initialEdges(chart: Chart, boxes: Map<string, Box>): readonly PlannedEdge[] {
  return chart.states.flatMap((state) => {
    const { index, initial, children, kind } = state;
    if (children.length === 0 || !hasEntry(chart, state)) return [];
    if (kind === 'parallel') {
      return children.map((child) =>
        edgeTo(chart, child, { name: initialName(child), from: entryName(index), label: none }),
      );
    }
    if (initial === undefined) return [];
    const label = initialBox(initial.actions);
    const name = initialName(initial.to);
    if (label.width > 0) boxes.set(name, label);
    return [edgeTo(chart, initial.to, { name, from: entryName(index), label })];
  });
}

const none = { width: 0, height: 0 };

/** Groups have no place of their own for Graphviz: an edge to one goes to something in it, and is cut off on the way. */
function edgeTo(chart: Chart, index: number, edge: Omit<PlannedEdge, 'to' | 'toGroup'>): PlannedEdge {
  const isGroup = (chart.states[index]?.children.length ?? 0) > 0;
  return { ...edge, to: firstIn(chart, index), toGroup: isGroup ? stateName(index) : undefined };
}

function firstIn(chart: Chart, index: number): string {
  const state = chart.states[index];
  const [child] = state?.children ?? [];
  if (state === undefined || child === undefined) return stateName(index);
  return hasEntry(chart, state) ? entryName(index) : firstIn(chart, child);
}

function lastIn(chart: Chart, index: number): string {
  const child = chart.states[index]?.children.at(-1);
  return child === undefined ? stateName(index) : lastIn(chart, child);
}

function moveEdges(chart: Chart, boxes: Map<string, Box>): readonly PlannedEdge[] {
  return chart.moves.map((move, index) => {
    const label = arrowBox(move.triggers);
    const name = moveName(index);
    boxes.set(name, label);
    const isOutward = isWithin(chart, move.from, move.to) && (chart.states[move.to]?.children.length ?? 0) > 0;
    const edge = { name, label, ...startOf(chart, move) };
    return isOutward ? { ...edge, to: entryName(move.to) } : edgeTo(chart, move.to, edge);
  });
}

function startOf(chart: Chart, move: Move): Pick<PlannedEdge, 'from' | 'fromGroup'> {
  if (leavesFromAnyState(chart, move)) return { from: anyName(move.from) };
  const isGroup = (chart.states[move.from]?.children.length ?? 0) > 0;
  return { from: lastIn(chart, move.from), fromGroup: isGroup ? stateName(move.from) : undefined };
}
