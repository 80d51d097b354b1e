/** The agents as rows of a tree: parents, folded branches, order. */

/** What decides where an agent stands. `parentId` is the call that started it, `<agentId>/<callId>`. */
export interface Placed {
  readonly id: string;
  readonly parentId?: string | undefined;
}

export interface TreeRow {
  readonly id: string;
  /** The agent above it in the tree. */
  readonly parent: string | undefined;
  /** 1 for an agent without a parent. */
  readonly level: number;
  readonly hasChildren: boolean;
  readonly isOpen: boolean;
  /** Its position among its siblings, from 1, and their number. */
  readonly place: number;
  readonly among: number;
}

/** The agent that made this call. */
export const agentOfCall = (callId: string): string => callId.slice(0, Math.max(0, callId.indexOf('/'))) || callId;

/** Rows from top to bottom, siblings in the order given. An agent with an unknown parent stands at the top level. */
export function treeRows(agents: readonly Placed[], folded: ReadonlySet<string>): readonly TreeRow[] {
  const known = new Set(agents.map(({ id }) => id));
  const children = new Map<string | undefined, string[]>();
  for (const { id, parentId } of agents) {
    const above = parentId === undefined ? undefined : agentOfCall(parentId);
    const parent = above !== undefined && above !== id && known.has(above) ? above : undefined;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [id]);
    else siblings.push(id);
  }
  const rows: TreeRow[] = [];
  const add = (parent: string | undefined, level: number) => {
    const siblings = children.get(parent) ?? [];
    for (const [index, id] of siblings.entries()) {
      const hasChildren = children.has(id);
      const isOpen = hasChildren && !folded.has(id);
      rows.push({ id, parent, level, hasChildren, isOpen, place: index + 1, among: siblings.length });
      if (isOpen) add(id, level + 1);
    }
  };
  add(undefined, 1);
  return rows;
}

/** The agents that each call started, by the call's id. */
export function agentsByCall(agents: readonly Placed[]): ReadonlyMap<string, readonly string[]> {
  const started = new Map<string, string[]>();
  for (const { id, parentId } of agents) {
    if (parentId === undefined) continue;
    const others = started.get(parentId);
    if (others === undefined) started.set(parentId, [id]);
    else others.push(id);
  }
  return started;
}
