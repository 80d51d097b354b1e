/**
 * The transitions of the orchestrator, as pure functions: a context and an event give the next context and the messages to
 * send. One `decide()` serves new calls and waiting calls alike.
 */
import { OrderedMap } from 'immutable';
import type { DecidedBy, PendingRelay, ToolPermission } from '../events.ts';
import type { Decision } from '../permissions/decide.ts';
import { makeGrants } from '../permissions/grants.ts';
import { coveredBy } from '../permissions/proposal.ts';
import type { Resolution } from './call-entities.ts';
import { consume, decideInContext, returnUses } from './decide-in-context.ts';
import type { Message, OnAsk, OrchestratorContext, Step, WaitingCall } from './orchestrator-context.ts';
import type { CallerEvent, CallRequested, RelayAnswered } from './protocol.ts';

/** Waiting calls examined when a question is asked, so that asking stays cheap with thousands waiting. `getPendingRelays()` examines all. */
const RELEASES_SCANNED = 200;

const UNANSWERED = 'no rule allows this call, and no human can be asked';
const UNKNOWABLE = 'the outcome of this call is unknown, and no human can be asked';

/**
 * Decides a call: allowed, denied, or asked. A call that was allowed and waited is decided again right before it starts. Its
 * `receipt` returns what the first decision used up, so that nothing is used twice and a revoked grant no longer counts.
 */
export function requestCall(given: OrchestratorContext, event: CallRequested): Step {
  if (event.unknown !== undefined) return askOutcome(given, event);
  const { request, layers, ref, approval, changed, mustAsk = false, standing } = event;
  const returned = returnUses(given, event.receipt);
  const context = { ...given, ...returned };
  const decision = decideInContext(context, event, event.at);
  const { relayId } = event;
  const tell = (message: CallerEvent, patch: Partial<OrchestratorContext> = {}): Step => ({
    patch: { ...returned, ...patch },
    messages: [{ to: ref, event: message }],
  });
  if (standing !== undefined) return resume(context, event, standing, decision);
  if (decision.type === 'deny') {
    return tell({ type: 'call.denied', relayId, decidedBy: decision.decidedBy, reason: decision.reason });
  }
  if (approval !== undefined && !mustAsk) {
    const { by, waitedMs } = approval;
    return tell({ type: 'call.allowed', relayId, decidedBy: { kind: 'human', id: approval.relayId, by, waitedMs } });
  }
  if (decision.type === 'allow' && !mustAsk) {
    const { decidedBy, consume: receipt } = decision;
    return tell({ type: 'call.allowed', relayId, decidedBy, receipt }, consume(context, decision));
  }
  const why = [changed, decision.type === 'ask' ? decision.why : undefined].filter(Boolean).join('; ');
  if (context.onAsk !== 'wait') return tell({ relayId, ...unanswerable(context.onAsk, why) });
  const relay: PendingRelay = {
    id: relayId,
    kind: 'permission',
    agentId: request.agentId,
    toolCallId: request.callId,
    tool: request.tool,
    params: request.input,
    path: [...event.path],
    why,
    proposal: event.proposal === null ? null : [...event.proposal],
    covers: event.proposal === null ? null : { scope: 'all', agentId: request.agentId, until: 'cleanup' },
    releases: releasesOf({ pending: context.pending, id: relayId, proposal: event.proposal, scan: RELEASES_SCANNED }),
    askedAt: event.at,
  };
  const pending = context.pending.set(relay.id, { relay, request, layers, ref, mustAsk });
  return tell({ type: 'call.asked', relayId, relay }, { pending });
}

function unanswerable(onAsk: OnAsk, why: string, problem = UNANSWERED) {
  const reason = `${problem} (${why})`;
  const decidedBy: DecidedBy = { kind: 'policy', id: `onAsk:${onAsk}`, reason };
  return { type: 'call.denied' as const, decidedBy, reason, fatal: onAsk === 'fail' };
}

/** A question from before a restart: it is pending again, unless rules and grants now in force settle it. */
function resume(context: OrchestratorContext, event: CallRequested, relay: PendingRelay, decision: Decision): Step {
  const { request, layers, ref, at, mustAsk = false } = event;
  const waiting: WaitingCall = { relay, request, layers, ref, mustAsk };
  const standing = { ...context, pending: context.pending.set(relay.id, waiting) };
  const { grants, pools } = context;
  const isAnswered = context.saved?.answered.has(relay.id) === true; // its own answer follows, and counts
  if (settles(decision, waiting) && !isAnswered) {
    // the same transition as for a question that was pending throughout
    const { patch, messages } = redecideOne(standing, waiting, at);
    return { patch: { grants, pools, ...patch }, messages };
  }
  if (context.onAsk === 'wait' || isAnswered) {
    return { patch: { grants, pools, pending: standing.pending }, messages: [] };
  }
  const denied = unanswerable(context.onAsk, relay.why);
  const resolution: Resolution = {
    relayId: relay.id,
    approved: false,
    by: 'rule',
    reason: denied.reason,
    waitedMs: Math.max(0, at - relay.askedAt),
  };
  return { patch: { grants, pools }, messages: [{ to: ref, event: { ...denied, relayId: relay.id, resolution } }] };
}

/** Whether the call had its effect is unknown: only a human can report that, so no rule decides it. */
function askOutcome(context: OrchestratorContext, event: CallRequested): Step {
  const { request, layers, ref, relayId, standing, at, path, unknown: why = '' } = event;
  const isAnswered = standing !== undefined && context.saved?.answered.has(standing.id) === true;
  if (context.onAsk !== 'wait' && !isAnswered) {
    const denied = unanswerable(context.onAsk, why, UNKNOWABLE);
    const waitedMs = standing === undefined ? 0 : Math.max(0, at - standing.askedAt);
    const resolution = { relayId, approved: false, by: 'rule', reason: denied.reason, waitedMs };
    const settled = standing === undefined ? {} : { resolution };
    return { patch: {}, messages: [{ to: ref, event: { ...denied, relayId, ...settled } }] };
  }
  const relay: PendingRelay = standing ?? {
    id: relayId,
    kind: 'unknown_outcome',
    agentId: request.agentId,
    toolCallId: request.callId,
    tool: request.tool,
    params: request.input,
    path: [...path],
    why,
    proposal: null,
    covers: null,
    releases: [],
    askedAt: at,
  };
  const pending = context.pending.set(relay.id, { relay, request, layers, ref, mustAsk: true });
  if (standing !== undefined) return { patch: { pending }, messages: [] };
  return { patch: { pending }, messages: [{ to: ref, event: { type: 'call.asked', relayId, relay } }] };
}

/** Ids of the other pending relays that the proposal would release; only the first `scan` are examined when that is given. */
export function releasesOf(question: {
  readonly pending: OrderedMap<string, WaitingCall>;
  readonly id: string;
  readonly proposal: readonly ToolPermission[] | null;
  readonly scan?: number;
}): string[] {
  const { pending, id, proposal, scan = Number.POSITIVE_INFINITY } = question;
  if (proposal === null) return [];
  const released: string[] = [];
  let scanned = 0;
  for (const [other, { request, mustAsk }] of pending) {
    if (scanned === scan) break;
    scanned += 1;
    if (other !== id && !mustAsk && coveredBy(request, proposal)) released.push(other);
  }
  return released;
}

/** Puts the restored questions back in request order. */
export function orderQuestions({ pending, saved }: OrchestratorContext): Partial<OrchestratorContext> {
  const standing = (saved?.asked ?? []).flatMap((id): [string, WaitingCall][] => {
    const waiting = pending.get(id);
    return waiting === undefined ? [] : [[id, waiting]];
  });
  return { pending: OrderedMap(standing).merge(pending) };
}

/** Removes the question of a call that ended. */
export function withdrawRelay(context: OrchestratorContext, relayId: string): Partial<OrchestratorContext> {
  return { pending: context.pending.delete(relayId) };
}

/** Settles a relay. The grants of an "always" join the shared allowlist first, and release every waiting call they cover. */
// oxlint-disable-next-line eslint/max-lines-per-function -- one case for each kind of answer, read side by side
export function answerRelay(context: OrchestratorContext, event: RelayAnswered): Step {
  const waiting = context.pending.get(event.relayId);
  if (waiting === undefined) return { patch: {}, messages: [] };
  const { relay, ref } = waiting;
  const waitedMs = Math.max(0, event.at - relay.askedAt);
  const settled = { ...context, pending: context.pending.delete(relay.id) };
  const resolution: Resolution = { relayId: relay.id, approved: event.approved, by: event.by, waitedMs };
  const human: DecidedBy = { kind: 'human', id: relay.id, by: event.by, waitedMs };
  const only = (message: CallerEvent): Step => ({
    patch: { pending: settled.pending },
    messages: [{ to: ref, event: message }],
  });
  if (!event.approved) {
    const reason = event.reason ?? 'a human said no';
    return only({
      type: 'call.denied',
      relayId: relay.id,
      decidedBy: { ...human, reason },
      reason,
      resolution: { ...resolution, ...(event.reason === undefined ? {} : { reason }) },
    });
  }
  if (event.edited !== undefined) {
    const { input } = event.edited;
    const approval = { relayId: relay.id, by: event.by, waitedMs };
    return only({ type: 'call.edited', relayId: relay.id, input, approval, resolution: { ...resolution, input } });
  }
  if (event.output !== undefined) {
    const { output } = event;
    const reported = { ...resolution, output };
    return only({ type: 'call.outcomeReported', relayId: relay.id, output, decidedBy: human, resolution: reported });
  }
  const now = decideInContext(settled, waiting, event.at);
  if (now.type === 'deny') {
    return only({
      type: 'call.denied',
      relayId: relay.id,
      decidedBy: now.decidedBy,
      reason: now.reason,
      resolution: { ...resolution, approved: false, by: 'rule', reason: now.reason },
    });
  }
  const grants = makeGrants({
    proposal: relay.proposal,
    always: event.always ?? false,
    relay,
    by: event.by,
    now: event.at,
    ids: takeFrom(event.grantIds),
  });
  const allowed: Message = {
    to: ref,
    event: {
      type: 'call.allowed',
      relayId: relay.id,
      decidedBy: human,
      resolution: grants.length === 0 ? resolution : { ...resolution, grants },
    },
  };
  if (grants.length === 0) return { patch: { pending: settled.pending }, messages: [allowed] };
  const granted = redecide({ ...settled, grants: [...context.grants, ...grants] }, event.at, event.held);
  return { patch: granted.patch, messages: [allowed, ...granted.messages] };
}

/** The ids that came with the event, one for each rule of the proposal. */
function takeFrom(ids: readonly string[]): () => string {
  let next = 0;
  return () => ids[next++] ?? `${ids[0] ?? 'grant'}.${next}`;
}

/** Decides all waiting calls again, in request order, except those in `held`. */
export function redecide(context: OrchestratorContext, at: number, held: readonly string[] = []): Step {
  let next = context;
  const messages: Message[] = [];
  for (const waiting of context.pending.values()) {
    if (held.includes(waiting.relay.id)) continue;
    const { patch, messages: sent } = redecideOne(next, waiting, at);
    messages.push(...sent);
    next = { ...next, ...patch };
  }
  return { patch: { pending: next.pending, grants: next.grants, pools: next.pools }, messages };
}

/** Whether rules and grants settle a question without a human. */
const settles = (decision: Decision, { mustAsk }: WaitingCall): boolean =>
  decision.type === 'deny' || (decision.type === 'allow' && !mustAsk);

/** Decides one waiting call again. Rules never settle a question about an unknown outcome. */
function redecideOne(context: OrchestratorContext, waiting: WaitingCall, at: number): Step {
  const { relay, ref } = waiting;
  const decision = relay.kind === 'permission' ? decideInContext(context, waiting, at) : undefined;
  if (decision === undefined || decision.type === 'ask' || !settles(decision, waiting))
    return { patch: {}, messages: [] };
  const { id } = relay;
  const waitedMs = Math.max(0, at - relay.askedAt);
  const approved = decision.type === 'allow';
  const { kind } = decision.decidedBy;
  const by = kind === 'grant' ? 'grant' : 'rule';
  const why = approved ? {} : { reason: decision.reason };
  const resolution: Resolution = { relayId: id, approved, by, waitedMs, ...why };
  const decidedBy = { ...decision.decidedBy, waitedMs };
  const event: CallerEvent = approved
    ? { type: 'call.allowed', relayId: id, decidedBy, receipt: decision.consume, resolution }
    : { type: 'call.denied', relayId: id, decidedBy, reason: decision.reason, resolution };
  return {
    patch: { pending: context.pending.delete(id), ...consume(context, decision) },
    messages: [{ to: ref, event }],
  };
}

/** Revokes a grant. The next call is decided without it. */
export function revokeGrant(context: OrchestratorContext, grantId: string, at: number): Step {
  const grants = context.grants.filter((grant) => grant.id !== grantId);
  return redecide({ ...context, grants }, at);
}
