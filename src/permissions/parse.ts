/** Permissions as a user gives them → rules that can be held against calls. */
import { GreenroomError } from '../errors.ts';
import { Permissions, type DenyRule, type Grant, type ToolPermission } from '../events.ts';
import { compileRule, type CompiledRule } from './rules.ts';

export type CompiledDeny = { readonly reason?: string } & (
  { readonly kind: 'call'; readonly toolCallId: string } | { readonly kind: 'rule'; readonly rule: CompiledRule }
);

/** Checked, copied and frozen. A key that was not given is absent: an agent without its own allowlist inherits. */
export interface CompiledPermissions {
  readonly deny: readonly CompiledDeny[];
  readonly allowlist?: readonly CompiledRule[];
  readonly allowOnce?: readonly CompiledRule[];
}

/** The permissions of one agent of the lineage. */
export interface PermissionLayer {
  readonly agentId: string;
  readonly permissions: CompiledPermissions;
}

/** Everything a decision depends on. */
export interface PermissionState {
  /** The orchestrator's deny rules and allowlist. */
  readonly policy: CompiledPermissions;
  /** One for each agent of the lineage that was given permissions, root first. */
  readonly layers: readonly PermissionLayer[];
  readonly grants: readonly Grant[];
  /** What is left of the `allowOnce` that this agent declared. */
  readonly once: (agentId: string) => readonly ToolPermission[];
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Permissions that say nothing. */
export const NO_PERMISSIONS: CompiledPermissions = Object.freeze({ deny: Object.freeze([]) });

/**
 * Validates and compiles permissions. All or nothing: one bad rule and none is usable. The caller's object is neither
 * kept nor changed. `undefined` gives permissions that say nothing.
 * @throws GreenroomError `invalid_params` (not of the right shape) or `invalid_rule` (a pattern that cannot be used);
 * `path` is `where` plus the place in the value.
 */
export function compilePermissions(value: unknown, where: string): CompiledPermissions {
  if (value === undefined) return NO_PERMISSIONS;
  const parsed = Permissions.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path = [where, ...(issue?.path ?? []).map(String)].join('.');
    throw new GreenroomError('invalid_params', `${path}: ${issue?.message ?? 'not permissions'}.`, { path });
  }
  const { deny, allowlist, allowOnce } = parsed.data;
  return Object.freeze({
    deny: Object.freeze((deny ?? []).map((entry, index) => compileDeny(entry, `${where}.deny.${index}`))),
    ...(allowlist && { allowlist: compileRules(allowlist, `${where}.allowlist`) }),
    ...(allowOnce && { allowOnce: compileRules(allowOnce, `${where}.allowOnce`) }),
  });
}

function compileRules(rules: NonNullable<Permissions['allowlist']>, where: string): readonly CompiledRule[] {
  return Object.freeze(rules.map((rule, index) => compileRule(rule, `${where}.${index}`)));
}

function compileDeny(entry: DenyRule, where: string): CompiledDeny {
  const reason = entry.reason === undefined ? {} : { reason: entry.reason };
  if ('toolCallId' in entry) return Object.freeze({ kind: 'call', toolCallId: entry.toolCallId, ...reason });
  return Object.freeze({ kind: 'rule', rule: compileRule(entry, where), ...reason });
}
