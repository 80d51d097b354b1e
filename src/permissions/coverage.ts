/** What lets a subject through: the allow steps of `decide`, one function each. */
import type { DecidedBy, Grant, ToolPermission } from '../events.ts';
import type { CallView, SubjectView } from './call-view.ts';
import { inScope, isLive } from './grants.ts';
import type { PermissionLayer, PermissionState } from './parse.ts';
import { formatRule } from './rule-text.ts';
import { compiledRule, covers, type CompiledRule } from './rules.ts';

export interface OnceEntry {
  readonly agentId: string;
  readonly permission: ToolPermission;
}

/** What running a call uses up: grants whose `usesLeft` drops by one, and entries of pools, as the pools hold them. */
export interface Consumption {
  readonly grants: readonly string[];
  readonly once: readonly OnceEntry[];
}

/** Why a subject is let through, and what that uses up. */
export interface Cover {
  readonly decidedBy: readonly DecidedBy[];
  readonly grant?: string;
  readonly once?: readonly OnceEntry[];
}

/** A subject, or `null` for a call whose subjects are unknown. */
export type Target = SubjectView | null;

/** What earlier subjects of the same call already use; one call uses a grant or an entry once, however much it covers. */
export interface Used {
  readonly grants: Set<string>;
  readonly once: Set<OnceEntry>;
}

/** Step 3: the orchestrator's allowlist, then live grants that reach this agent. */
export function sharedCover(call: CallView, target: Target, state: PermissionState, used: Used): Cover | null {
  const rules = state.policy.allowlist ?? [];
  const index = rules.findIndex((rule) => covers(rule, call, target));
  if (index !== -1) return { decidedBy: [{ kind: 'rule', id: `orchestrator.allowlist[${index}]` }] };
  const grant = bestGrant(call, target, state, used);
  if (grant === null) return null;
  const decidedBy: DecidedBy = { kind: 'grant', id: grant.id, by: grant.by };
  return grant.usesLeft === undefined ? { decidedBy: [decidedBy] } : { decidedBy: [decidedBy], grant: grant.id };
}

/** The first in an order of its own, so that the order in which grants are listed changes nothing. */
function bestGrant(call: CallView, target: Target, state: PermissionState, used: Used): Grant | null {
  const { tool, lineage, agentId } = call.request;
  let best: Grant | null = null;
  for (const grant of state.grants) {
    if (grant.permission.tool !== tool || !isLive(grant, state.now) || !inScope(grant, lineage, agentId)) continue;
    if (best !== null && !precedes(grant, best, used)) continue;
    const rule = compiledRule(grant.permission);
    if (rule !== null && covers(rule, call, target)) best = grant;
  }
  return best;
}

/** Grants that cost nothing come first, then the oldest. */
function precedes(left: Grant, right: Grant, used: Used): boolean {
  const cost = (grant: Grant) => (grant.usesLeft === undefined || used.grants.has(grant.id) ? 0 : 1);
  if (cost(left) !== cost(right)) return cost(left) < cost(right);
  return left.createdAt !== right.createdAt ? left.createdAt < right.createdAt : left.id < right.id;
}

/**
 * Step 4: the agent's own allowlist, never wider than its parent's. Every allowlist from the root down must cover the
 * subject; an agent without one inherits, and a root without one has nothing to hand down.
 */
export function ownCover(call: CallView, target: Target, layers: readonly PermissionLayer[]): Cover | null {
  const lists = layers.filter((layer) => layer.permissions.allowlist !== undefined);
  if (!lists.some((layer) => layer.agentId === call.request.lineage[0])) return null;
  const decidedBy: DecidedBy[] = [];
  for (const layer of lists) {
    const id = allowlistCover(call, target, layer);
    if (id === null) return null;
    decidedBy.push({ kind: 'rule', id });
  }
  return { decidedBy };
}

/**
 * Step 5: `allowOnce`. A pool belongs to the agent that declared it and serves its descendants too. Nearest first, every
 * agent that was given rules must cover the subject, by its allowlist or by an entry, which is then used up.
 */
export function onceCover(call: CallView, target: Target, state: PermissionState, used: Used): Cover | null {
  const layers = state.layers.filter(({ permissions }) => permissions.allowlist ?? permissions.allowOnce);
  if (!layers.some((layer) => layer.agentId === call.request.lineage[0])) return null;
  const decidedBy: DecidedBy[] = [];
  const once: OnceEntry[] = [];
  for (const layer of layers.toReversed()) {
    const id = allowlistCover(call, target, layer);
    if (id !== null) {
      decidedBy.push({ kind: 'rule', id });
      continue;
    }
    const entry = onceEntry(call, target, layer.agentId, state, used);
    if (entry === null) return null;
    once.push(entry);
    decidedBy.unshift({ kind: 'once', id: `${layer.agentId}.allowOnce ${formatRule(entry.permission)}` });
  }
  return { decidedBy, once };
}

function onceEntry(
  call: CallView,
  target: Target,
  agentId: string,
  state: PermissionState,
  used: Used,
): OnceEntry | null {
  const fits = (permission: ToolPermission) => {
    const rule = permission.tool === call.request.tool ? compiledRule(permission) : null;
    return rule !== null && covers(rule, call, target);
  };
  for (const entry of used.once) if (entry.agentId === agentId && fits(entry.permission)) return entry;
  const permission = state.once(agentId).find(fits);
  return permission === undefined ? null : { agentId, permission };
}

function allowlistCover(call: CallView, target: Target, layer: PermissionLayer): string | null {
  const rules: readonly CompiledRule[] = layer.permissions.allowlist ?? [];
  const index = rules.findIndex((rule) => covers(rule, call, target));
  return index === -1 ? null : `${layer.agentId}.allowlist[${index}]`;
}
