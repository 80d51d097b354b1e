/** What a tool call knows, what its actors are given, and the ways it can end. */
import { messageOf } from '../errors.ts';
import type { CallOutput, CallStatus, DecidedBy, PendingRelay, SeenFile } from '../events.ts';
import type { Consumption } from '../permissions/coverage.ts';
import type { PermissionLayer } from '../permissions/parse.ts';
import type { Tool } from '../tools/tool.ts';
import { deniedText, recountedNote, unknownText } from './model-texts.ts';
import type {
  AgentEvent,
  AgentIdentity,
  Approval,
  CallerEvent,
  CallRequested,
  OrchestratorEvent,
  PreparedCall,
  Ref,
  RequestedCall,
  Resolution,
  ToolCallEvent,
  Verification,
} from './protocol.ts';
import type { SavedCall, SavedChild } from './saved.ts';

export interface ToolCallInput {
  readonly call: RequestedCall;
  readonly agent: AgentIdentity;
  readonly tools: readonly Tool[];
  readonly layers: readonly PermissionLayer[];
  readonly workspace: string;
  /** Set when the call must not run: the limit that stands in the way. */
  readonly limited?: string;
  /** Where it stood before a restart. */
  readonly saved?: SavedCall;
  readonly orchestrator: Ref<OrchestratorEvent>;
  readonly owner: Ref<AgentEvent>;
}

export interface ToolCallContext extends ToolCallInput {
  /** The arguments that are checked now: the model's, or a human's edit. */
  readonly input: unknown;
  readonly edited: boolean;
  /** The tool was started. */
  readonly ran: boolean;
  readonly approval?: Approval | undefined;
  readonly prepared?: PreparedCall;
  readonly relay?: PendingRelay;
  readonly decidedBy?: DecidedBy | undefined;
  /** What the decision used up. */
  readonly receipt?: Consumption | undefined;
  /** What was not as it had been judged, the last time somebody looked. */
  readonly changed?: string | undefined;
  /** How often that happened. */
  readonly changes: number;
  readonly subagents: Readonly<Record<string, Ref<AgentEvent>>>;
  /** Subagents that come back after a restart and are not there yet. */
  readonly expected: readonly string[];
  /** Those that this call had started before the restart, and how they ended. */
  readonly children: readonly SavedChild[];
  readonly ending?: Ending;
}

/** How a call is about to end. */
export interface Ending {
  readonly status: CallStatus;
  readonly output: CallOutput;
  readonly decidedBy?: DecidedBy;
  readonly fatal?: string;
  /** The files it read or wrote. */
  readonly files?: readonly SeenFile[];
}

/** A new call, or one that comes back as it stood. */
export function openCall(input: ToolCallInput): ToolCallContext {
  const { saved } = input;
  const children = saved?.children ?? [];
  const opened: ToolCallContext = {
    ...input,
    input: saved?.input ?? input.call.input,
    edited: saved?.edited ?? false,
    ran: saved?.ran ?? false,
    changes: 0,
    subagents: {},
    expected: children.flatMap(({ back, agentId }) => (back === undefined ? [] : [agentId])),
    children,
  };
  if (saved === undefined) return opened;
  const { stage } = saved;
  if (stage === 'unchecked') return saved.approval === undefined ? opened : { ...opened, approval: saved.approval };
  if (stage === 'over') return { ...opened, ending: saved.ending };
  const prepared = { ...opened, prepared: saved.prepared };
  if (stage === 'interrupted') return prepared;
  if (stage === 'waiting') return { ...prepared, relay: saved.relay };
  const { decidedBy, receipt, relay } = saved;
  return { ...prepared, decidedBy, receipt, ...(relay === undefined ? {} : { relay }) };
}

/** What `prepareCall` answers. */
export type Preparation =
  { readonly ok: true; readonly prepared: PreparedCall } | { readonly ok: false; readonly problem: string };

export interface PrepareCallInput {
  readonly call: RequestedCall;
  readonly input: unknown;
  readonly agent: AgentIdentity;
  readonly tools: readonly Tool[];
  readonly workspace: string;
}

export interface RunToolInput {
  readonly call: RequestedCall;
  readonly agent: AgentIdentity;
  readonly prepared: PreparedCall;
  /** What a subagent may be given: the tools its parent has. */
  readonly toolNames: readonly string[];
  readonly workspace: string;
  /** Subagents it had started before a restart: it is given them again instead of new ones. */
  readonly children: readonly SavedChild[];
}

/** What every event of this call carries. */
export const origin = ({ agent }: Pick<ToolCallInput, 'agent'>) =>
  agent.parentId === undefined ? { runId: agent.id } : { runId: agent.id, parentId: agent.parentId };

const said = (text: string): CallOutput => ({ context: text });

/** The ways a call can end without its tool having said so. */
export const endings = {
  failed: (text: string): Ending => ({ status: 'error', output: said(text) }),
  unsteady: (): Ending => ({
    status: 'error',
    output: said('This call was not started: what it would touch kept changing while it was checked.'),
    decidedBy: { kind: 'input', reason: 'what the call would touch kept changing' },
  }),
  uncheckable: (error: unknown): Ending => ({
    status: 'error',
    output: said(`This call could not be checked: ${messageOf(error)}`),
    decidedBy: { kind: 'input', reason: messageOf(error) },
  }),
  refused: (problem: string): Ending => ({
    status: 'error',
    output: said(problem),
    decidedBy: { kind: 'input', reason: problem },
  }),
  limited: (limit: string): Ending => ({
    status: 'limited',
    output: said(limit),
    decidedBy: { kind: 'limit', reason: limit },
  }),
  byTool: ({ type: _type, ...end }: Extract<ToolCallEvent, { type: 'tool.failed' }>): Ending => {
    if (end.status !== 'limited') return end;
    const reason = typeof end.output.context === 'string' ? end.output.context : 'a limit was reached';
    return { ...end, decidedBy: { kind: 'limit', reason } };
  },
  /** It was started before a restart, and whether it had its effect nobody can or will say. */
  unknown: (reason: string, decidedBy?: DecidedBy): Ending => ({
    status: 'unknown',
    output: said(unknownText(reason)),
    ...(decidedBy === undefined ? {} : { decidedBy }),
  }),
  givenUp: ({ reason, decidedBy, fatal, resolution }: Extract<CallerEvent, { type: 'call.denied' }>): Ending => ({
    ...endings.unknown(resolution?.reason ?? (decidedBy.kind === 'human' ? 'a human gave it up' : reason), decidedBy),
    ...(fatal === true ? { fatal: reason } : {}),
  }),
  recounted: ({ output, decidedBy }: Pick<Extract<CallerEvent, { type: 'call.recounted' }>, 'output' | 'decidedBy'>) =>
    ({ status: 'ok', output: recountedNote(output), decidedBy }) satisfies Ending,
  cancelled: (reason: string): Ending => ({
    status: 'cancelled',
    output: said(`This call was cancelled: ${reason}`),
    decidedBy: { kind: 'cancel', reason },
  }),
  withdrawn: (reason: string): Ending => ({
    status: 'cancelled',
    output: said(`This call was cancelled while it waited for an answer: ${reason}`),
    decidedBy: { kind: 'cancel', reason },
  }),
  denied: ({ reason, decidedBy, fatal }: Extract<CallerEvent, { type: 'call.denied' }>): Ending => ({
    status: 'denied',
    output: said(deniedText(reason)),
    decidedBy,
    ...(fatal === true ? { fatal: reason } : {}),
  }),
};

/** @throws Error when there is none: the states that need it are entered with one only. */
export function preparedOf({ prepared }: ToolCallContext): PreparedCall {
  if (prepared === undefined) throw new Error('this state is entered with a preparation only');
  return prepared;
}

/** How the relay was settled; a decision that comes while a call waits always says. */
export function resolutionOf({ resolution, relayId }: { resolution?: Resolution; relayId: string }): Resolution {
  return resolution ?? { relayId, approved: false, by: 'unknown', waitedMs: 0 };
}

/** How often what a call touches may change between decision and start before it is given up. */
const MAX_CHANGES = 5;

/** Whether a human was asked about this call, and so saw what it would do. */
const hasWaited = ({ relay }: ToolCallContext): boolean => relay !== undefined;

/** What differs from what was judged, as one sentence; none when the call may start. */
export function difference(context: ToolCallContext, { moved, altered }: Verification): string | undefined {
  const files = hasWaited(context) ? altered : [];
  const parts = [...moved, ...files.map((path) => `the file ${path} has changed since this call was checked`)];
  return parts.length === 0 ? undefined : parts.join('; ');
}

export function keepsChanging({ changes }: ToolCallContext): boolean {
  return changes >= MAX_CHANGES;
}

/** A human's yes, for the check right before the start. */
export function approvalOf({ decidedBy }: ToolCallContext): Approval | undefined {
  if (decidedBy?.kind !== 'human') return undefined;
  return { relayId: decidedBy.id ?? '', by: decidedBy.by ?? 'human', waitedMs: decidedBy.waitedMs ?? 0 };
}

/** What the orchestrator is asked: may this call run? */
export function decisionRequest(context: ToolCallContext, ref: Ref<CallerEvent>): CallRequested {
  const { layers, agent, edited, approval, receipt, changed } = context;
  const prepared = preparedOf(context);
  return {
    type: 'call.requested',
    request: prepared.request,
    layers,
    proposal: edited ? null : prepared.proposal,
    relayId: prepared.relayId,
    at: prepared.at,
    path: agent.path,
    ref,
    ...(approval === undefined ? {} : { approval }),
    ...(receipt === undefined ? {} : { receipt }),
    ...(changed === undefined ? {} : { changed, mustAsk: hasWaited(context) }),
  };
}

/** Whether what is asked is what became of the call, and not whether it may run. */
export const asksOutcome = ({ relay }: ToolCallContext): boolean => relay?.kind === 'unknown_outcome';

/** Whether it was started before a restart, and may have left something in the world then. */
export const mayHaveRun = (context: ToolCallContext): boolean =>
  asksOutcome(context) || (context.ran && context.prepared?.tool.idempotent !== true);

/** The question from before a restart, put again. */
export function standingRequest(context: ToolCallContext, ref: Ref<CallerEvent>): CallRequested {
  const { relay } = context;
  const request = decisionRequest(context, ref);
  if (relay === undefined) return request;
  const { saved } = context;
  return {
    ...request,
    relayId: relay.id,
    standing: relay,
    ...(asksOutcome(context) ? { unknown: relay.why } : {}),
    ...(saved?.stage === 'waiting' && saved.isAgain === true ? { mustAsk: true } : {}),
  };
}

/** What became of the call? */
export function outcomeRequest(context: ToolCallContext, ref: Ref<CallerEvent>): CallRequested {
  const { saved } = context;
  return { ...decisionRequest(context, ref), unknown: saved?.stage === 'interrupted' ? saved.why : '' };
}

/** The same once more, right before the start: a grant may have been taken back meanwhile. */
export function confirmationRequest(context: ToolCallContext, ref: Ref<CallerEvent>): CallRequested {
  const { changed: _told, ...rest } = context;
  const approval = approvalOf(context);
  return {
    ...decisionRequest({ ...rest, approval }, ref),
    changed: 'what allowed this call does so no longer',
  };
}
