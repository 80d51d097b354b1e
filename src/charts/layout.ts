/**
 * Where the boxes and arrows of a drawing go: Graphviz's `dot`, in WebAssembly. It is told sizes and who is joined to
 * whom, and never a name or a text, so that none of them can say anything to it.
 */
import type { Attributes, Edge, Graph, Subgraph, Viz } from '@viz-js/viz';
import type { Corners, Point } from './curves.ts';
import { GreenroomError, messageOf } from '../errors.ts';
import { listOf, property } from './machine-node.ts';

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Group {
  readonly name: string;
  /** The first is its title, above all else in it. */
  readonly nodes: readonly PlannedNode[];
  readonly groups: readonly Group[];
}

export interface PlannedNode extends Size {
  readonly name: string;
}

/** From a node to a node; what lies in a group that it goes from or to is cut off. */
export interface PlannedEdge {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly fromGroup?: string | undefined;
  readonly toGroup?: string | undefined;
  /** Of its label; of no width for none. */
  readonly label: Size;
  /** It only keeps one thing above the other. */
  readonly isHidden?: boolean;
}

export interface Plan {
  readonly root: Group;
  readonly edges: readonly PlannedEdge[];
}

export interface Places extends Size {
  /** The centres of nodes, of the titles of groups and of the labels of edges, by name. */
  readonly centres: ReadonlyMap<string, Point>;
  readonly groups: ReadonlyMap<string, Corners>;
  /** Of edges: the start, then two control points and an end for each piece. */
  readonly curves: ReadonlyMap<string, readonly Point[]>;
}

/** Graphviz has 72 points, which are our pixels, an inch. */
const INCH = 72;

/** Loaded once: it takes a tenth of a second. */
let graphviz: Promise<Viz> | undefined;

async function loaded(): Promise<Viz> {
  graphviz ??= (async () => {
    const { instance } = await import('@viz-js/viz');
    return await instance();
  })();
  return await graphviz;
}

/** With more edges than this, leading them around the boxes takes many seconds. */
const MANY_EDGES = 150;

/** How much trouble Graphviz takes. */
const CAREFUL: Attributes = { splines: 'spline' };
const QUICK: Attributes = { splines: 'line', nslimit: 1, nslimit1: 1, mclimit: 0.2 };

/**
 * Edges are led around the boxes; they are straight when there are very many, or when Graphviz cannot do it.
 * @throws GreenroomError `internal` when Graphviz gives up, e.g. for want of memory.
 */
export async function layOut(plan: Plan): Promise<Places> {
  if (plan.edges.length <= MANY_EDGES) {
    try {
      return await layOutWith(CAREFUL, plan);
    } catch {
      graphviz = undefined; // it is in no state to go on
    }
  }
  try {
    return await layOutWith(QUICK, plan);
  } catch (thrown) {
    graphviz = undefined;
    throw new GreenroomError('internal', `The chart could not be laid out: ${messageOf(thrown)}`, { cause: thrown });
  }
}

async function layOutWith(trouble: Attributes, plan: Plan): Promise<Places> {
  const viz = await loaded();
  return placesIn(viz.renderString(graphOf(plan, trouble), { format: 'json0', yInvert: true }));
}

function graphOf({ root, edges }: Plan, trouble: Attributes): Graph {
  return {
    graphAttributes: { ...trouble, rankdir: 'TB', nodesep: 0.25, ranksep: 0.35, margin: 0, pad: 0 },
    nodeAttributes: { shape: 'box', fixedsize: true, label: '', margin: 0 },
    edgeAttributes: { arrowhead: 'none' },
    subgraphs: [clusterOf(root)],
    edges: edges.map(edgeOf),
  };
}

function clusterOf({ name, nodes, groups }: Group): Subgraph {
  const [title, ...rest] = nodes.map((node) => ({
    name: node.name,
    attributes: { width: node.width / INCH, height: node.height / INCH },
  }));
  const top = title === undefined ? [] : [{ graphAttributes: { rank: 'min' }, nodes: [title] }];
  return {
    name: `cluster_${name}`,
    graphAttributes: { margin: 14 },
    nodes: rest,
    subgraphs: [...top, ...groups.map(clusterOf)],
  };
}

function edgeOf({ name, from, to, label, isHidden }: PlannedEdge): Edge {
  const attributes: Attributes = { id: name };
  if (isHidden === true) attributes['style'] = 'invis';
  if (label.width > 0) attributes['label'] = spaceFor(label);
  return { tail: from, head: to, attributes };
}

const spaceFor = ({ width, height }: Size) => ({
  html: `<TABLE BORDER="0" CELLPADDING="0" CELLSPACING="0" FIXEDSIZE="TRUE" WIDTH="${width}" HEIGHT="${height}"><TR><TD></TD></TR></TABLE>`,
});

/** @see https://graphviz.org/docs/outputs/json/ */
function placesIn(json: string): Places {
  const graph: unknown = JSON.parse(json);
  const objects = listOf(property(graph, 'objects'));
  const edges = listOf(property(graph, 'edges'));
  const [left = 0, one = 0, right = 0, other = 0] = numbersIn(property(graph, 'bb'));
  const centres = new Map<string, Point>();
  const groups = new Map<string, Corners>();
  const curves = new Map<string, readonly Point[]>();
  for (const object of objects) {
    const name = String(property(object, 'name')).replace(/^cluster_/, '');
    const [centre] = pointsIn(property(object, 'pos') ?? property(object, 'lp'));
    if (centre !== undefined) centres.set(name, centre);
    const [corner, opposite] = pointsIn(property(object, 'bb'));
    if (corner !== undefined && opposite !== undefined) groups.set(name, topLeftFirst(corner, opposite));
  }
  for (const edge of edges) {
    const name = String(property(edge, 'id'));
    // an edge that could not be led around the boxes has none
    curves.set(name, pointsIn(property(edge, 'pos')));
    const [centre] = pointsIn(property(edge, 'lp'));
    if (centre !== undefined) centres.set(name, centre);
  }
  return { width: right - left, height: Math.abs(other - one), centres, groups, curves };
}

const numbersIn = (text: unknown): readonly number[] =>
  (String(text).match(/-?[\d.]+(?:e[+-]?\d+)?/g) ?? []).map(Number);

function pointsIn(text: unknown): readonly Point[] {
  const numbers = text === undefined ? [] : numbersIn(text);
  return numbers.flatMap((x, index) => (index % 2 === 0 ? [{ x, y: numbers[index + 1] ?? 0 }] : []));
}

function topLeftFirst(one: Point, other: Point): Corners {
  return [
    { x: Math.min(one.x, other.x), y: Math.min(one.y, other.y) },
    { x: Math.max(one.x, other.x), y: Math.max(one.y, other.y) },
  ];
}
