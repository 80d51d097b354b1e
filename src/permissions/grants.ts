/** Standing permissions as plain data: made by an answer, spent by calls, gone when used up or expired. */
import type { Always, Grant, ToolPermission } from '../events.ts';
import { compileRule } from './rules.ts';

/**
 * The grants an "always" makes, one for each rule of the proposal, frozen. None when the answer is not "always" or the
 * call cannot be made permanent. `uses` counts calls after the one it was given for.
 * @throws GreenroomError `invalid_rule` when the proposal does not compile; none is made then.
 */
export function makeGrants(options: {
  /** What the human was shown. */
  readonly proposal: readonly ToolPermission[] | null;
  readonly always: Always | undefined;
  readonly relay: { readonly id: string; readonly agentId: string };
  readonly by: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly ids: () => string;
}): readonly Grant[] {
  const { proposal, always, relay, by, now, ids } = options;
  if (proposal === null || always === undefined || always === false) return [];
  const { scope, expiresInMs, uses } = always === true ? {} : always;
  const permissions = proposal.map((rule, index) => compileRule(rule, `proposal.${index}`).permission);
  return permissions.map((permission) =>
    Object.freeze({
      id: ids(),
      permission,
      scope: scope ?? 'all',
      agentId: relay.agentId,
      originRelayId: relay.id,
      by,
      createdAt: now,
      ...(expiresInMs !== undefined && { expiresAt: now + expiresInMs }),
      ...(uses !== undefined && { usesLeft: uses }),
    }),
  );
}

/** The grants after a call that used those ids: each with a number of uses has one less. The others are the same objects. */
export function useGrants(grants: readonly Grant[], ids: readonly string[]): readonly Grant[] {
  return grants.map((grant) =>
    grant.usesLeft === undefined || !ids.includes(grant.id)
      ? grant
      : Object.freeze({ ...grant, usesLeft: Math.max(0, grant.usesLeft - 1) }),
  );
}

/** The opposite of `useGrants`: for a call that was let through and did not run. Ids of grants that are gone are skipped. */
export function returnGrants(grants: readonly Grant[], ids: readonly string[]): readonly Grant[] {
  if (ids.length === 0) return grants;
  return grants.map((grant) =>
    grant.usesLeft === undefined || !ids.includes(grant.id)
      ? grant
      : Object.freeze({ ...grant, usesLeft: grant.usesLeft + 1 }),
  );
}

/** Those neither expired nor used up. A grant ends at its `expiresAt`. */
export function liveGrants(grants: readonly Grant[], now: number): readonly Grant[] {
  return grants.filter((grant) => isLive(grant, now));
}

export function isLive(grant: Grant, now: number): boolean {
  return grant.usesLeft !== 0 && (grant.expiresAt === undefined || now < grant.expiresAt);
}

/** Whether the grant reaches the agent at the end of this lineage. */
export function inScope(grant: Grant, lineage: readonly string[], agentId: string): boolean {
  if (grant.scope === 'all') return true;
  return grant.scope === 'agent'
    ? grant.agentId === agentId
    : grant.agentId === agentId || lineage.includes(grant.agentId);
}
