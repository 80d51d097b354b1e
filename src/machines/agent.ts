/**
 * One agent: its own history, turns of a model (or an external harness), and calls that run side by side. It never ends in
 * an XState error: it is `done`, and its output says how it ended.
 */
import { messageOf } from '../errors.ts';
import { initialContext, type ModelTurnInput, outputOf, passedLimit, turnInput } from './agent-context.ts';
import { agentSetup, fieldOf } from './agent-setup.ts';
import type { AgentMachine } from './machine-types.ts';

/** The chart of an agent. Bare, its actors are placeholders that fail with `not_configured`; `AgentOrchestrator` provides them. */
export const agentMachine: AgentMachine = agentSetup.createMachine({
  id: 'agent',
  description: 'One agent: turns of a model, calls that run side by side, an outcome.',
  context: ({ input }) => initialContext(input),
  entry: ['announceStart', 'setDeadline'],
  initial: 'running',
  output: ({ context }) => outputOf(context),
  on: {
    message: { actions: { type: 'takeMessage', params: ({ event }) => ({ message: event.message }) } },
    kill: {
      target: '.running.stopping',
      actions: { type: 'stopWith', params: ({ event }) => ({ status: 'cancelled', reason: event.reason ?? 'killed' }) },
    },
    'deadline.passed': {
      target: '.running.stopping',
      actions: { type: 'stopWith', params: ({ context }) => passedLimit(context, 'maxDurationMs') },
    },
    'harness.usage': { actions: { type: 'addUsage', params: ({ event }) => ({ usage: event.usage }) } },
    'harness.ended': {
      target: '.done',
      actions: {
        type: 'endWithHarness',
        params: ({ event: { text, status, reason } }) => ({
          text,
          ending: { status, ...(reason === undefined ? {} : { reason }) },
        }),
      },
    },
    'harness.failed': {
      target: '.done',
      actions: [
        { type: 'announceError', params: ({ event }) => ({ error: event.error }) },
        {
          type: 'endWithHarness',
          params: ({ event: { text, error } }) => ({ text, ending: { status: 'failed', reason: messageOf(error) } }),
        },
      ],
    },
    'xstate.error.actor.harness': {
      target: '.done',
      actions: [
        { type: 'announceError', params: ({ event }: { event: object }) => ({ error: fieldOf(event, 'error') }) },
        {
          type: 'endWith',
          params: ({ event }: { event: object }) => ({ status: 'failed', reason: messageOf(fieldOf(event, 'error')) }),
        },
      ],
    },
    'xstate.done.actor.*': [
      {
        guard: 'isFatal',
        description: 'No rule allows the call, and `onAsk` is `fail`.',
        target: '.running.stopping',
        actions: ['settleCall', 'reapCall'],
      },
      { actions: ['settleCall', 'reapCall'] },
    ],
    'xstate.error.actor.*': { actions: ['settleCrashedCall', 'reapCall'] },
  },
  states: {
    running: {
      description: 'At work.',
      initial: 'starting',
      states: {
        starting: {
          description: 'Our loop around a model, or an external harness.',
          always: [
            { guard: 'isRestored', description: 'The process was restarted.', target: 'restoring' },
            {
              guard: 'isExternal',
              description: 'The harness is the whole agent.',
              target: 'externalHarness',
              actions: 'startHarness',
            },
            { target: 'modelTurn' },
          ],
        },
        modelTurn: {
          description: 'The model answers. Its deltas bypass this machine.',
          entry: 'openTurn',
          initial: 'calling',
          states: {
            calling: {
              description: 'One model call.',
              invoke: {
                id: 'turn',
                src: 'modelTurn',
                input: ({ context }): ModelTurnInput => turnInput(context),
                onDone: {
                  target: '#agent.running.reviewing',
                  actions: [
                    { type: 'announceUsage', params: ({ event }) => ({ usage: event.output.usage }) },
                    { type: 'takeTurn', params: ({ event }) => ({ turn: event.output }) },
                    'announceTurn',
                  ],
                },
                onError: [
                  {
                    guard: { type: 'canRetry', params: ({ event }) => ({ error: event.error }) },
                    description: 'The error is temporary and attempts are left.',
                    target: 'backingOff',
                    actions: { type: 'discardTurn', params: ({ event }) => ({ error: event.error }) },
                  },
                  {
                    target: '#agent.done',
                    actions: [
                      { type: 'announceError', params: ({ event }) => ({ error: event.error }) },
                      {
                        type: 'stopWith',
                        params: ({ event }) => ({ status: 'failed', reason: messageOf(event.error) }),
                      },
                    ],
                  },
                ],
              },
            },
            backingOff: {
              description: 'The model call failed and is repeated after a delay.',
              after: { backOff: 'calling' },
            },
          },
        },
        reviewing: {
          description: 'Decides what follows the answer.',
          always: [
            {
              guard: 'hasCalls',
              description: 'The model called tools.',
              target: 'toolCalls',
              actions: 'startCalls',
            },
            {
              guard: 'isLastTurn',
              description: 'All turns are used.',
              target: '#agent.done',
              actions: { type: 'endWith', params: ({ context }) => passedLimit(context, 'maxIterations') },
            },
            {
              guard: 'isOutOfTokens',
              description: 'All tokens are used.',
              target: '#agent.done',
              actions: { type: 'endWith', params: ({ context }) => passedLimit(context, 'maxTokens') },
            },
            {
              guard: 'hasQueuedMessages',
              description: 'A message was sent to the agent.',
              target: 'modelTurn',
            },
            { target: '#agent.done', actions: { type: 'endWith', params: () => ({ status: 'completed' }) } },
          ],
        },
        toolCalls: {
          description: 'The calls of the turn run side by side.',
          always: [
            {
              guard: 'lastTurnIsOver',
              description: 'All calls are settled and all turns are used.',
              target: '#agent.done',
              actions: { type: 'endWith', params: ({ context }) => passedLimit(context, 'maxIterations') },
            },
            {
              guard: 'tokensAreSpent',
              description: 'All calls are settled and all tokens are used.',
              target: '#agent.done',
              actions: { type: 'endWith', params: ({ context }) => passedLimit(context, 'maxTokens') },
            },
            { guard: 'callsAreSettled', description: 'All calls are settled.', target: 'modelTurn' },
          ],
          on: {
            'call.waiting': {
              target: '#agent.awaitingRelay',
              actions: { type: 'addWaiting', params: ({ event }) => ({ id: event.id }) },
            },
          },
        },
        externalHarness: {
          description: 'An external harness runs. Its events bypass this machine.',
          always: {
            guard: 'isOutOfTokens',
            description: 'All tokens are used.',
            target: 'stopping',
            actions: { type: 'endWith', params: ({ context }) => passedLimit(context, 'maxTokens') },
          },
          on: {
            'call.waiting': {
              target: '#agent.awaitingRelay',
              actions: { type: 'addWaiting', params: ({ event }) => ({ id: event.id }) },
            },
          },
        },
        stopping: {
          description: 'Calls with their subagents, or the external harness, end first.',
          entry: ['announceStopping', 'stopWork'],
          always: { guard: 'nothingRuns', description: 'All calls are settled.', target: '#agent.done' },
          on: {
            kill: {},
            'deadline.passed': {},
            'xstate.done.actor.*': { actions: ['settleCall', 'reapCall'] },
          },
        },
        restoring: {
          description: 'After a restart: continues where the agent stood.',
          entry: 'discardCutTurn',
          initial: 'choosing',
          states: {
            choosing: {
              description: 'Selects the state from the journal.',
              always: [
                {
                  guard: 'wasEnding',
                  description: 'It was about to end.',
                  target: '#agent.running.stopping',
                  actions: 'startCalls',
                },
                {
                  guard: 'wasMidTurn',
                  description: 'It had taken a turn.',
                  target: '#agent.running.reviewing',
                },
                { target: '#agent.running.modelTurn' },
              ],
            },
          },
        },
        last: { description: 'The state before `awaitingRelay`.', type: 'history', history: 'shallow' },
      },
    },
    awaitingRelay: {
      description: 'One or more calls wait for a human; the others run.',
      entry: 'onAwaitingRelay',
      always: [
        {
          guard: 'isOutOfTokens',
          description: 'All tokens are used.',
          target: 'running.stopping',
          actions: { type: 'endWith', params: ({ context }) => passedLimit(context, 'maxTokens') },
        },
        { guard: 'nothingWaits', description: 'Every question is settled.', target: 'running.last' },
      ],
      on: {
        'call.waiting': { actions: { type: 'addWaiting', params: ({ event }) => ({ id: event.id }) } },
        'call.resumed': { actions: { type: 'removeWaiting', params: ({ event }) => ({ id: event.id }) } },
      },
    },
    done: { description: 'Ended, with an outcome.', type: 'final', entry: 'announceEnd' },
  },
  options: { maxIterations: 1000 },
});
