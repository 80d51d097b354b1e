/** The orchestrator's context put to `decide()`, and what a decision takes from it or gives back. */
import type { Consumption } from '../permissions/coverage.ts';
import { decide, type Decision } from '../permissions/decide.ts';
import { returnGrants, useGrants } from '../permissions/grants.ts';
import type { OrchestratorContext, Waiting } from './orchestrator-transitions.ts';

/** Decides a call as things stand now. */
export function judge(context: OrchestratorContext, call: Pick<Waiting, 'request' | 'layers'>, now: number): Decision {
  return decide(call.request, {
    policy: context.policy,
    layers: call.layers,
    grants: context.grants,
    once: (agentId) => context.pools.get(agentId) ?? [],
    now,
  });
}

/** What an allowing decision uses up, exactly once. */
export function consume(context: OrchestratorContext, decision: Decision): Partial<OrchestratorContext> {
  if (decision.type !== 'allow') return {};
  let { pools } = context;
  for (const { agentId, permission } of decision.consume.once) {
    const pool = pools.get(agentId) ?? [];
    const index = pool.indexOf(permission);
    if (index >= 0) pools = pools.set(agentId, pool.toSpliced(index, 1));
  }
  return { pools, grants: useGrants(context.grants, decision.consume.grants) };
}

/** Undoes `consume` for a call that is decided once more before it starts. What is gone meanwhile stays gone. */
export function giveBack(
  context: OrchestratorContext,
  receipt: Consumption | undefined,
): Pick<OrchestratorContext, 'pools' | 'grants'> {
  let { pools, grants } = context;
  for (const { agentId, permission } of receipt?.once ?? []) {
    const pool = pools.get(agentId);
    if (pool !== undefined) pools = pools.set(agentId, [permission, ...pool]);
  }
  grants = returnGrants(grants, receipt?.grants ?? []);
  return { pools, grants };
}
