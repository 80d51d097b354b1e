/** `decide()` applied to the orchestrator's context, and what a decision takes from the context or returns to it. */
import type { Consumption } from '../permissions/coverage.ts';
import { decide, type Decision } from '../permissions/decide.ts';
import { returnGrants, useGrants } from '../permissions/grants.ts';
import type { OrchestratorContext, WaitingCall } from './orchestrator-context.ts';

/** Decides a call under the rules and grants in force. */
export function decideInContext(
  context: Pick<OrchestratorContext, 'policy' | 'grants' | 'pools'>,
  call: Pick<WaitingCall, 'request' | 'layers'>,
  now: number,
): Decision {
  return decide(call.request, {
    policy: context.policy,
    layers: call.layers,
    grants: context.grants,
    once: (agentId) => context.pools.get(agentId) ?? [],
    now,
  });
}

/** Whether letting the call run uses something up. */
export const consumes = ({ grants, once }: Consumption): boolean => grants.length > 0 || once.length > 0;

/** Takes what an allowing decision uses up, exactly once. */
export function consume(context: OrchestratorContext, decision: Decision): Partial<OrchestratorContext> {
  if (decision.type !== 'allow' || !consumes(decision.consume)) return {};
  let { pools } = context;
  for (const { agentId, permission } of decision.consume.once) {
    const pool = pools.get(agentId) ?? [];
    const index = pool.indexOf(permission);
    if (index >= 0) pools = pools.set(agentId, pool.toSpliced(index, 1));
  }
  return { pools, grants: useGrants(context.grants, decision.consume.grants) };
}

/** Undoes `consume` for a call that is decided again before it starts. Pools and grants that are gone stay gone. */
export function returnUses(
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
