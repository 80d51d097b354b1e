/** Makes the input of the agent machine from the parameters of `spawn`. */
import { GreenroomError } from '../errors.ts';
import type { Limits } from '../events.ts';
import {
  type AgentHarness,
  type Harness,
  isModelHarness,
  loopOf,
  type ModelRef,
  ownModel,
} from '../harness/harness.ts';
import { effectiveLimits } from '../machines/agent-spec.ts';
import type { AgentSpec } from '../machines/agent-spec.ts';
import { type CompiledPermissions, compilePermissions } from '../permissions/parse.ts';
import { formatRule } from '../permissions/rule-text.ts';
import type { SpawnParams } from './spawn-params.ts';
import type { Tool } from '../tools/tool.ts';

export interface AgentSpecOptions {
  readonly id: string;
  readonly name: string;
  readonly harness: Harness;
  readonly params: SpawnParams;
  /** Of the orchestrator. */
  readonly limits: Limits;
  readonly workspace: string;
}

/** @throws GreenroomError `invalid_params` or `invalid_rule` for permissions that cannot be used. */
export function agentSpec({ id, name, harness, params, limits, workspace }: AgentSpecOptions): AgentSpec {
  const loop = loopOf(harness);
  const model = params.model ?? loop?.model ?? ownModel(loop?.harness);
  checkModelName(params.model, loop);
  const permissions = params.permissions ?? {};
  const compiled = compilePermissions(params.permissions, 'permissions');
  if (loop !== undefined && params.tools !== undefined) refuseUnknownTools(compiled, params.tools);
  return {
    identity: { id, name, path: [name], lineage: [id] },
    loop: loop !== undefined,
    harness: loop?.harness ?? harness,
    messages: params.messages,
    tools: params.tools ?? [],
    permissions,
    layers: [{ agentId: id, permissions: compiled }],
    limits: effectiveLimits({ ...limits, ...given(params.limits) }, loop?.maxIterations ?? 10),
    retry: { maxAttempts: 4, baseMs: 1000, maxMs: 30_000, ...loop?.retry },
    workspace,
    ...(model === undefined ? {} : { model }),
    ...(params.harness === undefined ? {} : { ownHarness: params.harness.name ?? '' }),
  };
}

const OUR_TOOLS = ['bash', 'read', 'write', 'patch', 'search', 'agent'];

/** Refuses a rule for an unknown tool: its name is most likely misspelled. */
function refuseUnknownTools(
  { deny, allowlist = [], allowOnce = [] }: CompiledPermissions,
  tools: readonly Tool[],
): void {
  const known = new Set([...OUR_TOOLS, ...tools.map(({ name }) => name)]);
  const lists = {
    deny: deny.map((entry) => (entry.kind === 'rule' ? entry.rule.permission : undefined)),
    allowlist: allowlist.map(({ permission }) => permission),
    allowOnce: allowOnce.map(({ permission }) => permission),
  };
  for (const [list, rules] of Object.entries(lists)) {
    const index = rules.findIndex((rule) => rule !== undefined && !known.has(rule.tool));
    const rule = rules[index];
    if (rule === undefined) continue;
    const path = `permissions.${list}.${index}.tool`;
    const problem = `Rule ${formatRule(rule)} (${path}): there is no tool "${rule.tool}". Known: ${[...known].join(', ')}.`;
    throw new GreenroomError('invalid_rule', problem, { path });
  }
}

/** Drops keys whose value is `undefined`: they must not lift a limit of the orchestrator. */
function given(limits: Limits | undefined): Limits {
  return Object.fromEntries(Object.entries(limits ?? {}).filter(([, value]) => value !== undefined));
}

/** The model harness takes names of one form; an external harness may take any. */
function checkModelName(model: ModelRef | undefined, loop: Pick<AgentHarness, 'harness'> | undefined): void {
  if (typeof model !== 'string' || loop === undefined || !isModelHarness(loop.harness) || /^[\w.-]+\/\S+$/.test(model))
    return;
  const message = `spawn(): model: "${model}" is not a model name. Write "provider/model", e.g. "anthropic/claude-sonnet-5-5".`;
  throw new GreenroomError('invalid_params', message, { path: 'model' });
}
