/** Where the agents of a team and the calls that made them stand in a drawing: from left to right, parents between their children. */
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
 * Agents stand in every other layer, the calls that made subagents between them. No two stand in one place; each is in a
 * later layer than what made it. An agent whose maker is not among them is a root. What made something comes before it.
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

/** Leaves take rows of their own from top to bottom; what is above them stands in their middle. */
function placed(
  roots: readonly string[],
  below: ReadonlyMap<string, readonly string[]>,
): readonly Omit<GraphNode, 'kind'>[] {
  const nodes: Omit<GraphNode, 'kind'>[] = [];
  let row = 0;
  const place = (id: string, layer: number): number => {
    const at = nodes.push({ id, x: layer * LAYER_WIDTH, y: 0 }) - 1; // before what is below: the order of reading
    const rows = (below.get(id) ?? []).map((child) => place(child, layer + 1));
    const own = rows.length === 0 ? row++ : ((rows[0] ?? 0) + (rows.at(-1) ?? 0)) / 2;
    nodes[at] = { id, x: layer * LAYER_WIDTH, y: own * ROW_HEIGHT };
    return own;
  };
  for (const root of roots) place(root, 0);
  return nodes;
}
