/** A view as a Graphviz graph: clusters for open states, nodes for the others, edges for transitions. */
import type { Attributes, Edge, Graph, HTMLString, Subgraph } from '@viz-js/viz';
import { anyStateLabel, arrowLabel, boxLabel, initialLabel, neighbourLabel, titleLabel } from './html-label.ts';
import {
  hasAnyState,
  isWithin,
  leavesFromAnyState,
  type Neighbour,
  type View,
  type ViewMove,
  type ViewState,
} from './view.ts';

/** Ids of the drawn elements. None holds a name of the machine. */
export const stateId = (index: number): string => `s${index}`;
export const moveId = (index: number): string => `m${index}`;
export const neighbourId = (index: number): string => `n${index}`;
const clusterName = (index: number): string => `cluster_${index}`;
const anyName = (index: number): string => `any${index}`;
const entryName = (index: number): string => `entry${index}`;

export interface Shape {
  /** Columns in which the label of an arrow is wrapped. */
  readonly labelWidth: number;
  /** Ranks the nodes of all clusters together; that makes some drawings narrower and others wider. */
  readonly newrank: boolean;
}

export function dotGraph(view: View, { labelWidth, newrank }: Shape): Graph {
  const [root] = view.states;
  const isOpen = root !== undefined && root.children.length > 0;
  const stubs = new Map(view.neighbours.map((neighbour, index) => [stubName(neighbour), { neighbour, index }]));
  return {
    graphAttributes: {
      rankdir: 'TB',
      compound: true,
      newrank,
      nodesep: 0.2,
      ranksep: 0.3,
      pad: 0.11,
      fontname: 'Helvetica',
      margin: 0,
    },
    nodeAttributes: {
      shape: 'box',
      style: 'rounded',
      margin: '0.07,0.04',
      height: 0.2,
      width: 0.2,
      fontname: 'Helvetica',
    },
    edgeAttributes: { arrowsize: 0.7, fontname: 'Helvetica' },
    nodes: [
      ...(root === undefined || isOpen ? [] : [boxNode(view, root)]),
      ...[...stubs].map(([name, { neighbour, index }]) =>
        node(name, neighbourLabel(neighbour), { id: neighbourId(index), class: 'neighbour', shape: 'plain' }),
      ),
    ],
    subgraphs: isOpen ? [cluster(view, root)] : [],
    edges: [
      ...view.states.flatMap((state) => initialEdges(view, state)),
      ...[
        ...view.moves.map((move) => ({ ...endsOfMove(view, move), triggers: move.triggers })),
        ...view.neighbours.map((each) => ({ ...endsOfNeighbour(view, each), triggers: each.triggers })),
      ].map(({ from, to, triggers }, index) =>
        edge(from, to, { id: moveId(index), class: 'move', label: arrowLabel(triggers, labelWidth) }),
      ),
    ],
  };
}

const node = (name: string, label: HTMLString, attributes: Attributes) => ({
  name,
  attributes: { ...attributes, label },
});

const stubName = ({ direction, state }: Neighbour): string => `${direction}${state.index}`;

function boxNode(view: View, state: ViewState) {
  const kinds = ['state', state.kind.replace(' ', '-'), ...(state.hidden.length > 0 ? ['closed'] : [])];
  const region = isRegion(view, state) ? ['region'] : [];
  return node(stateId(state.index), boxLabel(state), {
    id: stateId(state.index),
    class: [...kinds, ...region].join(' '),
    peripheries: state.kind === 'final' ? 2 : 1,
  });
}

function cluster(view: View, state: ViewState): Subgraph {
  const { index } = state;
  const children = state.children.flatMap((child) => view.states[child] ?? []);
  const isOpen = ({ children: inside }: ViewState) => inside.length > 0;
  const nodes = children.filter((child) => !isOpen(child)).map((child) => boxNode(view, child));
  if (hasAnyState(view, state)) nodes.unshift(node(anyName(index), anyStateLabel(state), { class: 'any' }));
  const mark = {
    shape: 'circle',
    class: 'entry',
    label: '',
    width: 0.13,
    height: 0.13,
    fixedsize: true,
    style: 'filled',
  };
  const marks = hasEntry(view, state) ? [{ name: entryName(index), attributes: mark }] : [];
  return {
    name: clusterName(index),
    graphAttributes: {
      id: stateId(index),
      class: ['state', 'group', ...(isRegion(view, state) ? ['region'] : [])].join(' '),
      style: 'rounded',
      label: titleLabel(state),
      labeljust: 'l',
      margin: 10,
    },
    nodes: [...marks, ...nodes],
    subgraphs: children.filter(isOpen).map((child) => cluster(view, child)),
  };
}

const isRegion = ({ states }: View, { parent }: ViewState): boolean =>
  parent !== undefined && states[parent]?.kind === 'parallel';

/** Whether a state has an entry mark: it has a first state, or a transition leads from inside to the state itself. */
function hasEntry(view: View, { index, initial, children }: ViewState): boolean {
  if (children.length === 0) return false;
  return initial !== undefined || view.moves.some((move) => move.to === index && isWithin(view, move.from, index));
}

function initialEdges(view: View, state: ViewState): readonly Edge[] {
  const { index, initial, children, kind } = state;
  if (!hasEntry(view, state)) return [];
  const targets = kind === 'parallel' ? children : initial === undefined ? [] : [initial.to];
  const label = kind === 'parallel' ? undefined : initialLabel(initial?.actions ?? []);
  return targets.map((to) =>
    edge(entryName(index), endAt(view, to), { class: 'initial', ...(label === undefined ? {} : { label }) }),
  );
}

interface End {
  readonly name: string;
  /** The cluster at whose border the arrow ends. */
  readonly cluster?: string;
}

/** Graphviz has edges between nodes only: one of a cluster joins a node in it and is cut at the border. */
function endAt(view: View, index: number): End {
  const state = view.states[index];
  if (state === undefined || state.children.length === 0) return { name: stateId(index) };
  return { name: firstIn(view, index), cluster: clusterName(index) };
}

function startAt(view: View, index: number): End {
  const state = view.states[index];
  if (state === undefined || state.children.length === 0) return { name: stateId(index) };
  return { name: lastIn(view, index), cluster: clusterName(index) };
}

function firstIn(view: View, index: number): string {
  const state = view.states[index];
  const [child] = state?.children ?? [];
  if (state === undefined || child === undefined) return stateId(index);
  return hasEntry(view, state) ? entryName(index) : firstIn(view, child);
}

function lastIn(view: View, index: number): string {
  const child = view.states[index]?.children.at(-1);
  return child === undefined ? stateId(index) : lastIn(view, child);
}

interface Ends {
  readonly from: End;
  readonly to: End;
}

function endsOfMove(view: View, move: ViewMove): Ends {
  const from = leavesFromAnyState(view, move) ? { name: anyName(move.from) } : startAt(view, move.from);
  const isOpen = (view.states[move.to]?.children.length ?? 0) > 0;
  const isOutward = isOpen && isWithin(view, move.from, move.to);
  return { from, to: isOutward ? { name: entryName(move.to) } : endAt(view, move.to) };
}

function endsOfNeighbour(view: View, neighbour: Neighbour): Ends {
  const stub = { name: stubName(neighbour) };
  const { direction, at } = neighbour;
  return direction === 'from' ? { from: stub, to: endAt(view, at) } : { from: startAt(view, at), to: stub };
}

function edge(from: End | string, to: End | string, attributes: Attributes): Edge {
  const [tail, head] = [from, to].map((end): End => (typeof end === 'string' ? { name: end } : end));
  return {
    tail: tail?.name ?? '',
    head: head?.name ?? '',
    attributes: {
      ...attributes,
      ...(tail?.cluster === undefined ? {} : { ltail: tail.cluster }),
      ...(head?.cluster === undefined ? {} : { lhead: head.cluster }),
    },
  };
}
