/**
 * What the orchestrator rules, as pure steps: a context and an event give the next context and the messages to send.
 * One `decide()` serves new calls and waiting ones alike.
 */
import { Map as PersistentMap, OrderedMap } from 'immutable';
import type { DecidedBy, Grant, PendingRelay, ToolPermission } from '../events.ts';
import type { CallRequest } from '../permissions/call.ts';
import type { Decision } from '../permissions/decide.ts';
import { makeGrants } from '../permissions/grants.ts';
import type { CompiledPermissions, PermissionLayer } from '../permissions/parse.ts';
import { coveredBy } from '../permissions/proposal.ts';
import { consume, giveBack, judge } from './decide-in-context.ts';
import type { Return } from './saved.ts';
import type {
  AgentEvent,
  CallerEvent,
  CallRequested,
  OrchestratorEvent,
  Ref,
  Resolution,
  SubagentEvent,
} from './protocol.ts';

/** What happens to a call that nothing allows: it waits, it is denied, or its agent fails. */
export type OnAsk = 'wait' | 'deny' | 'fail';

/** A call that waits for a human. */
export interface Waiting {
  readonly relay: PendingRelay;
  readonly request: CallRequest;
  readonly layers: readonly PermissionLayer[];
  readonly ref: Ref<CallerEvent>;
  /** A human saw something else before: no rule and no grant lets it run. */
  readonly mustAsk: boolean;
}

/** How many agents of one tree live, and how many it ever had. */
interface Tree {
  readonly live: number;
  readonly total: number;
}

export interface OrchestratorInput {
  readonly policy: CompiledPermissions;
  readonly onAsk: OnAsk;
  /** What it knew before a restart. */
  readonly saved?: Return;
}

export interface OrchestratorContext extends OrchestratorInput {
  /** The shared allowlist that humans made: it holds for all agents, now and later. */
  readonly grants: readonly Grant[];
  /** In request order. */
  readonly pending: OrderedMap<string, Waiting>;
  /** What is left of each agent's `allowOnce`. */
  readonly pools: PersistentMap<string, readonly ToolPermission[]>;
  readonly trees: PersistentMap<string, Tree>;
  readonly liveAgents: number;
  /** Crews made, for their ids. */
  readonly crews: number;
  readonly openCrew: { readonly id: string; readonly hired: number } | undefined;
  readonly liveCrews: readonly string[];
}

/** One message a ruling sends. */
export type Message =
  | { readonly to: Ref<CallerEvent>; readonly event: CallerEvent }
  | { readonly to: Ref<AgentEvent>; readonly event: AgentEvent }
  | { readonly to: Ref<SubagentEvent>; readonly event: SubagentEvent };

export interface Ruling {
  readonly patch: Partial<OrchestratorContext>;
  readonly messages: readonly Message[];
}

/** Waiting calls looked at when a question is asked; keeps asking cheap when thousands wait. `getPendingRelays()` looks at all. */
const RELEASES_SCANNED = 200;

const NOBODY = 'nobody is there to answer, and no rule allows this call';
const NOBODY_KNOWS = 'nobody is there to say what became of this call';

export function openContext(input: OrchestratorInput): OrchestratorContext {
  const { saved } = input;
  return {
    ...input,
    grants: saved?.grants ?? [],
    pending: OrderedMap(),
    pools: PersistentMap(saved?.pools),
    trees: PersistentMap([...(saved?.totals ?? [])].map(([id, total]) => [id, { live: 0, total }] as const)),
    liveAgents: 0,
    crews: 0,
    openCrew: undefined,
    liveCrews: [],
  };
}

/**
 * Rules on a call: allowed, denied, or asked. A call that was let through before comes again right before it starts, with
 * its `receipt`: what it used up is given back first, so that nothing is used twice and what was revoked counts.
 */
export function requestCall(given: OrchestratorContext, event: CallRequested): Ruling {
  if (event.unknown !== undefined) return askOutcome(given, event);
  const { request, layers, ref, approval, changed, mustAsk = false, standing } = event;
  const returned = giveBack(given, event.receipt);
  const context = { ...given, ...returned };
  const decision = judge(context, event, event.at);
  const { relayId } = event;
  const tell = (message: CallerEvent, patch: Partial<OrchestratorContext> = {}): Ruling => ({
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
  if (context.onAsk !== 'wait') return tell({ relayId, ...nobodyAnswers(context.onAsk, why) });
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

function nobodyAnswers(onAsk: OnAsk, why: string, nobody = NOBODY) {
  const reason = `${nobody} (${why})`;
  const decidedBy: DecidedBy = { kind: 'policy', id: `onAsk:${onAsk}`, reason };
  return { type: 'call.denied' as const, decidedBy, reason, fatal: onAsk === 'fail' };
}

/** A question from before a restart: it stands again, unless what is in force by now settles it. */
function resume(context: OrchestratorContext, event: CallRequested, relay: PendingRelay, decision: Decision): Ruling {
  const { request, layers, ref, at, mustAsk = false } = event;
  const waiting: Waiting = { relay, request, layers, ref, mustAsk };
  const standing = { ...context, pending: context.pending.set(relay.id, waiting) };
  const { grants, pools } = context;
  const isAnswered = context.saved?.answered.has(relay.id) === true; // its own answer follows, and counts
  if (settles(decision, waiting) && !isAnswered) {
    // as if it had waited all the while: one ruling for both
    const { patch, messages } = redecideOne(standing, waiting, at);
    return { patch: { grants, pools, ...patch }, messages };
  }
  if (context.onAsk === 'wait' || isAnswered) {
    return { patch: { grants, pools, pending: standing.pending }, messages: [] };
  }
  const denied = nobodyAnswers(context.onAsk, relay.why);
  const resolution: Resolution = {
    relayId: relay.id,
    approved: false,
    by: 'rule',
    reason: denied.reason,
    waitedMs: Math.max(0, at - relay.askedAt),
  };
  return { patch: { grants, pools }, messages: [{ to: ref, event: { ...denied, relayId: relay.id, resolution } }] };
}

/** Nobody knows whether the call had its effect: a human is asked, whatever rules there are. */
function askOutcome(context: OrchestratorContext, event: CallRequested): Ruling {
  const { request, layers, ref, relayId, standing, at, path, unknown: why = '' } = event;
  const isAnswered = standing !== undefined && context.saved?.answered.has(standing.id) === true;
  if (context.onAsk !== 'wait' && !isAnswered) {
    const denied = nobodyAnswers(context.onAsk, why, NOBODY_KNOWS);
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

/** The other waiting calls that the proposal would let through; of the first `scan` when that is given. */
export function releasesOf(question: {
  readonly pending: OrderedMap<string, Waiting>;
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

/** Everything is back: the questions stand in the order in which they were asked, as before. */
export function orderQuestions({ pending, saved }: OrchestratorContext): Partial<OrchestratorContext> {
  const standing = (saved?.asked ?? []).flatMap((id): [string, Waiting][] => {
    const waiting = pending.get(id);
    return waiting === undefined ? [] : [[id, waiting]];
  });
  return { pending: OrderedMap(standing).merge(pending) };
}

/** The call is gone; its question goes with it. */
export function withdrawRelay(context: OrchestratorContext, relayId: string): Partial<OrchestratorContext> {
  return { pending: context.pending.delete(relayId) };
}

type Answered = Extract<OrchestratorEvent, { type: 'relay.answered' }>;

/** Settles a relay; an "always" joins the shared allowlist first and releases whatever it covers. */
export function answerRelay(context: OrchestratorContext, event: Answered): Ruling {
  const waiting = context.pending.get(event.relayId);
  if (waiting === undefined) return { patch: {}, messages: [] };
  const { relay, ref } = waiting;
  const waitedMs = Math.max(0, event.at - relay.askedAt);
  const settled = { ...context, pending: context.pending.delete(relay.id) };
  const resolution: Resolution = { relayId: relay.id, approved: event.approved, by: event.by, waitedMs };
  const human: DecidedBy = { kind: 'human', id: relay.id, by: event.by, waitedMs };
  const only = (message: CallerEvent): Ruling => ({
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
    const told = { ...resolution, output };
    return only({ type: 'call.recounted', relayId: relay.id, output, decidedBy: human, resolution: told });
  }
  const now = judge(settled, waiting, event.at);
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

/** Ids come in with the event; one for each rule of the proposal. */
function takeFrom(ids: readonly string[]): () => string {
  let next = 0;
  return () => ids[next++] ?? `${ids[0] ?? 'grant'}.${next}`;
}

/** Decides everything that waits again, in request order, but for what is `held`. */
export function redecide(context: OrchestratorContext, at: number, held: readonly string[] = []): Ruling {
  let next = context;
  const messages: Message[] = [];
  for (const waiting of context.pending.values()) {
    if (held.includes(waiting.relay.id)) continue;
    const ruling = redecideOne(next, waiting, at);
    messages.push(...ruling.messages);
    next = { ...next, ...ruling.patch };
  }
  return { patch: { pending: next.pending, grants: next.grants, pools: next.pools }, messages };
}

/** Whether what is in force settles a question without its human. */
const settles = (decision: Decision, { mustAsk }: Waiting): boolean =>
  decision.type === 'deny' || (decision.type === 'allow' && !mustAsk);

/** What became of a call that was running is no rule's to say. */
function redecideOne(context: OrchestratorContext, waiting: Waiting, at: number): Ruling {
  const { relay, ref } = waiting;
  const decision = relay.kind === 'permission' ? judge(context, waiting, at) : undefined;
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

/** Takes a grant back. The very next call is decided without it. */
export function revokeGrant(context: OrchestratorContext, grantId: string, at: number): Ruling {
  const grants = context.grants.filter((grant) => grant.id !== grantId);
  return redecide({ ...context, grants }, at);
}
