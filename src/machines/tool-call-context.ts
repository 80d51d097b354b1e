/** The context of a tool call, and the pure steps between its states. */
import type { CallOutput, CallStatus, DecidedBy, PendingRelay, SeenFile } from '../events.ts';
import type { Consumption } from '../permissions/coverage.ts';
import { type AgentIdentity, type AgentSpec, originOf } from './agent-spec.ts';
import type {
  Approval,
  CallEnding,
  CheckedCall,
  PreparedCall,
  RequestedCall,
  Resolution,
  Settlement,
  Verification,
} from './call-entities.ts';
import { endings } from './call-endings.ts';
import { editedNote } from './model-texts.ts';
import type { AgentEvent, CallerEvent, CallRequested, OrchestratorEvent, Ref } from './protocol.ts';
import type { SavedCall, SavedChild } from './restored.ts';

/** The input of a call's actor. */
export interface ToolCallInput {
  readonly call: RequestedCall;
  /** The agent of the call. */
  readonly spec: AgentSpec;
  /** The limit that forbids the call, as a sentence for the model. */
  readonly limited?: string;
  /** Set after a restart. */
  readonly saved?: SavedCall;
  readonly orchestrator: Ref<OrchestratorEvent>;
  readonly owner: Ref<AgentEvent>;
}

/** The context of a tool call: plain data and references to actors. */
export interface ToolCallContext extends ToolCallInput {
  /** The arguments in force: the model's, or a human's edit. */
  readonly input: unknown;
  readonly edited: boolean;
  /** The tool was started. */
  readonly ran: boolean;
  readonly approval?: Approval | undefined;
  /** Set by the check; complete (`PreparedCall`) once the call has been prepared for a question. */
  readonly prepared?: CheckedCall | PreparedCall | undefined;
  readonly relay?: PendingRelay;
  readonly decidedBy?: DecidedBy | undefined;
  /** What the decision used up. */
  readonly receipt?: Consumption | undefined;
  /** The last difference from what was approved, and how many there were. */
  readonly changed?: string | undefined;
  readonly changes: number;
  /** Subagents that have not ended, by id; `undefined` until they are admitted. */
  readonly subagents: Readonly<Record<string, Ref<AgentEvent> | undefined>>;
  /** Subagents started before the restart, and the outcomes of those that ended. */
  readonly children: readonly SavedChild[];
  readonly ending?: CallEnding;
}

/** The output of a call's actor. */
export interface ToolCallOutput {
  readonly settlement: Settlement;
  /** Why the whole agent must fail. */
  readonly fatal?: string;
}

/** The input of the actor `prepareCall`. */
export interface PrepareCallInput {
  readonly call: RequestedCall;
  readonly input: unknown;
  readonly spec: AgentSpec;
}

/** The input of the actor `runTool`. */
export interface RunToolInput {
  readonly call: RequestedCall;
  readonly agent: AgentIdentity;
  readonly prepared: CheckedCall;
  /** The tools a subagent may be given: those its parent has. */
  readonly toolNames: readonly string[];
  readonly workspace: string;
  /** Subagents started before a restart: `spawn` returns them instead of starting new ones. */
  readonly children: readonly SavedChild[];
}

/** The fields that every event of this call carries. */
export const origin = ({ spec }: Pick<ToolCallInput, 'spec'>) => originOf(spec.identity);

/** The context of a new call, or of one that is restored. */
export function openCall(input: ToolCallInput): ToolCallContext {
  const { saved } = input;
  const opened: ToolCallContext = {
    ...input,
    input: saved === undefined ? input.call.input : saved.input,
    edited: saved?.edited ?? false,
    ran: saved?.ran ?? false,
    changes: 0,
    subagents: {},
    children: saved?.children ?? [],
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

/** @throws Error when the call is not checked; the states that call this are entered only with a checked call. */
export function checkedOf({ prepared }: ToolCallContext): CheckedCall {
  if (prepared === undefined) throw new Error('This state is entered only with a checked call.');
  return prepared;
}

/** @throws Error when the call is not prepared; the states that call this are entered only with a prepared call. */
export function preparedOf({ prepared }: ToolCallContext): PreparedCall {
  if (prepared === undefined || !('digest' in prepared)) {
    throw new Error('This state is entered only with a prepared call.');
  }
  return prepared;
}

/** How the relay was settled. A decision about a waiting call always carries it. */
export function resolutionOf({ resolution, relayId }: { resolution?: Resolution; relayId: string }): Resolution {
  return resolution ?? { relayId, approved: false, by: 'unknown', waitedMs: 0 };
}

/** How often what a call touches may change between decision and start before the call is refused. */
const MAX_CHANGES = 5;

/** Whether a human was asked about this call. */
const hasWaited = ({ relay }: ToolCallContext): boolean => relay !== undefined;

/** The difference from what was approved, as one sentence; none when the call may start. */
export function difference(context: ToolCallContext, { moved, altered }: Verification): string | undefined {
  const files = hasWaited(context) ? altered : [];
  const parts = [...moved, ...files.map((path) => `the file ${path} has changed since this call was checked`)];
  return parts.length === 0 ? undefined : parts.join('; ');
}

export const keepsChanging = ({ changes }: ToolCallContext): boolean => changes >= MAX_CHANGES;

/** Whether the check may decide the call at once: no human's answer and no earlier decision depends on it. */
export const isFirstCheck = ({ relay, approval, changed, receipt }: ToolCallContext): boolean =>
  relay === undefined && approval === undefined && changed === undefined && receipt === undefined;

/** A human's yes, for the decision right before the start. */
export function approvalOf({ decidedBy }: ToolCallContext): Approval | undefined {
  if (decidedBy?.kind !== 'human') return undefined;
  return { relayId: decidedBy.id ?? '', by: decidedBy.by ?? 'human', waitedMs: decidedBy.waitedMs ?? 0 };
}

/** The request for a decision: may this call run? */
export function decisionRequest(context: ToolCallContext, ref: Ref<CallerEvent>): CallRequested {
  const { spec, edited, approval, receipt, changed } = context;
  const prepared = preparedOf(context);
  return {
    type: 'call.requested',
    request: prepared.request,
    layers: spec.layers,
    proposal: edited ? null : prepared.proposal,
    relayId: prepared.relayId,
    at: prepared.at,
    path: spec.identity.path,
    ref,
    ...(approval === undefined ? {} : { approval }),
    ...(receipt === undefined ? {} : { receipt }),
    ...(changed === undefined ? {} : { changed, mustAsk: hasWaited(context) }),
  };
}

/** Whether the question is the outcome of the call, and not whether it may run. */
export const asksOutcome = ({ relay }: ToolCallContext): boolean => relay?.kind === 'unknown_outcome';

/** Whether the call was started before a restart and may have had effects then. */
export const mayHaveRun = (context: ToolCallContext): boolean =>
  asksOutcome(context) || (context.ran && context.prepared?.tool.idempotent !== true);

/** The ending of a denied call; the outcome of one that may have run stays unknown. */
export const deniedEnding = (
  context: ToolCallContext,
  event: Extract<CallerEvent, { type: 'call.denied' }>,
): CallEnding => (mayHaveRun(context) ? endings.givenUp(event) : endings.denied(event));

/** The ending of a call that is cancelled while it waits; the outcome of one that may have run stays unknown. */
export const withdrawnEnding = (context: ToolCallContext, reason: string): CallEnding =>
  mayHaveRun(context) ? endings.unknown(reason) : endings.withdrawn(reason);

/** The question from before a restart, asked again under its id. */
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

/** The question about the outcome of an interrupted call. */
export function outcomeRequest(context: ToolCallContext, ref: Ref<CallerEvent>): CallRequested {
  const { saved } = context;
  return { ...decisionRequest(context, ref), unknown: saved?.stage === 'interrupted' ? saved.why : '' };
}

/** The decision requested again, right before the start of a call that waited: a grant may have been revoked meanwhile. */
export function confirmationRequest(context: ToolCallContext, ref: Ref<CallerEvent>): CallRequested {
  const { changed: _told, ...rest } = context;
  const approval = approvalOf(context);
  return {
    ...decisionRequest({ ...rest, approval }, ref),
    changed: 'what allowed this call does so no longer',
  };
}

/** The `tool_result` of a call, without its origin. */
export function resultOf(context: ToolCallContext): {
  readonly id: string;
  readonly name: string;
  readonly output: CallOutput;
  readonly status: CallStatus;
  readonly decidedBy?: DecidedBy;
  readonly files?: SeenFile[];
} {
  const { call, ending, ran, prepared, edited } = context;
  const given = ending?.output ?? {};
  const input = ran ? (prepared?.input ?? context.input) : context.input;
  const decidedBy = ending?.decidedBy ?? context.decidedBy;
  const files = ending?.files ?? [];
  return {
    id: call.id,
    name: call.name,
    output: edited ? editedNote(given, { input, ran }) : given,
    status: ending?.status ?? 'unknown',
    ...(decidedBy === undefined ? {} : { decidedBy }),
    ...(files.length === 0 ? {} : { files: [...files] }),
  };
}

export function outputOf(context: ToolCallContext): ToolCallOutput {
  const { files: _files, ...result } = resultOf(context);
  const fatal = context.ending?.fatal;
  const settlement = { ...result, rawId: context.call.rawId };
  return fatal === undefined ? { settlement } : { settlement, fatal };
}

/** What the start of a call uses up, if anything; recorded with `tool_start`. */
export function usedUp(receipt: Consumption | undefined) {
  if (receipt === undefined || (receipt.grants.length === 0 && receipt.once.length === 0)) return {};
  return { used: { grants: [...receipt.grants], once: receipt.once.map((entry) => ({ ...entry })) } };
}
