/** The names that the tool-call chart speaks of, and what they do. */
import { assign, emit, enqueueActions, sendTo, setup } from 'xstate';
import type { AgentOutcome, HarnessEvent, PendingRelay } from '../events.ts';
import type { Consumption } from '../permissions/coverage.ts';
import type { SubagentParams } from '../tools/tool.ts';
import { editedNote } from './model-texts.ts';
import { notConfigured } from './not-configured.ts';
import type {
  AgentEvent,
  Approval,
  CallerEvent,
  CallRequested,
  PreparedCall,
  Ref,
  Resolution,
  Settlement,
  ToolCallEvent,
  Verification,
} from './protocol.ts';
import {
  confirmationRequest,
  decisionRequest,
  difference,
  type Ending,
  endings,
  keepsChanging,
  mayHaveRun,
  origin,
  outcomeRequest,
  type Preparation,
  type PrepareCallInput,
  preparedOf,
  type RunToolInput,
  standingRequest,
  type ToolCallContext,
  type ToolCallInput,
} from './tool-call-context.ts';

/** What the start of a call uses up, if anything; recorded with it. */
function usedUp(receipt: Consumption | undefined) {
  if (receipt === undefined || (receipt.grants.length === 0 && receipt.once.length === 0)) return {};
  return { used: { grants: [...receipt.grants], once: receipt.once.map((entry) => ({ ...entry })) } };
}

type Allowed = Pick<Extract<CallerEvent, { type: 'call.allowed' }>, 'decidedBy' | 'receipt'>;

/** The setup of the tool-call machine; the chart itself is in tool-call.ts. */
export const toolCallSetup = setup({
  types: {
    context: {} as ToolCallContext,
    events: {} as ToolCallEvent,
    input: {} as ToolCallInput,
    emitted: {} as HarnessEvent,
  },
  actors: {
    prepareCall: notConfigured.promise<Preparation, PrepareCallInput>('prepareCall'),
    verifyCall: notConfigured.promise<Verification, PreparedCall>('verifyCall'),
    runTool: notConfigured.callback<RunToolInput>('runTool'),
  },
  actions: {
    announceCall: enqueueActions(({ context, enqueue }) => {
      if (context.saved?.announced === true) return;
      const { id, name, input } = context.call;
      enqueue.emit({ type: 'tool_call', ...origin(context), id, name, input });
    }),
    /** Subagents that this call had started before a restart come back with it. */
    recallChildren: enqueueActions(({ context, self, enqueue }) => {
      for (const { agentId, task, name, back } of context.children) {
        if (back === undefined) continue;
        const subagent = { agentId, parentCallId: context.call.id, params: { task, name }, caller: self, back };
        enqueue.sendTo(context.owner, { type: 'subagent.requested' as const, subagent });
      }
    }),
    rejoinQuestion: sendTo(
      ({ context }) => context.orchestrator,
      ({ context, self }): CallRequested => standingRequest(context, self),
    ),
    requestVerdict: sendTo(
      ({ context }) => context.orchestrator,
      ({ context, self }): CallRequested => outcomeRequest(context, self),
    ),
    keepPreparation: assign((_, params: { preparation: Preparation }) =>
      params.preparation.ok ? { prepared: params.preparation.prepared } : {},
    ),
    refuseInput: assign((_, params: { preparation: Preparation }) => ({
      ending: endings.refused(params.preparation.ok ? '' : params.preparation.problem),
    })),
    requestDecision: sendTo(
      ({ context }) => context.orchestrator,
      ({ context, self }): CallRequested => decisionRequest(context, self),
    ),
    requestConfirmation: sendTo(
      ({ context }) => context.orchestrator,
      ({ context, self }): CallRequested => confirmationRequest(context, self),
    ),
    /** A request hands in what the last decision had used up; from there on only the next one counts. */
    handInReceipt: assign({ receipt: undefined }),
    /** A call that was let through and does not start has used nothing up. */
    returnUses: enqueueActions(({ context, enqueue }) => {
      const { receipt, ran } = context;
      if (receipt === undefined || ran) return;
      enqueue.sendTo(context.orchestrator, { type: 'call.unstarted' as const, receipt });
    }),
    keepVerification: assign(({ context }, { at, relayId }: Verification) => ({
      prepared: { ...preparedOf(context), at, relayId },
    })),
    keepDifference: assign(({ context }, params: Verification) => ({
      approval: undefined,
      changed: difference(context, params),
      changes: context.changes + 1,
    })),
    keepRelay: assign((_, params: { relay: PendingRelay }) => ({ relay: params.relay, decidedBy: undefined })),
    announceRelay: enqueueActions(({ context, enqueue }) => {
      const { relay, saved, prepared } = context;
      if (relay === undefined) throw new Error('awaitingRelay is entered with a relay only');
      if (saved?.stage === 'waiting' && saved.relay.id === relay.id) return; // asked before the restart
      const { agentId: _agentId, ...shown } = relay;
      const { digest = '', files = [] } = prepared ?? {};
      const binding = { digest, files: [...files] };
      enqueue.emit({ type: 'relay', ...origin(context), ...shown, binding });
    }),
    announceResolution: emit(({ context }, params: { resolution: Resolution }) => ({
      type: 'relay_resolved' as const,
      ...origin(context),
      toolCallId: context.call.id,
      relayId: params.resolution.relayId,
      approved: params.resolution.approved,
      by: params.resolution.by,
      waitedMs: params.resolution.waitedMs,
      ...(params.resolution.reason === undefined ? {} : { reason: params.resolution.reason }),
      ...(params.resolution.input === undefined ? {} : { input: params.resolution.input }),
      ...(params.resolution.grants === undefined ? {} : { grants: [...params.resolution.grants] }),
      ...(params.resolution.output === undefined ? {} : { output: params.resolution.output }),
    })),
    /** A question that stood when the process ended, about a call that cannot go on. */
    announceWithdrawal: enqueueActions(({ context: { saved, ...context }, enqueue }) => {
      if (saved?.stage !== 'over' || saved.withdrawn === undefined) return;
      const { id: relayId } = saved.withdrawn;
      const reason = 'the call ended with the process';
      const toolCallId = context.call.id;
      enqueue.emit({
        type: 'relay_resolved',
        ...origin(context),
        toolCallId,
        relayId,
        approved: false,
        by: 'cancel',
        reason,
      });
    }),
    withdrawRelay: enqueueActions(({ context, enqueue }) => {
      const { relay } = context;
      if (relay === undefined) return;
      enqueue.sendTo(context.orchestrator, { type: 'call.withdrawn' as const, relayId: relay.id });
      enqueue.emit({
        type: 'relay_resolved',
        ...origin(context),
        toolCallId: context.call.id,
        relayId: relay.id,
        approved: false,
        by: 'cancel',
        reason: 'the call was cancelled while it waited',
      });
    }),
    withdrawRequest: enqueueActions(({ context, enqueue }) => {
      const relayId = context.prepared?.relayId ?? '';
      enqueue.sendTo(context.orchestrator, { type: 'call.withdrawn' as const, relayId });
    }),
    reportWaiting: sendTo(({ context }) => context.owner, { type: 'call.waiting' }),
    reportResumed: sendTo(({ context }) => context.owner, { type: 'call.resumed' }),
    keepDecision: assign((_, { decidedBy, receipt }: Allowed) => ({ decidedBy, receipt, changed: undefined })),
    keepConfirmation: assign(({ context }, { decidedBy, receipt }: Allowed) => {
      const waitedMs = context.decidedBy?.waitedMs;
      return { decidedBy: waitedMs === undefined ? decidedBy : { ...decidedBy, waitedMs }, receipt };
    }),
    takeEdit: assign((_, params: { input: unknown; approval: Approval }) => ({
      input: params.input,
      approval: params.approval,
      changed: undefined,
      edited: true,
    })),
    keepStart: assign({ ran: true }),
    announceStart: emit(({ context }) => ({
      type: 'tool_start' as const,
      ...origin(context),
      id: context.call.id,
      ...(context.decidedBy === undefined ? {} : { decidedBy: context.decidedBy }),
      ...usedUp(context.receipt),
    })),
    endWith: assign((_, params: Ending) => ({ ending: params })),
    requestSubagent: sendTo(
      ({ context }) => context.owner,
      ({ context, self }, params: { agentId: string; params: SubagentParams }) => ({
        type: 'subagent.requested' as const,
        subagent: { agentId: params.agentId, parentCallId: context.call.id, params: params.params, caller: self },
      }),
    ),
    keepSubagent: assign(({ context }, params: { agentId: string; ref: Ref<AgentEvent> }) => ({
      subagents: { ...context.subagents, [params.agentId]: params.ref },
      expected: context.expected.filter((id) => id !== params.agentId),
    })),
    dropSubagent: assign(({ context }, params: { agentId: string; outcome: AgentOutcome }) => {
      const { [params.agentId]: _gone, ...subagents } = context.subagents;
      const { outcome } = params;
      return {
        subagents,
        children: context.children.map((child) => (child.agentId === params.agentId ? { ...child, outcome } : child)),
      };
    }),
    forwardToTool: sendTo('tool', ({ event }) => event),
    killSubagents: enqueueActions(({ context, enqueue }) => {
      for (const ref of Object.values(context.subagents)) {
        enqueue.sendTo(ref, { type: 'kill' as const, reason: 'the call that asked for it ended' });
      }
    }),
    settle: enqueueActions(({ context, enqueue }) => {
      const { call, ending } = context;
      const status = ending?.status ?? 'unknown';
      const given = ending?.output ?? {};
      const { ran, prepared } = context;
      const input = ran ? (prepared?.input ?? context.input) : context.input;
      const output = context.edited ? editedNote(given, { input, ran }) : given;
      const files = ending?.files ?? [];
      const decidedBy = ending?.decidedBy ?? context.decidedBy;
      const judged = decidedBy === undefined ? {} : { decidedBy };
      enqueue.emit({
        type: 'tool_result',
        ...origin(context),
        id: call.id,
        name: call.name,
        output,
        status,
        ...judged,
        ...(files.length === 0 ? {} : { files: [...files] }),
      });
      const settlement: Settlement = { id: call.id, rawId: call.rawId, name: call.name, status, output, ...judged };
      const fatal = ending?.fatal === undefined ? {} : { fatal: ending.fatal };
      enqueue.sendTo(context.owner, { type: 'call.settled' as const, settlement, ...fatal });
    }),
  },
  guards: {
    isLimited: ({ context }) => context.limited !== undefined,
    isPrepared: (_, params: { preparation: Preparation }) => params.preparation.ok,
    isSame: ({ context }, params: Verification) => difference(context, params) === undefined,
    keepsChanging: ({ context }) => keepsChanging(context),
    hasNoSubagents: ({ context }) => Object.keys(context.subagents).length === 0 && context.expected.length === 0,
    isUnchecked: ({ context }) => (context.saved?.stage ?? 'unchecked') === 'unchecked',
    cameBackOver: ({ context }) => context.saved?.stage === 'over',
    cameBackWaiting: ({ context }) => context.saved?.stage === 'waiting',
    cameBackInterrupted: ({ context }) => context.saved?.stage === 'interrupted',
    mayHaveRun: ({ context }) => mayHaveRun(context),
  },
});
