/** Agents counted by tree, and the limits on how many there may be. */
import type { Grant } from '../events.ts';
import { type AgentSpec, treeIdOf } from './agent-spec.ts';
import type { OrchestratorContext, Step } from './orchestrator-context.ts';
import type { AgentRequested } from './protocol.ts';

/** Counts a new agent in, with the pool of its `allowOnce`. */
export function enrol(context: OrchestratorContext, spec: AgentSpec): Partial<OrchestratorContext> {
  const { id } = spec.identity;
  const treeId = treeIdOf(spec.identity);
  const tree = context.trees.get(treeId) ?? { live: 0, total: 0 };
  const own = spec.layers.find((layer) => layer.agentId === id);
  const once = (own?.permissions.allowOnce ?? []).map((rule) => rule.permission);
  return {
    trees: context.trees.set(treeId, { live: tree.live + 1, total: tree.total + 1 }),
    pools: once.length === 0 ? context.pools : context.pools.set(id, once),
    liveAgents: context.liveAgents + 1,
  };
}

/** Counts a restored agent in: its tree's total includes it, and its pool is in the context. */
export function enrolRestored(context: OrchestratorContext, { identity }: AgentSpec): Partial<OrchestratorContext> {
  const treeId = treeIdOf(identity);
  const tree = context.trees.get(treeId) ?? { live: 0, total: 1 };
  return {
    trees: context.trees.set(treeId, { ...tree, live: tree.live + 1 }),
    liveAgents: context.liveAgents + 1,
  };
}

/** Admits a subagent within the limits of its tree, or names the limit that refuses it. */
export function admit(context: OrchestratorContext, event: AgentRequested): Step {
  const { spec, caller, restored } = event;
  if (restored !== undefined) {
    return {
      patch: enrolRestored(context, spec),
      messages: [{ to: caller, event: { type: 'subagent.admitted', spec, restored } }],
    };
  }
  const { identity, limits } = spec;
  const depth = identity.lineage.length - 1;
  const tree = context.trees.get(treeIdOf(identity)) ?? { live: 0, total: 0 };
  const refuse = (limit: 'maxDepth' | 'maxLiveAgents' | 'maxAgents', what: string): Step => ({
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
  return { patch: enrol(context, spec), messages: [{ to: caller, event: { type: 'subagent.admitted', spec } }] };
}

/** Counts an agent out, with its pool and the grants that held only for it. */
export function endAgent(context: OrchestratorContext, agentId: string, treeId: string): Partial<OrchestratorContext> {
  const tree = context.trees.get(treeId);
  const live = (tree?.live ?? 1) - 1;
  // a grant that is used up stays: a call with its last use may return that use before it starts
  const isOver = (grant: Grant) => grant.scope !== 'all' && grant.agentId === agentId;
  return {
    grants: context.grants.some(isOver) ? context.grants.filter((grant) => !isOver(grant)) : context.grants,
    trees: live <= 0 ? context.trees.delete(treeId) : context.trees.set(treeId, { live, total: tree?.total ?? live }),
    pools: context.pools.delete(agentId),
    liveAgents: Math.max(0, context.liveAgents - 1),
    agents: context.agents.delete(agentId),
  };
}
