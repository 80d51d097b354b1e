/** Positions of agents and of the calls that started them: from left to right, each parent centred beside its children. */
import type { AgentSummary } from '../../events.ts';

export interface GraphNode {
  /** Of an agent or of a call. */
  readonly id: string;
  readonly kind: 'agent' | 'call';
  readonly x: number;
  readonly y: number;
}

export interface GraphEdge {
  readonly id: string;
  readonly source: string;
  readonly target: string;
}

export interface GraphLayout {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** Pixels of a layer and of a row. */
export const LAYER_WIDTH = 220;
export const ROW_HEIGHT = 64;

type Birth = Pick<AgentSummary, 'id' | 'parentId'>;

/**
 * Agents are in every other layer, the calls that started subagents between them. No two nodes share a position; each is
 * in a later layer than its parent, and later in the list. An agent whose parent is not among them is a root.
 */
export function graphLayout(agents: readonly Birth[]): GraphLayout {
  const known = new Set(agents.map(({ id }) => id));
  const below = new Map<string, string[]>();
  const calls = new Set<string>();
  const roots: string[] = [];
  const link = (from: string, to: string) => {
    const those = below.get(from);
    if (those === undefined) below.set(from, [to]);
    else those.push(to);
  };
  for (const { id, parentId } of agents) {
    const maker = parentId === undefined ? undefined : makerOf(parentId, known);
    if (parentId === undefined || maker === undefined || maker === id) {
      roots.push(id);
      continue;
    }
    if (!calls.has(parentId)) {
      calls.add(parentId);
      link(maker, parentId);
    }
    link(parentId, id);
  }
  return {
    nodes: placed(roots, below).map((node) => ({ ...node, kind: calls.has(node.id) ? 'call' : 'agent' })),
    edges: [...below].flatMap(([source, targets]) =>
      targets.map((target) => ({ id: `${source} ${target}`, source, target })),
    ),
  };
}

/** The agent that made this call: a call's id is `<agentId>/<callId>`, and either part may hold a `/`. */
export function makerOf(callId: string, known: ReadonlySet<string>): string | undefined {
  for (let end = callId.lastIndexOf('/'); end > 0; end = callId.lastIndexOf('/', end - 1)) {
    const agentId = callId.slice(0, end);
    if (known.has(agentId)) return agentId;
  }
  return undefined;
}

type Placed = Omit<GraphNode, 'kind'>;
type Below = ReadonlyMap<string, readonly string[]>;

/** The preferred ratio of width to height. */
const ASPECT = 1.6;
/** Up to so many rows there is one column. */
const FEW_ROWS = 10;
/** Layers that stay empty between two columns. */
const BETWEEN = 0.5;

/** Trees below each other, and in columns when there would be too many rows. */
function placed(roots: readonly string[], below: Below): readonly Placed[] {
  const trees = roots.map((root) => treeOf(root, below));
  const rows = trees.reduce((sum, tree) => sum + tree.rows, 0);
  const layers = Math.max(0, ...trees.map((tree) => tree.layers)) + BETWEEN;
  const most = Math.max(FEW_ROWS, Math.ceil(Math.sqrt((rows * layers * LAYER_WIDTH) / ROW_HEIGHT / ASPECT)));
  let column = { layer: 0, layers: 0, rows: 0 };
  return trees.flatMap((tree) => {
    if (column.rows > 0 && column.rows + tree.rows > most) {
      column = { layer: column.layer + column.layers + BETWEEN, layers: 0, rows: 0 };
    }
    const { layer, rows: row } = column;
    column = { layer, layers: Math.max(column.layers, tree.layers), rows: row + tree.rows };
    return tree.nodes.map(({ id, x, y }) => ({ id, x: x + layer * LAYER_WIDTH, y: y + row * ROW_HEIGHT }));
  });
}

interface Tree {
  readonly nodes: readonly Placed[];
  readonly rows: number;
  readonly layers: number;
}

/** Leaves take rows from top to bottom; a parent is centred beside them. */
function treeOf(root: string, below: Below): Tree {
  const nodes: Placed[] = [];
  let rows = 0;
  let layers = 0;
  const place = (id: string, layer: number): number => {
    const at = nodes.push({ id, x: layer * LAYER_WIDTH, y: 0 }) - 1; // before what is below: the order of reading
    layers = Math.max(layers, layer + 1);
    const children = (below.get(id) ?? []).map((child) => place(child, layer + 1));
    const own = children.length === 0 ? rows++ : ((children[0] ?? 0) + (children.at(-1) ?? 0)) / 2;
    nodes[at] = { id, x: layer * LAYER_WIDTH, y: own * ROW_HEIGHT };
    return own;
  };
  place(root, 0);
  return { nodes, rows, layers };
}
