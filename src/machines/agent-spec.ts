/** The fixed description of an agent, made when it is spawned and never changed. */
import type { AgentSetup, Limits, Message, Permissions } from '../events.ts';
import type { Harness, ModelRef } from '../harness/harness.ts';
import type { PermissionLayer } from '../permissions/parse.ts';
import type { SubagentParams, Tool } from '../tools/tool.ts';

/** The limits of an agent with the defaults filled in. */
export interface EffectiveLimits {
  readonly maxDepth: number;
  readonly maxLiveAgents: number;
  readonly maxAgents: number;
  readonly maxIterations: number;
  readonly maxTokens?: number | undefined;
  readonly maxDurationMs?: number | undefined;
}

/** How the agent machine repeats a failed model call. */
export interface RetryPolicy {
  /** Model calls for one turn in all, the first included. */
  readonly maxAttempts: number;
  /** Wait before the second call, in milliseconds; doubles each time. */
  readonly baseMs: number;
  /** Longest wait, in milliseconds; `retry-after` may require more. */
  readonly maxMs: number;
}

/** The names of an agent and its place in its tree. */
export interface AgentIdentity {
  readonly id: string;
  /** The full id of the call that started it. */
  readonly parentId?: string;
  readonly name: string;
  /** Agent names from the root agent to this one. */
  readonly path: readonly string[];
  /** Agent ids from the root agent to this one. */
  readonly lineage: readonly string[];
}

/** What an agent is made of. */
export interface AgentSpec {
  readonly identity: AgentIdentity;
  /** True: our loop around `harness`, which makes single model calls. False: an external harness, which is the whole agent. */
  readonly loop: boolean;
  readonly harness: Harness;
  readonly model?: ModelRef;
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
  readonly permissions: Permissions;
  readonly layers: readonly PermissionLayer[];
  readonly limits: EffectiveLimits;
  readonly retry: RetryPolicy;
  readonly workspace: string;
  /** The name of the harness that `spawn` was given for this agent; empty when that has none. Absent: the orchestrator's. */
  readonly ownHarness?: string;
}

/** The id of the tree an agent belongs to: the id of its root agent. */
export const treeIdOf = ({ id, lineage }: AgentIdentity): string => lineage[0] ?? id;

/** The fields that every event of this agent carries. */
export const originOf = ({ id, parentId }: AgentIdentity): { readonly runId: string; readonly parentId?: string } =>
  parentId === undefined ? { runId: id } : { runId: id, parentId };

/** Fills the gaps of `limits` with the defaults. */
export function effectiveLimits(limits: Limits, maxIterations: number): EffectiveLimits {
  return {
    maxDepth: limits.maxDepth ?? 3,
    maxLiveAgents: limits.maxLiveAgents ?? 100,
    maxAgents: limits.maxAgents ?? 1000,
    maxIterations: limits.maxIterations ?? maxIterations,
    maxTokens: limits.maxTokens,
    maxDurationMs: limits.maxDurationMs,
  };
}

/** `provider/model`; `undefined` when there is none, or when the model object, which is foreign code, throws. */
export function modelName(model: AgentSpec['model']): string | undefined {
  try {
    return typeof model === 'object' ? `${model.provider}/${model.modelId}` : model;
  } catch {
    return undefined;
  }
}

/** The part of a spec that is data; recorded with `harness_start`, so that the agent can be restored. */
export function setupOf({ identity, loop, model, ownHarness, ...spec }: AgentSpec): AgentSetup {
  const { messages, tools, limits, retry, workspace, permissions } = spec;
  return {
    messages: [...messages],
    tools: tools.map(({ name }) => name),
    limits,
    retry,
    workspace,
    loop,
    ...(identity.parentId === undefined ? { permissions } : {}),
    ...(ownHarness === undefined ? {} : { harness: ownHarness }),
    ...(typeof model === 'object' ? { modelObject: true } : {}),
  };
}

/** The spec of a subagent: everything of its parent's, narrowed by the call that starts it; never more. */
export function childSpec(
  parent: AgentSpec,
  { agentId, callId, params }: { readonly agentId: string; readonly callId: string; readonly params: SubagentParams },
): AgentSpec {
  const name = params.name ?? `agent-${agentId.slice(-4)}`;
  const messages: Message[] = [{ role: 'user', content: params.task }];
  if (params.system !== undefined) messages.unshift({ role: 'system', content: params.system });
  const wanted = params.tools === undefined ? undefined : new Set(params.tools);
  const { model: inherited, ...rest } = parent;
  const model = params.model ?? inherited;
  return {
    ...rest,
    identity: {
      id: agentId,
      parentId: callId,
      name,
      path: [...parent.identity.path, name],
      lineage: [...parent.identity.lineage, agentId],
    },
    messages,
    tools: wanted === undefined ? parent.tools : parent.tools.filter((tool) => wanted.has(tool.name)),
    ...(model === undefined ? {} : { model }),
  };
}
