/** The policy files that hold for a run, as permissions. */
import type { DenyRule, ToolPermission } from '../events.ts';
import { parsePolicy, type Policy, type PolicyRule } from './policy.ts';
import { policyFilePaths, readPrivateFile, realFolder } from './private-file.ts';
import { isTrusted, type TrustOptions } from './trust.ts';

/** A file that was found. */
export interface LoadedPolicy {
  readonly kind: 'user' | 'workspace';
  readonly policy: Policy;
  /** An untrusted file may only forbid. The user's own is always trusted. */
  readonly trusted: boolean;
}

/** The policy files of a user and a workspace, and the permissions that follow from them. */
export interface LoadedPolicies {
  readonly files: readonly LoadedPolicy[];
  /** What holds: hand it to `new AgentOrchestrator(harness, { permissions })`. */
  readonly permissions: { readonly allowlist: ToolPermission[]; readonly deny: DenyRule[] };
}

/**
 * Reads the user's policy file and the workspace's. The workspace's deny rules always hold, its allowlist only when the user
 * trusts the folder and the file has not changed since.
 * @throws GreenroomError `invalid_params` or `invalid_rule` naming file and rule; nothing is half applied.
 */
export function loadPolicies(options: TrustOptions): LoadedPolicies {
  const files = readPolicies(options);
  const root = realFolder(options.workspace);
  const holds = ({ workspace }: PolicyRule) => workspace === undefined || workspace === root;
  return {
    files,
    permissions: {
      allowlist: files
        .filter(({ trusted }) => trusted)
        .flatMap(({ policy }) => policy.allowlist.filter(holds).map(({ permission }) => permission)),
      deny: files.flatMap(({ policy }) => policy.deny.filter(holds).map(denyRule)),
    },
  };
}

/** The files there are, the user's first. */
export function readPolicies(options: TrustOptions): readonly LoadedPolicy[] {
  const { workspace, env, tools } = options;
  const places = policyFilePaths({ workspace, env });
  return (['user', 'workspace'] as const).flatMap((kind) => {
    const bytes = readPrivateFile(places[kind]);
    if (bytes === undefined) return [];
    const policy = parsePolicy(bytes, places[kind], tools);
    return [{ kind, policy, trusted: kind === 'user' || isTrusted(options, bytes) }];
  });
}

function denyRule({ permission, because }: PolicyRule): DenyRule {
  return because === undefined ? permission : { ...permission, reason: because };
}
