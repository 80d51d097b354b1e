/** The one place that says whether a call runs, is denied, or asks. */
import { messageOf } from '../errors.ts';
import type { DecidedBy } from '../events.ts';
import type { CallRequest } from './call.ts';
import { callView, type CallView } from './call-view.ts';
import { onceCover, ownCover, sharedCover, type Consumption, type Cover, type Target, type Used } from './coverage.ts';
import type { CompiledDeny, PermissionState } from './parse.ts';
import { formatRule } from './rule-text.ts';
import { hits } from './rules.ts';
import { whyUncovered } from './why.ts';

export type Decision =
  | {
      readonly type: 'allow';
      readonly decidedBy: DecidedBy;
      readonly consume: Consumption;
    }
  | { readonly type: 'deny'; readonly decidedBy: DecidedBy; readonly reason: string }
  | { readonly type: 'ask'; readonly why: string };

/**
 * Decides a call. In this order: orchestrator deny → agent deny (any agent of the lineage) → orchestrator allowlist and
 * grants → agent allowlist → allowOnce → ask.
 *
 * One subject that a deny rule hits denies the call; to allow it, every subject must be covered, by whichever steps.
 * Pure and total: it reads nothing but its arguments, changes none of them and never throws. A call it cannot decide
 * asks, as does a deny rule that cannot be held against the call.
 */
export function decide(request: CallRequest, state: PermissionState): Decision {
  try {
    const call = callView(request);
    return denial(call, state) ?? allowance(call, state);
  } catch (error) {
    return { type: 'ask', why: `this call could not be checked: ${messageOf(error)}` };
  }
}

function denial(call: CallView, state: PermissionState): Decision | null {
  const owners = [{ name: 'orchestrator', permissions: state.policy }].concat(
    state.layers.map((layer) => ({ name: layer.agentId, permissions: layer.permissions })),
  );
  let undecided: Decision | null = null;
  for (const { name, permissions } of owners) {
    for (const [index, entry] of permissions.deny.entries()) {
      const verdict = denyVerdict(entry, call);
      const id = `${name}.deny[${index}]`;
      if (verdict === 'yes') return denied(entry, id);
      if (verdict === 'unknown')
        undecided ??= {
          type: 'ask',
          why: `${id} may forbid this call: ${describe(entry)} cannot be checked against it`,
        };
    }
  }
  return undecided;
}

function denyVerdict(entry: CompiledDeny, call: CallView): ReturnType<typeof hits> {
  if (entry.kind === 'rule') return hits(entry.rule, call);
  const { callId, rawCallId } = call.request;
  return entry.toolCallId === callId || entry.toolCallId === rawCallId ? 'yes' : 'no';
}

function denied(entry: CompiledDeny, id: string): Decision {
  const reason = entry.reason ?? `denied by ${describe(entry)}`;
  return { type: 'deny', decidedBy: { kind: 'rule', id, reason }, reason };
}

function describe(entry: CompiledDeny): string {
  return entry.kind === 'rule' ? `the rule ${formatRule(entry.rule.permission)}` : 'a rule for this very call';
}

function allowance(call: CallView, state: PermissionState): Decision {
  const used: Used = { grants: new Set(), once: new Set() };
  const covers: Cover[] = [];
  const targets: readonly Target[] = call.subjects ?? [null];
  for (const target of targets) {
    const cover =
      sharedCover(call, target, state, used) ??
      ownCover(call, target, state.layers) ??
      onceCover(call, target, state, used);
    if (cover === null) return { type: 'ask', why: whyUncovered(call, target) };
    if (cover.grant !== undefined) used.grants.add(cover.grant);
    for (const entry of cover.once ?? []) used.once.add(entry);
    covers.push(cover);
  }
  return {
    type: 'allow',
    decidedBy: joined(covers.flatMap((cover) => cover.decidedBy)),
    consume: { grants: [...used.grants], once: [...used.once] },
  };
}

/** The first, with the ids of all. */
function joined(all: readonly DecidedBy[]): DecidedBy {
  const [first] = all;
  const ids = new Set(all.flatMap(({ id }) => id ?? []));
  return { kind: 'rule', ...first, ...(ids.size > 0 && { id: [...ids].join(', ') }) };
}
