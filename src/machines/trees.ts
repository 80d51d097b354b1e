/** Who lives in which tree of agents, and whether one more may. */
import type { Grant } from '../events.ts';
import type { AgentRequested, AgentSpec } from './protocol.ts';
import type { OrchestratorContext, Ruling } from './orchestrator-transitions.ts';

/** Counts a new agent in; pools its `allowOnce`. */
export function enrol(context: OrchestratorContext, spec: AgentSpec): Partial<OrchestratorContext> {
  const { id, lineage } = spec.identity;
  const treeId = lineage[0] ?? id;
  const tree = context.trees.get(treeId) ?? { live: 0, total: 0 };
  const own = spec.layers.find((layer) => layer.agentId === id);
  const once = (own?.permissions.allowOnce ?? []).map((rule) => rule.permission);
  return {
    trees: context.trees.set(treeId, { live: tree.live + 1, total: tree.total + 1 }),
    pools: once.length === 0 ? context.pools : context.pools.set(id, once),
    liveAgents: context.liveAgents + 1,
  };
}

/** Counts an agent in that was counted before a restart; what is left of its `allowOnce` is known. */
export function recount(context: OrchestratorContext, { identity }: AgentSpec): Partial<OrchestratorContext> {
  const treeId = identity.lineage[0] ?? identity.id;
  const tree = context.trees.get(treeId) ?? { live: 0, total: 1 };
  return {
    trees: context.trees.set(treeId, { ...tree, live: tree.live + 1 }),
    liveAgents: context.liveAgents + 1,
  };
}

/** Admits a subagent within the limits of its tree, or says which limit stands in the way. */
export function admit(context: OrchestratorContext, event: AgentRequested): Ruling {
  const { spec, caller, parent, back } = event;
  if (back !== undefined) {
    const admitted = { type: 'subagent.admitted' as const, spec, caller, back };
    return { patch: recount(context, spec), messages: [{ to: parent, event: admitted }] };
  }
  const { identity, limits } = spec;
  const depth = identity.lineage.length - 1;
  const tree = context.trees.get(identity.lineage[0] ?? identity.id) ?? { live: 0, total: 0 };
  const refuse = (limit: 'maxDepth' | 'maxLiveAgents' | 'maxAgents', what: string): Ruling => ({
    patch: {},
    messages: [
      {
        to: caller,
        event: {
          type: 'subagent.refused',
          agentId: identity.id,
          limit,
          message: `Limit ${limit} (${limits[limit]}) reached: ${what}. No subagent was started; do this task yourself.`,
        },
      },
    ],
  });
  if (depth > limits.maxDepth) return refuse('maxDepth', `this subagent would have depth ${depth}`);
  if (tree.live >= limits.maxLiveAgents) return refuse('maxLiveAgents', `${tree.live} agents of this tree are alive`);
  if (tree.total >= limits.maxAgents) return refuse('maxAgents', `this tree has had ${tree.total} agents`);
  return {
    patch: enrol(context, spec),
    messages: [{ to: parent, event: { type: 'subagent.admitted', spec, caller } }],
  };
}

/** Counts an agent out, with the pool it brought and the grants that were only for it. */
export function endAgent(context: OrchestratorContext, agentId: string, treeId: string): Partial<OrchestratorContext> {
  const tree = context.trees.get(treeId);
  const live = (tree?.live ?? 1) - 1;
  // one that is used up stays: a call that has its last use may still give it back before it starts
  const isOver = (grant: Grant) => grant.scope !== 'all' && grant.agentId === agentId;
  return {
    grants: context.grants.some(isOver) ? context.grants.filter((grant) => !isOver(grant)) : context.grants,
    trees: live <= 0 ? context.trees.delete(treeId) : context.trees.set(treeId, { live, total: tree?.total ?? live }),
    pools: context.pools.delete(agentId),
    liveAgents: Math.max(0, context.liveAgents - 1),
  };
}
