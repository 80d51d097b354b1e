/**
 * One tool call, from request to result. Whatever happens in between, it emits exactly one `tool_call` and exactly
 * one `tool_result`, in that order, and tells its agent once how it ended.
 */
import { assign, emit, enqueueActions, sendTo, setup } from 'xstate';
import { messageOf } from '../errors.ts';
import type { CallStatus, DecidedBy, HarnessEvent, CallOutput, PendingRelay } from '../events.ts';
import { notConfigured } from './not-configured.ts';
import { deniedText, editedNote } from './model-texts.ts';
import type {
  AgentEvent,
  AgentIdentity,
  Approval,
  CallRequested,
  OrchestratorEvent,
  PreparedCall,
  Ref,
  RequestedCall,
  Resolution,
  Settlement,
  ToolCallEvent,
} from './protocol.ts';
import type { PermissionLayer } from '../permissions/decide.ts';
import type { SubagentParams, Tool } from '../tools/tool.ts';

export interface ToolCallInput {
  readonly call: RequestedCall;
  readonly agent: AgentIdentity;
  readonly tools: readonly Tool[];
  readonly layers: readonly PermissionLayer[];
  readonly workspace: string;
  /** Set when the call must not run: the limit that stands in the way. */
  readonly limited?: string;
  readonly orchestrator: Ref<OrchestratorEvent>;
  readonly owner: Ref<AgentEvent>;
}

interface ToolCallContext extends ToolCallInput {
  /** The arguments that are checked now: the model's, or a human's edit. */
  readonly input: unknown;
  readonly edited: boolean;
  /** The tool was started. */
  readonly ran: boolean;
  readonly approval?: Approval | undefined;
  readonly prepared?: PreparedCall;
  readonly relay?: PendingRelay;
  readonly decidedBy?: DecidedBy;
  readonly subagents: Readonly<Record<string, Ref<AgentEvent>>>;
  readonly ending?: Ending;
}

interface Ending {
  readonly status: CallStatus;
  readonly output: CallOutput;
  readonly decidedBy?: DecidedBy;
  readonly fatal?: string;
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
}

const origin = ({ agent }: Pick<ToolCallInput, 'agent'>) =>
  agent.parentId === undefined ? { runId: agent.id } : { runId: agent.id, parentId: agent.parentId };

const said = (text: string): CallOutput => ({ context: text });

export const toolCallMachine = setup({
  types: {
    context: {} as ToolCallContext,
    events: {} as ToolCallEvent,
    input: {} as ToolCallInput,
    emitted: {} as HarnessEvent,
  },
  actors: {
    prepareCall: notConfigured.promise<Preparation, PrepareCallInput>('prepareCall'),
    verifyCall: notConfigured.promise<{ same: boolean }, PreparedCall>('verifyCall'),
    runTool: notConfigured.callback<RunToolInput>('runTool'),
  },
  actions: {
    announceCall: emit(({ context }) => ({
      type: 'tool_call' as const,
      ...origin(context),
      id: context.call.id,
      name: context.call.name,
      input: context.call.input,
    })),
    keepPreparation: assign((_, params: { prepared: PreparedCall }) => ({ prepared: params.prepared })),
    requestDecision: sendTo(
      ({ context }) => context.orchestrator,
      ({ context, self }): CallRequested => {
        const { prepared } = context;
        if (prepared === undefined) throw new Error('deciding is entered with a preparation only');
        return {
          type: 'call.requested',
          request: prepared.request,
          layers: context.layers,
          proposal: context.edited ? null : prepared.proposal,
          relayId: prepared.relayId,
          at: prepared.at,
          path: context.agent.path,
          ref: self,
          ...(context.approval === undefined ? {} : { approval: context.approval }),
        };
      },
    ),
    keepRelay: assign((_, params: { relay: PendingRelay }) => ({ relay: params.relay })),
    announceRelay: emit(({ context }) => {
      const relay = context.relay;
      if (relay === undefined) throw new Error('awaitingRelay is entered with a relay only');
      const { agentId: _agentId, ...shown } = relay;
      return { type: 'relay' as const, ...origin(context), ...shown };
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
    })),
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
    keepDecision: assign((_, params: { decidedBy: DecidedBy }) => ({ decidedBy: params.decidedBy })),
    takeEdit: assign((_, params: { input: unknown; approval: Approval }) => ({
      input: params.input,
      approval: params.approval,
      edited: true,
    })),
    dropApproval: assign({ approval: undefined }),
    keepStart: assign({ ran: true }),
    announceStart: emit(({ context }) => ({ type: 'tool_start' as const, ...origin(context), id: context.call.id })),
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
    })),
    dropSubagent: assign(({ context }, params: { agentId: string }) => {
      const { [params.agentId]: _gone, ...subagents } = context.subagents;
      return { subagents };
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
      const input = ran ? prepared?.input : context.input;
      const output = context.edited ? editedNote(given, { input, ran }) : given;
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
      });
      const settlement: Settlement = { id: call.id, rawId: call.rawId, name: call.name, status, output, ...judged };
      const fatal = ending?.fatal === undefined ? {} : { fatal: ending.fatal };
      enqueue.sendTo(context.owner, { type: 'call.settled' as const, settlement, ...fatal });
    }),
  },
  guards: {
    isLimited: ({ context }) => context.limited !== undefined,
    isPrepared: (_, params: { preparation: Preparation }) => params.preparation.ok,
    isSame: (_, params: { same: boolean }) => params.same,
    hasNoSubagents: ({ context }) => Object.keys(context.subagents).length === 0,
  },
}).createMachine({
  id: 'tool-call',
  description: 'One tool call, from request to result.',
  context: ({ input }) => ({ ...input, input: input.call.input, edited: false, ran: false, subagents: {} }),
  entry: 'announceCall',
  initial: 'checking',
  on: {
    cancel: {
      target: '.ending',
      actions: {
        type: 'endWith',
        params: ({ event }) => cancelled(event.reason),
      },
    },
    'subagent.started': {
      actions: { type: 'keepSubagent', params: ({ event }) => ({ agentId: event.agentId, ref: event.ref }) },
    },
    'subagent.ended': { actions: { type: 'dropSubagent', params: ({ event }) => ({ agentId: event.agentId }) } },
  },
  states: {
    checking: {
      description: 'Can it run at all (known tool, valid arguments), and may it?',
      initial: 'screening',
      states: {
        screening: {
          description: 'A call that a limit forbids goes no further.',
          always: [
            {
              guard: 'isLimited',
              target: '#tool-call.ending',
              actions: {
                type: 'endWith',
                params: ({ context }) => ({
                  status: 'limited' as const,
                  output: said(context.limited ?? ''),
                  decidedBy: { kind: 'limit' as const, reason: context.limited ?? '' },
                }),
              },
            },
            { target: 'preparing' },
          ],
        },
        preparing: {
          description: 'The tool is looked up, its schema parses the arguments, and what it touches is worked out.',
          invoke: {
            src: 'prepareCall',
            input: ({ context }) => ({
              call: context.call,
              input: context.input,
              agent: context.agent,
              tools: context.tools,
              workspace: context.workspace,
            }),
            onDone: [
              {
                guard: { type: 'isPrepared', params: ({ event }) => ({ preparation: event.output }) },
                target: 'deciding',
                actions: {
                  type: 'keepPreparation',
                  params: ({ event }) => ({ prepared: preparedOf(event.output) }),
                },
              },
              {
                target: '#tool-call.ending',
                actions: {
                  type: 'endWith',
                  params: ({ event }) => ({
                    status: 'error' as const,
                    output: said(problemOf(event.output)),
                    decidedBy: { kind: 'input' as const, reason: problemOf(event.output) },
                  }),
                },
              },
            ],
            onError: {
              target: '#tool-call.ending',
              actions: {
                type: 'endWith',
                params: ({ event }) => ({
                  status: 'error' as const,
                  output: said(`This call could not be checked: ${messageOf(event.error)}`),
                  decidedBy: { kind: 'input' as const, reason: messageOf(event.error) },
                }),
              },
            },
          },
        },
        deciding: {
          description: 'The orchestrator decides.',
          entry: 'requestDecision',
          on: {
            cancel: {
              target: '#tool-call.ending',
              actions: ['withdrawRequest', { type: 'endWith', params: ({ event }) => cancelled(event.reason) }],
            },
          },
        },
      },
      on: {
        'call.allowed': {
          target: 'starting',
          actions: { type: 'keepDecision', params: ({ event }) => ({ decidedBy: event.decidedBy }) },
        },
        'call.denied': {
          target: 'ending',
          actions: {
            type: 'endWith',
            params: ({ event }) => ({
              status: 'denied' as const,
              output: said(deniedText(event.reason)),
              decidedBy: event.decidedBy,
              ...(event.fatal === true ? { fatal: event.reason } : {}),
            }),
          },
        },
        'call.asked': {
          target: 'awaitingRelay',
          actions: { type: 'keepRelay', params: ({ event }) => ({ relay: event.relay }) },
        },
      },
    },
    awaitingRelay: {
      description: 'A human is asked. Nothing else waits for it.',
      entry: ['announceRelay', 'reportWaiting'],
      exit: 'reportResumed',
      on: {
        'call.allowed': {
          target: 'starting',
          actions: [
            { type: 'announceResolution', params: ({ event }) => ({ resolution: resolutionOf(event.resolution) }) },
            { type: 'keepDecision', params: ({ event }) => ({ decidedBy: event.decidedBy }) },
          ],
        },
        'call.denied': {
          target: 'ending',
          actions: [
            { type: 'announceResolution', params: ({ event }) => ({ resolution: resolutionOf(event.resolution) }) },
            {
              type: 'endWith',
              params: ({ event }) => ({
                status: 'denied' as const,
                output: said(deniedText(event.reason)),
                decidedBy: event.decidedBy,
              }),
            },
          ],
        },
        'call.edited': {
          target: 'checking',
          actions: [
            { type: 'announceResolution', params: ({ event }) => ({ resolution: event.resolution }) },
            { type: 'takeEdit', params: ({ event }) => ({ input: event.input, approval: event.approval }) },
          ],
        },
        cancel: {
          target: 'ending',
          actions: [
            'withdrawRelay',
            {
              type: 'endWith',
              params: ({ event }) => ({
                status: 'cancelled' as const,
                output: said(`This call was cancelled while it waited for an answer: ${event.reason}`),
                decidedBy: { kind: 'cancel' as const, reason: event.reason },
              }),
            },
          ],
        },
      },
    },
    starting: {
      description: 'What was approved is what runs: the digest is taken again.',
      invoke: {
        src: 'verifyCall',
        input: ({ context }) => {
          if (context.prepared === undefined) throw new Error('starting is entered with a preparation only');
          return context.prepared;
        },
        onDone: [
          { guard: { type: 'isSame', params: ({ event }) => event.output }, target: 'executing' },
          { target: 'checking', actions: 'dropApproval' },
        ],
        onError: {
          target: 'ending',
          actions: {
            type: 'endWith',
            params: ({ event }) => ({
              status: 'error' as const,
              output: said(`This call could not be started: ${messageOf(event.error)}`),
            }),
          },
        },
      },
    },
    executing: {
      description: 'The tool runs; it may ask for subagents.',
      entry: ['announceStart', 'keepStart'],
      invoke: {
        id: 'tool',
        src: 'runTool',
        input: ({ context }) => {
          if (context.prepared === undefined) throw new Error('executing is entered with a preparation only');
          return {
            call: context.call,
            agent: context.agent,
            prepared: context.prepared,
            toolNames: context.tools.map(({ name }) => name),
            workspace: context.workspace,
          };
        },
        onError: {
          target: 'ending',
          actions: {
            type: 'endWith',
            params: ({ event }) => ({
              status: 'error' as const,
              output: said(`The tool failed: ${messageOf(event.error)}`),
            }),
          },
        },
      },
      on: {
        'tool.done': {
          target: 'ending',
          actions: { type: 'endWith', params: ({ event }) => ({ status: 'ok' as const, output: event.output }) },
        },
        'tool.failed': {
          target: 'ending',
          actions: { type: 'endWith', params: ({ event }) => ({ status: event.status, output: event.output }) },
        },
        'tool.spawn': {
          actions: {
            type: 'requestSubagent',
            params: ({ event }) => ({ agentId: event.agentId, params: event.params }),
          },
        },
        'subagent.refused': { actions: 'forwardToTool' },
        'subagent.ended': {
          actions: [{ type: 'dropSubagent', params: ({ event }) => ({ agentId: event.agentId }) }, 'forwardToTool'],
        },
      },
    },
    ending: {
      description: 'Subagents that still live are stopped first; the result comes after theirs.',
      entry: 'killSubagents',
      always: { guard: 'hasNoSubagents', target: 'settled' },
      on: {
        cancel: {},
        'subagent.started': {
          actions: [
            { type: 'keepSubagent', params: ({ event }) => ({ agentId: event.agentId, ref: event.ref }) },
            'killSubagents',
          ],
        },
      },
    },
    settled: { description: 'The result is out.', type: 'final', entry: 'settle' },
  },
  options: { maxIterations: 1000 },
});

function cancelled(reason: string): Ending {
  return {
    status: 'cancelled',
    output: said(`This call was cancelled: ${reason}`),
    decidedBy: { kind: 'cancel', reason },
  };
}

function preparedOf(preparation: Preparation): PreparedCall {
  if (preparation.ok) return preparation.prepared;
  throw new Error('guarded by isPrepared');
}

function problemOf(preparation: Preparation): string {
  return preparation.ok ? '' : preparation.problem;
}

function resolutionOf(resolution: Resolution | undefined): Resolution {
  return resolution ?? { relayId: '', approved: false, by: 'unknown', waitedMs: 0 };
}
