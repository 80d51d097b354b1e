/**
 * One agent: a history of its own, turns of a model (or a harness that runs itself), and calls that run side by side.
 * It never ends in an XState error: it is `done`, with an outcome that says how.
 */
import { and, assign, emit, enqueueActions, sendTo, setup } from 'xstate';
import { GreenroomError, messageOf, ModelError } from '../errors.ts';
import type { AgentOutcome, HarnessEvent, Message, Usage } from '../events.ts';
import type { TurnResult } from '../harness/harness.ts';
import {
  addUsage,
  type AgentContext,
  type AgentInput,
  callsLimit,
  type Ending,
  freshDraft,
  historyOf,
  type HostHarnessInput,
  initialContext,
  isOutOfTokens,
  modelName,
  type ModelTurnInput,
  origin,
  outcomeOf,
  resultsOf,
  retryDelay,
  textOf,
  turnInput,
  uniqueCalls,
} from './agent-context.ts';
import { callHire, subagentHire } from './agent-hires.ts';
import { CREW_CAPACITY, createCrewMachine } from './crew.ts';
import { lastTurnText } from './model-texts.ts';
import { notConfigured, unprovidedRoles } from './not-configured.ts';
import type { AgentEvent, AgentSpec, Ref, Settlement, SubagentEvent, SubagentRequest } from './protocol.ts';
import { childSpec } from './subagent.ts';

const actorIdOf = (event: { type: string }): string => event.type.replace(/^xstate\.(?:done|error)\.actor\./, '');

/** XState's error events are not among the typed ones. */
const errorIn = (event: object): unknown => ('error' in event ? event.error : undefined);

const codeOf = (error: unknown): string => (error instanceof GreenroomError ? error.code : 'harness');

const reasonOf = (reason: string | undefined) => (reason === undefined ? {} : { reason });

const passed = ({ spec }: AgentContext, limit: 'maxIterations' | 'maxTokens' | 'maxDurationMs'): Ending => ({
  status: 'limited',
  reason: `Limit ${limit} (${spec.limits[limit]}) reached.`,
});

export const agentMachine = setup({
  types: {
    context: {} as AgentContext,
    events: {} as AgentEvent,
    input: {} as AgentInput,
    output: {} as AgentOutcome,
    emitted: {} as HarnessEvent,
  },
  actors: {
    modelTurn: notConfigured.promise<TurnResult, ModelTurnInput>('modelTurn'),
    hostHarness: notConfigured.callback<HostHarnessInput>('hostHarness'),
    deadline: notConfigured.callback<{ ms: number }>('deadline'),
    crew: createCrewMachine(unprovidedRoles),
  },
  actions: {
    announceStart: emit(({ context }) => {
      const { identity } = context.spec;
      const model = modelName(context.spec.model);
      return {
        type: 'harness_start' as const,
        ...origin(context),
        name: identity.name,
        path: [...identity.path],
        depth: identity.path.length - 1,
        ...(model === undefined ? {} : { model }),
      };
    }),
    reportToCaller: enqueueActions(({ context, self, enqueue }) => {
      if (context.caller === undefined) return;
      enqueue.sendTo(context.caller, {
        type: 'subagent.started' as const,
        agentId: context.spec.identity.id,
        ref: self,
      });
    }),
    setDeadline: enqueueActions(({ context, enqueue }) => {
      const ms = context.spec.limits.maxDurationMs;
      if (ms !== undefined) enqueue.spawnChild('deadline', { id: 'deadline', input: { ms } });
    }),
    takeMessage: assign(({ context }, params: { message: Message }) => ({ inbox: [...context.inbox, params.message] })),
    openTurn: assign(({ context }) => {
      const lastTurn = context.turns >= context.spec.limits.maxIterations;
      const closing: Message[] = lastTurn ? [{ role: 'user', content: lastTurnText(context.turns) }] : [];
      return {
        messages: [...context.messages, ...context.inbox, ...closing],
        inbox: [],
        turns: context.turns + 1,
        attempt: 1,
        lastTurn,
      };
    }),
    openDraft: assign(() => ({ draft: freshDraft() })),
    keepTurn: assign(({ context }, params: { turn: TurnResult }) => {
      const { calls, seen } = uniqueCalls(context, params.turn);
      return {
        messages: [...context.messages, historyOf(params.turn, calls)],
        usage: addUsage(context.usage, params.turn.usage),
        text: textOf(params.turn) || context.text,
        draft: freshDraft(),
        calls,
        seenCalls: seen,
        settled: {},
        waiting: 0,
      };
    }),
    announceUsage: emit(({ context }, params: { usage: Usage }) => ({
      type: 'usage' as const,
      ...origin(context),
      ...params.usage,
    })),
    discardTurn: enqueueActions(({ context, enqueue }, params: { error: unknown }) => {
      const retryInMs = retryDelay(context, params.error);
      if (context.draft.blocks.size > 0) {
        enqueue.emit({
          type: 'turn_discarded',
          ...origin(context),
          blocks: [...context.draft.blocks],
          attempt: context.attempt,
          reason: messageOf(params.error),
          retryInMs,
        });
      }
      enqueue.assign({ retryInMs, attempt: context.attempt + 1 });
    }),
    hireCalls: enqueueActions(({ context, self, enqueue }) => {
      const limited = callsLimit(context);
      const callCrews: string[] = [];
      for (let from = 0; from < context.calls.length; from += CREW_CAPACITY) {
        const hires = context.calls
          .slice(from, from + CREW_CAPACITY)
          .map((call) => callHire({ call, agent: context, owner: self, limited }));
        const id = `calls-${context.crews + callCrews.length + 1}`;
        enqueue.spawnChild('crew', { id, input: { capacity: hires.length, hires } });
        callCrews.push(id);
      }
      enqueue.assign({ crews: context.crews + callCrews.length, callCrews });
    }),
    keepSettlement: assign(({ context }, params: { settlement: Settlement }) => ({
      settled: { ...context.settled, [params.settlement.id]: params.settlement },
    })),
    keepResults: assign(({ context }) => ({ messages: [...context.messages, ...resultsOf(context)], calls: [] })),
    countWaiting: assign(({ context }) => ({ waiting: context.waiting + 1 })),
    countResumed: assign(({ context }) => ({ waiting: context.waiting - 1 })),
    requestSubagent: sendTo(
      ({ context }) => context.orchestrator,
      ({ context, self }, params: { subagent: SubagentRequest }) => ({
        type: 'agent.requested' as const,
        spec: childSpec(context.spec, params.subagent),
        parent: self,
        caller: params.subagent.caller,
      }),
    ),
    refuseSubagent: enqueueActions(({ enqueue }, params: { subagent: SubagentRequest }) => {
      enqueue.sendTo(params.subagent.caller, {
        type: 'subagent.refused' as const,
        agentId: params.subagent.agentId,
        limit: 'stopping',
        message: 'The agent that asked is stopping, so no subagent was started.',
      });
    }),
    dismissSubagent: enqueueActions(({ context, enqueue }, params: { spec: AgentSpec; caller: Ref<SubagentEvent> }) => {
      const { id: agentId, lineage } = params.spec.identity;
      enqueue.sendTo(context.orchestrator, { type: 'agent.ended' as const, agentId, treeId: lineage[0] ?? agentId });
      const message = 'The agent that asked is stopping, so no subagent was started.';
      enqueue.sendTo(params.caller, { type: 'subagent.refused' as const, agentId, limit: 'stopping', message });
    }),
    hireSubagent: enqueueActions(({ context, enqueue }, params: { spec: AgentSpec; caller: Ref<SubagentEvent> }) => {
      const hire = subagentHire({ ...params, orchestrator: context.orchestrator });
      const open = context.subagentCrew;
      if (open !== undefined && open.hired < CREW_CAPACITY) {
        enqueue.sendTo(open.id, { type: 'hire' as const, hires: [hire] });
        enqueue.assign({ subagentCrew: { id: open.id, hired: open.hired + 1 } });
        return;
      }
      const id = `subagents-${context.crews + 1}`;
      enqueue.spawnChild('crew', { id, input: { capacity: CREW_CAPACITY, hires: [hire] } });
      enqueue.assign({ crews: context.crews + 1, subagentCrew: { id, hired: 1 } });
    }),
    reapCrew: enqueueActions(({ context, event, enqueue }) => {
      const id = actorIdOf(event);
      enqueue.stopChild(id);
      enqueue.assign({
        callCrews: context.callCrews.filter((crew) => crew !== id),
        subagentCrew: context.subagentCrew?.id === id ? undefined : context.subagentCrew,
      });
    }),
    cancelCalls: enqueueActions(({ context, enqueue }) => {
      const reason = context.ending?.reason ?? 'the agent was stopped';
      for (const crew of context.callCrews) {
        enqueue.sendTo(crew, { type: 'broadcast' as const, event: { type: 'cancel' as const, reason } });
      }
      if (context.hosting) enqueue.sendTo('host', { type: 'host.stop' as const, reason });
    }),
    hireHost: enqueueActions(({ context, enqueue }) => {
      const { spec, orchestrator, draft } = context;
      enqueue.spawnChild('hostHarness', { id: 'host', input: { spec, orchestrator, draft } });
      enqueue.assign({ hosting: true });
    }),
    reapHost: enqueueActions(({ enqueue }) => {
      enqueue.stopChild('host');
      enqueue.assign({ hosting: false });
    }),
    endWith: assign(({ context }, params: Ending) => ({ ending: context.ending ?? params })),
    keepPartialText: assign(({ context }) => ({ text: context.draft.text || context.text })),
    keepHostText: assign(({ context }, params: { text: string }) => ({ text: params.text || context.text })),
    keepHostUsage: assign(({ context }, params: Usage) => ({ usage: addUsage(context.usage, params) })),
    announceError: emit(({ context }, params: { code: string; error: unknown }) => ({
      type: 'error' as const,
      ...origin(context),
      code: params.code,
      message: messageOf(params.error),
    })),
    announceCrash: emit(({ context, event }) => ({
      type: 'error' as const,
      ...origin(context),
      code: codeOf(errorIn(event)),
      message: messageOf(errorIn(event)),
    })),
    endCrashed: assign(({ context, event }) => ({
      ending: context.ending ?? { status: 'failed' as const, reason: messageOf(errorIn(event)) },
    })),
    announceEnd: enqueueActions(({ context, enqueue }) => {
      const outcome = outcomeOf(context);
      const { identity } = context.spec;
      enqueue.emit({ type: 'harness_end', ...origin(context), ...outcome });
      enqueue.sendTo(context.orchestrator, {
        type: 'agent.ended' as const,
        agentId: identity.id,
        treeId: identity.lineage[0] ?? identity.id,
      });
      if (context.caller !== undefined) {
        enqueue.sendTo(context.caller, { type: 'subagent.ended' as const, agentId: identity.id, outcome });
      }
    }),
  },
  guards: {
    isNative: ({ context }) => context.spec.native,
    canRetry: ({ context }, params: { error: unknown }) =>
      params.error instanceof ModelError && params.error.retryable && context.attempt < context.spec.retry.maxAttempts,
    hasCalls: ({ context }) => context.calls.length > 0,
    hasMail: ({ context }) => context.inbox.length > 0,
    isLastTurn: ({ context }) => context.lastTurn,
    isOutOfTokens: ({ context }) => isOutOfTokens(context),
    allSettled: ({ context }) => context.calls.every((call) => call.id in context.settled),
    wasLastTurn: and(['allSettled', 'isLastTurn']),
    isSpent: and(['allSettled', 'isOutOfTokens']),
    isQuiet: ({ context }) => !context.hosting && context.calls.every((call) => call.id in context.settled),
    isEnding: ({ context }) => context.ending !== undefined,
    isFatal: (_, params: { fatal: string | undefined }) => params.fatal !== undefined,
    isStillWaiting: ({ context }) => context.waiting > 1,
  },
  delays: { backOff: ({ context }) => context.retryInMs },
}).createMachine({
  id: 'agent',
  description: 'One agent: turns of a model, calls that run side by side, an outcome.',
  context: ({ input }) => initialContext(input),
  entry: ['announceStart', 'reportToCaller', 'setDeadline'],
  initial: 'running',
  output: ({ context }) => outcomeOf(context),
  on: {
    message: { actions: { type: 'takeMessage', params: ({ event }) => ({ message: event.message }) } },
    kill: {
      target: '.running.stopping',
      actions: [
        'keepPartialText',
        {
          type: 'endWith',
          params: ({ event }) => ({ status: 'cancelled' as const, reason: event.reason ?? 'killed' }),
        },
      ],
    },
    'deadline.passed': {
      target: '.running.stopping',
      actions: [
        'keepPartialText',
        {
          type: 'endWith',
          params: ({ context }) => passed(context, 'maxDurationMs'),
        },
      ],
    },
    'call.settled': [
      {
        guard: { type: 'isFatal', params: ({ event }) => ({ fatal: event.fatal }) },
        target: '.running.stopping',
        actions: [
          { type: 'keepSettlement', params: ({ event }) => ({ settlement: event.settlement }) },
          { type: 'endWith', params: ({ event }) => ({ status: 'failed' as const, reason: event.fatal ?? '' }) },
        ],
      },
      { actions: { type: 'keepSettlement', params: ({ event }) => ({ settlement: event.settlement }) } },
    ],
    'subagent.requested': {
      actions: { type: 'requestSubagent', params: ({ event }) => ({ subagent: event.subagent }) },
    },
    'subagent.admitted': {
      actions: { type: 'hireSubagent', params: ({ event }) => ({ spec: event.spec, caller: event.caller }) },
    },
    'host.usage': {
      actions: { type: 'keepHostUsage', params: ({ event }) => event.usage },
    },
    'host.ended': {
      target: '.running.stopping',
      actions: [
        { type: 'keepHostText', params: ({ event }) => ({ text: event.text }) },
        { type: 'endWith', params: ({ event }) => ({ status: event.status, ...reasonOf(event.reason) }) },
        'reapHost',
      ],
    },
    'host.failed': {
      target: '.running.stopping',
      actions: [
        { type: 'keepHostText', params: ({ event }) => ({ text: event.text }) },
        { type: 'announceError', params: ({ event }) => ({ code: codeOf(event.error), error: event.error }) },
        { type: 'endWith', params: ({ event }) => ({ status: 'failed' as const, reason: messageOf(event.error) }) },
        'reapHost',
      ],
    },
    'xstate.done.actor.*': { actions: 'reapCrew' },
    'xstate.error.actor.host': {
      target: '.running.stopping',
      actions: ['keepPartialText', 'announceCrash', 'endCrashed', 'reapHost'],
    },
    'xstate.error.actor.*': { actions: 'reapCrew' },
  },
  states: {
    running: {
      description: 'At work.',
      initial: 'choosing',
      states: {
        choosing: {
          description: 'Our loop around a model, or a harness that runs itself.',
          always: [
            { guard: 'isNative', target: 'thinking' },
            { target: 'hosting', actions: 'hireHost' },
          ],
        },
        thinking: {
          description: 'The model turn runs; what it streams goes past this machine.',
          entry: 'openTurn',
          initial: 'asking',
          states: {
            asking: {
              description: 'One model call.',
              entry: 'openDraft',
              invoke: {
                id: 'turn',
                src: 'modelTurn',
                input: ({ context }): ModelTurnInput => turnInput(context),
                onDone: {
                  target: '#agent.running.judging',
                  actions: [
                    { type: 'keepTurn', params: ({ event }) => ({ turn: event.output }) },
                    { type: 'announceUsage', params: ({ event }) => ({ usage: event.output.usage }) },
                  ],
                },
                onError: [
                  {
                    guard: { type: 'canRetry', params: ({ event }) => ({ error: event.error }) },
                    target: 'backingOff',
                    actions: { type: 'discardTurn', params: ({ event }) => ({ error: event.error }) },
                  },
                  {
                    target: '#agent.done',
                    actions: [
                      'keepPartialText',
                      {
                        type: 'announceError',
                        params: ({ event }) => ({ code: codeOf(event.error), error: event.error }),
                      },
                      {
                        type: 'endWith',
                        params: ({ event }) => ({ status: 'failed' as const, reason: messageOf(event.error) }),
                      },
                    ],
                  },
                ],
              },
            },
            backingOff: {
              description: 'The provider failed; the same turn is asked again after a while.',
              after: { backOff: 'asking' },
            },
          },
        },
        judging: {
          description: 'What the turn asks for.',
          always: [
            { guard: 'hasCalls', target: 'acting', actions: 'hireCalls' },
            {
              guard: 'isLastTurn',
              target: '#agent.done',
              actions: {
                type: 'endWith',
                params: ({ context }) => passed(context, 'maxIterations'),
              },
            },
            {
              guard: 'isOutOfTokens',
              target: '#agent.done',
              actions: {
                type: 'endWith',
                params: ({ context }) => passed(context, 'maxTokens'),
              },
            },
            { guard: 'hasMail', target: 'thinking' },
            {
              target: '#agent.done',
              actions: { type: 'endWith', params: () => ({ status: 'completed' as const }) },
            },
          ],
        },
        acting: {
          description: 'The calls of the turn run side by side.',
          always: [
            {
              guard: 'wasLastTurn',
              target: '#agent.done',
              actions: {
                type: 'endWith',
                params: ({ context }) => passed(context, 'maxIterations'),
              },
            },
            {
              guard: 'isSpent',
              target: '#agent.done',
              actions: {
                type: 'endWith',
                params: ({ context }) => passed(context, 'maxTokens'),
              },
            },
            { guard: 'allSettled', target: 'thinking', actions: 'keepResults' },
          ],
          on: { 'call.waiting': { target: '#agent.awaitingRelay', actions: 'countWaiting' } },
        },
        hosting: {
          description: 'A harness of its own kind runs; its events pass through.',
          always: {
            guard: 'isOutOfTokens',
            target: 'stopping',
            actions: {
              type: 'endWith',
              params: ({ context }) => passed(context, 'maxTokens'),
            },
          },
          on: { 'call.waiting': { target: '#agent.awaitingRelay', actions: 'countWaiting' } },
        },
        stopping: {
          description: 'Calls and subagents are ended first, then the agent.',
          entry: 'cancelCalls',
          always: { guard: 'isQuiet', target: '#agent.done' },
          on: {
            kill: {},
            'deadline.passed': {},
            'call.waiting': {},
            'call.resumed': {},
            'subagent.requested': {
              actions: { type: 'refuseSubagent', params: ({ event }) => ({ subagent: event.subagent }) },
            },
            'subagent.admitted': {
              actions: { type: 'dismissSubagent', params: ({ event }) => ({ spec: event.spec, caller: event.caller }) },
            },
            'call.settled': {
              actions: { type: 'keepSettlement', params: ({ event }) => ({ settlement: event.settlement }) },
            },
            'host.ended': {
              actions: [{ type: 'keepHostText', params: ({ event }) => ({ text: event.text }) }, 'reapHost'],
            },
          },
        },
      },
    },
    awaitingRelay: {
      description: 'One or more calls wait for a human; the others go on.',
      always: {
        guard: 'isOutOfTokens',
        target: 'running.stopping',
        actions: {
          type: 'endWith',
          params: ({ context }) => passed(context, 'maxTokens'),
        },
      },
      on: {
        'call.waiting': { actions: 'countWaiting' },
        'call.resumed': [
          { guard: 'isStillWaiting', actions: 'countResumed' },
          { guard: 'isNative', target: 'running.acting', actions: 'countResumed' },
          { target: 'running.hosting', actions: 'countResumed' },
        ],
      },
    },
    done: { description: 'Ended, with an outcome.', type: 'final', entry: 'announceEnd' },
  },
  options: { maxIterations: 1000 },
});
