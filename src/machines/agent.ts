/**
 * One agent: a history of its own, turns of a model (or a harness that runs itself), and calls that run side by side.
 * It never ends in an XState error: it is `done`, with an outcome that says how.
 */
import { messageOf } from '../errors.ts';
import {
  type AgentContext,
  codeOf,
  type Ending,
  initialContext,
  type ModelTurnInput,
  outcomeOf,
  turnInput,
} from './agent-context.ts';
import { agentSetup } from './agent-setup.ts';

const reasonOf = (reason: string | undefined) => (reason === undefined ? {} : { reason });

const passed = ({ spec }: AgentContext, limit: 'maxIterations' | 'maxTokens' | 'maxDurationMs'): Ending => ({
  status: 'limited',
  reason: `Limit ${limit} (${spec.limits[limit]}) reached.`,
});

export const agentMachine = agentSetup.createMachine({
  id: 'agent',
  description: 'One agent: turns of a model, calls that run side by side, an outcome.',
  context: ({ input }) => initialContext(input),
  entry: ['announceStart', 'discardCutTurn', 'reportToCaller', 'setDeadline'],
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
      actions: { type: 'hireSubagent', params: ({ event }) => event },
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
          description: 'Our loop around a model, or a harness that runs itself; after a restart, where it stood.',
          always: [
            { guard: 'cameBackEnding', target: 'stopping', actions: 'hireCalls' },
            { guard: 'cameBackMidTurn', target: 'judging' },
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
                    { type: 'announceUsage', params: ({ event }) => ({ usage: event.output.usage }) },
                    { type: 'keepTurn', params: ({ event }) => ({ turn: event.output }) },
                    'announceTurn',
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
            { guard: 'isQuiet', target: 'thinking', actions: 'keepResults' },
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
          entry: ['announceStopping', 'cancelCalls'],
          always: { guard: 'isQuiet', target: '#agent.done' },
          on: {
            kill: {},
            'deadline.passed': {},
            'call.waiting': {},
            'call.resumed': {},
            // one that comes back must come, or nobody would say that it ended
            'subagent.requested': [
              {
                guard: { type: 'isComingBack', params: ({ event }) => ({ back: event.subagent.back }) },
                actions: { type: 'requestSubagent', params: ({ event }) => ({ subagent: event.subagent }) },
              },
              { actions: { type: 'refuseSubagent', params: ({ event }) => ({ subagent: event.subagent }) } },
            ],
            'subagent.admitted': [
              {
                guard: { type: 'isComingBack', params: ({ event }) => ({ back: event.back }) },
                actions: { type: 'hireSubagent', params: ({ event }) => event },
              },
              { actions: { type: 'dismissSubagent', params: ({ event }) => event } },
            ],
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
