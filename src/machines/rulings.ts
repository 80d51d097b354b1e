/**
 * What the orchestrator rules, as pure steps: a context and an event give the next context and the messages to send.
 * One `decide()` serves new calls and waiting ones alike.
 */
import { Map as PersistentMap, OrderedMap } from 'immutable';
import type { DecidedBy, Grant, PendingRelay, ToolPermission } from '../events.ts';
import { type CallRequest, decide, type Decision, type PermissionLayer } from '../permissions/decide.ts';
import { makeGrants, useGrants } from '../permissions/grants.ts';
import type { CompiledPermissions } from '../permissions/parse.ts';
import { coveredBy } from '../permissions/proposal.ts';
import type {
  AgentEvent,
  AgentRequested,
  AgentSpec,
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
}

/** How many agents of one tree live, and how many it ever had. */
interface Tree {
  readonly live: number;
  readonly total: number;
}

export interface OrchestratorInput {
  readonly policy: CompiledPermissions;
  readonly onAsk: OnAsk;
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

/** Waiting calls looked at to say which ones an "always" would release; keeps asking cheap when thousands wait. */
const RELEASES_SCANNED = 200;

const NOBODY = 'nobody is there to answer, and no rule allows this call';

export function openContext(input: OrchestratorInput): OrchestratorContext {
  return {
    ...input,
    grants: [],
    pending: OrderedMap(),
    pools: PersistentMap(),
    trees: PersistentMap(),
    liveAgents: 0,
    crews: 0,
    openCrew: undefined,
    liveCrews: [],
  };
}

/** Counts a new agent in; pools its `allowOnce`. */
export function enrol(context: OrchestratorContext, spec: AgentSpec): Partial<OrchestratorContext> {
  const { id, lineage } = spec.identity;
  const treeId = lineage[0] ?? id;
  const tree = context.trees.get(treeId) ?? { live: 0, total: 0 };
  const own = spec.layers.find((layer) => layer.agentId === id);
  const once = (own?.permissions.allowOnce ?? []).map((rule) => rule.permission);
  return {
    trees: context.trees.set(treeId, { live: tree.live + 1, total: tree.total + 1 }),
    pools: once.length === 0 ? context.pools : context.pools.set(id, once),
    liveAgents: context.liveAgents + 1,
  };
}

/** Admits a subagent within the limits of its tree, or says which limit stands in the way. */
export function admit(context: OrchestratorContext, event: AgentRequested): Ruling {
  const { spec, caller, parent } = event;
  const { identity, limits } = spec;
  const depth = identity.lineage.length - 1;
  const tree = context.trees.get(identity.lineage[0] ?? identity.id) ?? { live: 0, total: 0 };
  const refuse = (limit: 'maxDepth' | 'maxLiveAgents' | 'maxAgents', what: string): Ruling => ({
    patch: {},
    messages: [
      {
        to: caller,
        event: {
          type: 'subagent.refused',
          agentId: identity.id,
          limit,
          message: `Limit ${limit} (${limits[limit]}) reached: ${what}. No subagent was started; do this task yourself.`,
        },
      },
    ],
  });
  if (depth > limits.maxDepth) return refuse('maxDepth', `this subagent would have depth ${depth}`);
  if (tree.live >= limits.maxLiveAgents) return refuse('maxLiveAgents', `${tree.live} agents of this tree are alive`);
  if (tree.total >= limits.maxAgents) return refuse('maxAgents', `this tree has had ${tree.total} agents`);
  return {
    patch: enrol(context, spec),
    messages: [{ to: parent, event: { type: 'subagent.admitted', spec, caller } }],
  };
}

/** Counts an agent out, with the pool it brought and the grants that were only for it. */
export function endAgent(context: OrchestratorContext, agentId: string, treeId: string): Partial<OrchestratorContext> {
  const tree = context.trees.get(treeId);
  const live = (tree?.live ?? 1) - 1;
  const isOver = (grant: Grant) => grant.scope !== 'all' && grant.agentId === agentId;
  return {
    grants: context.grants.some(isOver) ? context.grants.filter((grant) => !isOver(grant)) : context.grants,
    trees: live <= 0 ? context.trees.delete(treeId) : context.trees.set(treeId, { live, total: tree?.total ?? live }),
    pools: context.pools.delete(agentId),
    liveAgents: Math.max(0, context.liveAgents - 1),
  };
}

function judge(context: OrchestratorContext, waiting: Pick<Waiting, 'request' | 'layers'>, now: number): Decision {
  return decide(waiting.request, {
    policy: context.policy,
    layers: waiting.layers,
    grants: context.grants,
    once: (agentId) => context.pools.get(agentId) ?? [],
    now,
  });
}

/** What an allowing decision uses up, exactly once. */
function consume(context: OrchestratorContext, decision: Decision): Partial<OrchestratorContext> {
  if (decision.type !== 'allow') return {};
  let { pools } = context;
  for (const { agentId, permission } of decision.consume.once) {
    const pool = pools.get(agentId) ?? [];
    const index = pool.indexOf(permission);
    if (index >= 0) pools = pools.set(agentId, pool.toSpliced(index, 1));
  }
  return { pools, grants: useGrants(context.grants, decision.consume.grants).filter(({ usesLeft }) => usesLeft !== 0) };
}

/** Rules on a new call: allowed, denied, or asked. */
export function requestCall(context: OrchestratorContext, event: CallRequested): Ruling {
  const { request, layers, ref, approval } = event;
  const decision = judge(context, event, event.at);
  const { relayId } = event;
  const tell = (message: CallerEvent, patch: Partial<OrchestratorContext> = {}): Ruling => ({
    patch,
    messages: [{ to: ref, event: message }],
  });
  if (decision.type === 'deny') {
    return tell({ type: 'call.denied', relayId, decidedBy: decision.decidedBy, reason: decision.reason });
  }
  if (approval !== undefined) {
    const { by, waitedMs } = approval;
    return tell({ type: 'call.allowed', relayId, decidedBy: { kind: 'human', id: approval.relayId, by, waitedMs } });
  }
  if (decision.type === 'allow') {
    return tell({ type: 'call.allowed', relayId, decidedBy: decision.decidedBy }, consume(context, decision));
  }
  if (context.onAsk !== 'wait') {
    const reason = `${NOBODY} (${decision.why})`;
    const decidedBy: DecidedBy = { kind: 'policy', id: `onAsk:${context.onAsk}`, reason };
    return tell({ type: 'call.denied', relayId, decidedBy, reason, fatal: context.onAsk === 'fail' });
  }
  const relay: PendingRelay = {
    id: relayId,
    kind: 'permission',
    agentId: request.agentId,
    toolCallId: request.callId,
    tool: request.tool,
    params: request.input,
    path: [...event.path],
    why: decision.why,
    proposal: event.proposal === null ? null : [...event.proposal],
    releases: releasesOf(context.pending, relayId, event.proposal),
    askedAt: event.at,
  };
  const pending = context.pending.set(relay.id, { relay, request, layers, ref });
  return tell({ type: 'call.asked', relayId, relay }, { pending });
}

/** The other waiting calls that `proposal` would let through, among the first 200. */
export function releasesOf(
  pending: OrderedMap<string, Waiting>,
  relayId: string,
  proposal: readonly ToolPermission[] | null,
): string[] {
  if (proposal === null) return [];
  const released: string[] = [];
  let scanned = 0;
  for (const [id, { request }] of pending) {
    if (scanned === RELEASES_SCANNED) break;
    scanned += 1;
    if (id !== relayId && coveredBy(request, proposal)) released.push(id);
  }
  return released;
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
  const granted = redecide({ ...settled, grants: [...context.grants, ...grants] }, event.at);
  return { patch: granted.patch, messages: [allowed, ...granted.messages] };
}

/** Ids come in with the event; one for each rule of the proposal. */
function takeFrom(ids: readonly string[]): () => string {
  let next = 0;
  return () => ids[next++] ?? `${ids[0] ?? 'grant'}.${next}`;
}

/** Decides everything that waits again, in request order. */
export function redecide(context: OrchestratorContext, at: number): Ruling {
  let next = context;
  const messages: Message[] = [];
  for (const [id, waiting] of context.pending) {
    const decision = judge(next, waiting, at);
    if (decision.type === 'ask') continue;
    const waitedMs = Math.max(0, at - waiting.relay.askedAt);
    const approved = decision.type === 'allow';
    const { kind } = decision.decidedBy;
    const resolution: Resolution = { relayId: id, approved, by: kind === 'grant' ? 'grant' : 'rule', waitedMs };
    const decidedBy = { ...decision.decidedBy, waitedMs };
    messages.push({
      to: waiting.ref,
      event: approved
        ? { type: 'call.allowed', relayId: id, decidedBy, resolution }
        : { type: 'call.denied', relayId: id, decidedBy, reason: decision.reason, resolution },
    });
    next = { ...next, pending: next.pending.delete(id), ...consume(next, decision) };
  }
  return { patch: { pending: next.pending, grants: next.grants, pools: next.pools }, messages };
}

/** Takes a grant back. The very next call is decided without it. */
export function revokeGrant(context: OrchestratorContext, grantId: string, at: number): Ruling {
  const grants = context.grants.filter((grant) => grant.id !== grantId);
  return redecide({ ...context, grants }, at);
}
