/** The actions, guards and actors that the tool-call chart names. */
import { assign, emit, enqueueActions, sendTo, setup } from 'xstate';
import { messageOf } from '../errors.ts';
import type { AgentOutcome, HarnessEvent, PendingRelay } from '../events.ts';
import type { SubagentParams } from '../tools/tool.ts';
import { type AgentOutput, noUsage } from './agent-context.ts';
import { childSpec, treeIdOf } from './agent-spec.ts';
import { endings } from './call-endings.ts';
import type { Approval, CallEnding, Preparation, PreparedCall, Resolution, Verification } from './call-entities.ts';
import { notConfigured, notConfiguredError } from './not-configured.ts';
import type { CallerEvent, CallRequested, SubagentEvent, ToolCallEvent, ToolEvent } from './protocol.ts';
import { crashedIn, createSubagent } from './start-agent.ts';
import {
  confirmationRequest,
  decisionRequest,
  difference,
  keepsChanging,
  origin,
  outcomeRequest,
  type PrepareCallInput,
  preparedOf,
  resultOf,
  type RunToolInput,
  standingRequest,
  type ToolCallContext,
  type ToolCallInput,
  type ToolCallOutput,
  usedUp,
} from './tool-call-context.ts';

type Allowed = Pick<Extract<CallerEvent, { type: 'call.allowed' }>, 'decidedBy' | 'receipt'>;
type Admitted = Extract<SubagentEvent, { type: 'subagent.admitted' }>;

/** How a subagent ended. XState's own events are not among the typed ones. */
function endedSubagent({ subagents }: ToolCallContext, event: object): Extract<ToolEvent, { type: 'subagent.ended' }> {
  if ('output' in event) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only children with an output are its subagents
    const { agentId, ...outcome } = event.output as AgentOutput;
    return { type: 'subagent.ended', agentId, outcome };
  }
  const reason = `the agent crashed: ${messageOf('error' in event ? event.error : undefined)}`;
  const outcome: AgentOutcome = { status: 'failed', text: '', usage: noUsage, reason };
  return { type: 'subagent.ended', agentId: crashedIn(Object.entries(subagents)) ?? '', outcome };
}

function without({ subagents }: ToolCallContext, agentId: string): ToolCallContext['subagents'] {
  const { [agentId]: _gone, ...rest } = subagents;
  return rest;
}

export const toolCallSetup = setup({
  types: {
    context: {} as ToolCallContext,
    events: {} as ToolCallEvent,
    input: {} as ToolCallInput,
    output: {} as ToolCallOutput,
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
    /** Checks the call and decides it where rules alone can; sets `ending`, or `decidedBy`, or neither: then it is prepared. */
    checkCall: assign((): Partial<ToolCallContext> => ({
      ending: endings.uncheckable(notConfiguredError('action', 'checkCall')),
    })),
    keepPreparation: assign((_, params: { preparation: Preparation }): Partial<ToolCallContext> => {
      const { preparation } = params;
      return preparation.ok ? { prepared: preparation.prepared } : { ending: endings.refused(preparation.problem) };
    }),
    requestDecision: sendTo(
      ({ context }) => context.orchestrator,
      ({ context, self }): CallRequested => decisionRequest(context, self),
    ),
    requestConfirmation: sendTo(
      ({ context }) => context.orchestrator,
      ({ context, self }): CallRequested => confirmationRequest(context, self),
    ),
    requestOutcome: sendTo(
      ({ context }) => context.orchestrator,
      ({ context, self }): CallRequested => outcomeRequest(context, self),
    ),
    repeatQuestion: sendTo(
      ({ context }) => context.orchestrator,
      ({ context, self }): CallRequested => standingRequest(context, self),
    ),
    /** The request carried the receipt; from here on only the next decision's counts. */
    dropReceipt: assign({ receipt: undefined }),
    withdrawRequest: enqueueActions(({ context, enqueue }) => {
      const relayId = preparedOf(context).relayId;
      enqueue.sendTo(context.orchestrator, { type: 'call.withdrawn' as const, relayId });
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
      if (relay === undefined) throw new Error('awaitingRelay is entered only with a relay.');
      if (saved?.stage === 'waiting' && saved.relay.id === relay.id) return; // announced before the restart
      const { agentId: _agentId, ...shown } = relay;
      const { digest, files = [] } = prepared !== undefined && 'digest' in prepared ? prepared : { digest: '' };
      enqueue.emit({ type: 'relay', ...origin(context), ...shown, binding: { digest, files: [...files] } });
    }),
    announceResolution: emit(({ context }, params: { resolution: Resolution }) => {
      const { grants, ...resolution } = params.resolution;
      return {
        type: 'relay_resolved' as const,
        ...origin(context),
        toolCallId: context.call.id,
        ...resolution,
        ...(grants === undefined ? {} : { grants: [...grants] }),
      };
    }),
    /** Settles the question that was open when the process ended, about a call that cannot continue. */
    announceWithdrawal: enqueueActions(({ context, enqueue }) => {
      const { saved, call } = context;
      if (saved?.stage !== 'over' || saved.withdrawn === undefined) return;
      const relayId = saved.withdrawn.id;
      const reason = 'the call ended with the process';
      const settled = { toolCallId: call.id, relayId, approved: false, by: 'cancel', reason };
      enqueue.emit({ type: 'relay_resolved', ...origin(context), ...settled });
    }),
    withdrawRelay: enqueueActions(({ context, enqueue }) => {
      const { relay, call, orchestrator } = context;
      if (relay === undefined) return;
      const reason = 'the call was cancelled while it waited';
      const settled = { toolCallId: call.id, relayId: relay.id, approved: false, by: 'cancel', reason };
      enqueue.sendTo(orchestrator, { type: 'call.withdrawn' as const, relayId: relay.id });
      enqueue.emit({ type: 'relay_resolved', ...origin(context), ...settled });
    }),
    reportWaiting: sendTo(
      ({ context }) => context.owner,
      ({ context }) => ({ type: 'call.waiting' as const, id: context.call.id }),
    ),
    reportResumed: sendTo(
      ({ context }) => context.owner,
      ({ context }) => ({ type: 'call.resumed' as const, id: context.call.id }),
    ),
    /** A human's waiting time stays with the decision that confirms it. */
    keepDecision: assign(({ context }, { decidedBy, receipt }: Allowed) => {
      const waitedMs = context.decidedBy?.waitedMs;
      return {
        decidedBy: waitedMs === undefined ? decidedBy : { ...decidedBy, waitedMs },
        receipt,
        changed: undefined,
      };
    }),
    takeEdit: assign((_, params: { input: unknown; approval: Approval }) => ({
      input: params.input,
      approval: params.approval,
      changed: undefined,
      edited: true,
    })),
    announceStart: emit(({ context }) => ({
      type: 'tool_start' as const,
      ...origin(context),
      id: context.call.id,
      ...(context.decidedBy === undefined ? {} : { decidedBy: context.decidedBy }),
      ...usedUp(context.receipt),
    })),
    markStarted: assign({ ran: true }),
    endWith: assign((_, params: CallEnding) => ({ ending: params })),
    requestSubagent: enqueueActions(
      ({ context, self, enqueue }, given: { agentId: string; params: SubagentParams }) => {
        const spec = childSpec(context.spec, { ...given, callId: context.call.id });
        enqueue.sendTo(context.orchestrator, { type: 'agent.requested' as const, spec, caller: self });
        enqueue.assign({ subagents: { ...context.subagents, [given.agentId]: undefined } });
      },
    ),
    /** The subagents of this call are restored with it. */
    requestRestored: enqueueActions(({ context, self, enqueue }) => {
      const subagents: Record<string, undefined> = {};
      for (const { agentId, restored } of context.children) {
        if (restored === undefined) continue;
        subagents[agentId] = undefined;
        const { spec } = restored;
        enqueue.sendTo(context.orchestrator, { type: 'agent.requested' as const, spec, caller: self, restored });
      }
      enqueue.assign({ subagents });
    }),
    startSubagent: enqueueActions(({ context, self, enqueue }, { spec, restored }: Admitted) => {
      const { orchestrator, owner, subagents } = context;
      const saved = restored === undefined ? {} : { saved: restored.saved };
      const agent = createSubagent(owner, self, { spec, orchestrator, ...saved });
      enqueue.assign({ subagents: { ...subagents, [spec.identity.id]: agent } });
      enqueue(() => agent.start());
    }),
    /** The call is ending: the place that was given for a subagent is returned. */
    dismissSubagent: enqueueActions(({ context, enqueue }, { spec: { identity } }: Admitted) => {
      const ended = { type: 'agent.ended' as const, agentId: identity.id, treeId: treeIdOf(identity) };
      enqueue.sendTo(context.orchestrator, ended);
      enqueue.assign({ subagents: without(context, identity.id) });
    }),
    dropSubagent: assign(({ context }, params: { agentId: string }) => ({
      subagents: without(context, params.agentId),
    })),
    keepSubagentEnd: assign(({ context, event }) => {
      const { agentId, outcome } = endedSubagent(context, event);
      return {
        subagents: without(context, agentId),
        children: context.children.map((child) => (child.agentId === agentId ? { ...child, outcome } : child)),
      };
    }),
    /** A crashed agent has not told the orchestrator of its end. */
    reportCrash: sendTo(
      ({ context }) => context.orchestrator,
      ({ context, event }) => {
        const { agentId } = endedSubagent(context, event);
        return { type: 'agent.ended' as const, agentId, treeId: treeIdOf(context.spec.identity) };
      },
    ),
    tellTool: sendTo('tool', ({ context, event }): ToolEvent =>
      event.type === 'subagent.refused' ? event : endedSubagent(context, event),
    ),
    killSubagents: enqueueActions(({ context, enqueue }) => {
      for (const ref of Object.values(context.subagents)) {
        if (ref === undefined) continue;
        enqueue.sendTo(ref, { type: 'kill' as const, reason: 'the call that asked for it ended' });
      }
    }),
    /** A call that was allowed and does not start has used nothing up. */
    returnUses: enqueueActions(({ context: { receipt, ran, orchestrator }, enqueue }) => {
      if (receipt !== undefined && !ran) enqueue.sendTo(orchestrator, { type: 'call.unstarted' as const, receipt });
    }),
    announceResult: emit(({ context }) => ({ type: 'tool_result' as const, ...origin(context), ...resultOf(context) })),
  },
  guards: {
    isRestored: ({ context }) => context.saved !== undefined,
    isRefused: ({ context }) => context.ending !== undefined,
    isAllowed: ({ context }) => context.decidedBy !== undefined,
    isPrepared: (_, params: { preparation: Preparation }) => params.preparation.ok,
    isSame: ({ context }, params: Verification) => difference(context, params) === undefined,
    keepsChanging: ({ context }) => keepsChanging(context),
    hasNoSubagents: ({ context }) => Object.keys(context.subagents).length === 0,
    isRestoredAgent: (_, params: Pick<Admitted, 'restored'>) => params.restored !== undefined,
    wasUnchecked: ({ context }) => context.saved?.stage === 'unchecked',
    wasOver: ({ context }) => context.saved?.stage === 'over',
    wasWaiting: ({ context }) => context.saved?.stage === 'waiting',
    wasRunning: ({ context }) => context.saved?.stage === 'interrupted',
  },
});
