/** Calls and states for the tests of this folder. */
import type { Grant, Permissions, ToolPermission } from '../../src/events.ts';
import type { CallRequest } from '../../src/permissions/call.ts';
import { decide, type Decision } from '../../src/permissions/decide.ts';
import type { PermissionState } from '../../src/permissions/parse.ts';
import { compilePermissions } from '../../src/permissions/parse.ts';
import { prepareSubjects } from '../../src/permissions/subjects.ts';

export const NOW = 1_000_000;

export interface CallShape {
  readonly lineage?: readonly string[];
  readonly workspace?: string;
  readonly subjects?: readonly Readonly<Record<string, unknown>>[] | null;
}

/** A call whose subjects are prepared as in a real run. */
export function call(tool: string, input: unknown, shape: CallShape = {}): CallRequest {
  const { lineage = ['root'], workspace = '/', subjects } = shape;
  const agentId = lineage.at(-1) ?? 'root';
  return {
    tool,
    callId: `${agentId}/c1`,
    rawCallId: 'c1',
    agentId,
    lineage,
    input,
    subjects: prepareSubjects(tool, input, subjects, workspace),
    workspace,
  };
}

export function bash(command: string, shape: CallShape = {}): CallRequest {
  return call('bash', { command }, shape);
}

export interface StateShape {
  readonly policy?: Permissions;
  /** By agent id, root first. */
  readonly agents?: Readonly<Record<string, Permissions>>;
  readonly grants?: readonly Grant[];
  readonly now?: number;
}

/** A state in which every `allowOnce` is still whole. */
export function state({ policy, agents = {}, grants = [], now = NOW }: StateShape): PermissionState {
  return {
    policy: compilePermissions(policy, 'policy'),
    layers: Object.entries(agents).map(([agentId, permissions]) => ({
      agentId,
      permissions: compilePermissions(permissions, 'permissions'),
    })),
    grants,
    once: (agentId) => agents[agentId]?.allowOnce ?? [],
    now,
  };
}

export function decided(request: CallRequest, shape: StateShape): Decision {
  return decide(request, state(shape));
}

/** What one rule, and nothing else, says to a call. */
export function under(rule: ToolPermission, request: CallRequest): Decision['type'] {
  return decided(request, { policy: { allowlist: [rule] } }).type;
}

export function grant(permission: ToolPermission, rest: Partial<Grant> = {}): Grant {
  return {
    id: 'g1',
    permission,
    scope: 'all',
    agentId: 'root',
    originRelayId: 'r1',
    by: 'ann',
    createdAt: 1,
    ...rest,
  };
}
