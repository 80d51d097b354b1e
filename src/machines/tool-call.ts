/**
 * One tool call, from request to result. It emits exactly one `tool_call` and exactly one `tool_result`, in that order, and
 * its output tells its agent how it ended.
 */
import { messageOf } from '../errors.ts';
import { endings } from './call-endings.ts';
import type { ToolCallMachine } from './machine-types.ts';
import {
  checkedOf,
  deniedEnding,
  mayHaveRun,
  openCall,
  outputOf,
  preparedOf,
  resolutionOf,
  withdrawnEnding,
} from './tool-call-context.ts';
import { toolCallSetup } from './tool-call-setup.ts';

/** The chart of a tool call. Bare, its actors are placeholders that fail with `not_configured`. */
export const toolCallMachine: ToolCallMachine = toolCallSetup.createMachine({
  id: 'tool-call',
  description: 'One tool call, from request to result.',
  context: ({ input }) => openCall(input),
  entry: 'announceCall',
  initial: 'requested',
  output: ({ context }) => outputOf(context),
  on: {
    cancel: {
      target: '.ending',
      actions: { type: 'endWith', params: ({ event }) => endings.cancelled(event.reason) },
    },
    'subagent.admitted': { actions: { type: 'startSubagent', params: ({ event }) => event } },
    'subagent.refused': { actions: { type: 'dropSubagent', params: ({ event }) => event } },
    'xstate.done.actor.agent': { actions: 'keepSubagentEnd' },
    'xstate.error.actor.agent': { actions: ['reportCrash', 'keepSubagentEnd'] },
  },
  states: {
    requested: {
      description: 'Announced. The check follows once all calls of the turn are announced.',
      always: { guard: 'isRestored', description: 'The process was restarted.', target: 'restoring' },
      on: { check: 'checking' },
    },
    checking: {
      description: 'Can the call run (known tool, valid arguments), and may it?',
      initial: 'deciding',
      states: {
        deciding: {
          description: 'Parses the arguments and applies the rules, in one step.',
          entry: 'checkCall',
          always: [
            {
              guard: 'isRefused',
              description: 'A limit, the schema or a deny rule forbids it.',
              target: '#tool-call.ending',
            },
            { guard: 'isAllowed', description: 'A rule or a grant allows it.', target: '#tool-call.executing' },
            { target: 'preparing' },
          ],
        },
        preparing: {
          description: 'Collects what a question needs: subjects, proposal, digest, files.',
          invoke: {
            id: 'prepare',
            src: 'prepareCall',
            input: ({ context: { call, input, spec } }) => ({ call, input, spec }),
            onDone: [
              {
                guard: { type: 'isPrepared', params: ({ event }) => ({ preparation: event.output }) },
                description: 'The call can run.',
                target: 'requesting',
                actions: { type: 'keepPreparation', params: ({ event }) => ({ preparation: event.output }) },
              },
              {
                target: '#tool-call.ending',
                actions: { type: 'keepPreparation', params: ({ event }) => ({ preparation: event.output }) },
              },
            ],
            onError: {
              target: '#tool-call.ending',
              actions: { type: 'endWith', params: ({ event }) => endings.uncheckable(event.error) },
            },
          },
        },
        requesting: {
          description: 'The orchestrator decides, and asks a human when nothing allows the call.',
          entry: ['requestDecision', 'dropReceipt'],
          on: {
            'call.allowed': {
              target: '#tool-call.starting',
              actions: { type: 'keepDecision', params: ({ event }) => event },
            },
            'call.denied': {
              target: '#tool-call.ending',
              actions: { type: 'endWith', params: ({ context, event }) => deniedEnding(context, event) },
            },
            'call.asked': {
              target: '#tool-call.awaitingRelay',
              actions: { type: 'keepRelay', params: ({ event }) => ({ relay: event.relay }) },
            },
            cancel: {
              target: '#tool-call.ending',
              actions: ['withdrawRequest', { type: 'endWith', params: ({ event }) => endings.cancelled(event.reason) }],
            },
          },
        },
      },
    },
    awaitingRelay: {
      description: 'A human is asked. No other call waits for the answer.',
      entry: ['announceRelay', 'reportWaiting'],
      exit: 'reportResumed',
      on: {
        'call.allowed': {
          target: 'starting',
          actions: [
            { type: 'announceResolution', params: ({ event }) => ({ resolution: resolutionOf(event) }) },
            { type: 'keepDecision', params: ({ event }) => event },
          ],
        },
        'call.denied': {
          target: 'ending',
          actions: [
            { type: 'announceResolution', params: ({ event }) => ({ resolution: resolutionOf(event) }) },
            { type: 'endWith', params: ({ context, event }) => deniedEnding(context, event) },
          ],
        },
        'call.outcomeReported': {
          target: 'ending',
          actions: [
            { type: 'announceResolution', params: ({ event }) => ({ resolution: event.resolution }) },
            { type: 'endWith', params: ({ event }) => endings.reported(event) },
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
            { type: 'endWith', params: ({ context, event }) => withdrawnEnding(context, event.reason) },
          ],
        },
      },
    },
    starting: {
      description:
        'A call that waited, for its preparation or for a human, is compared with what was approved, and decided again.',
      initial: 'verifying',
      states: {
        verifying: {
          description: 'Compares arguments, where paths lead, and the files a human saw.',
          invoke: {
            id: 'verify',
            src: 'verifyCall',
            input: ({ context }) => preparedOf(context),
            onDone: [
              {
                guard: { type: 'isSame', params: ({ event }) => event.output },
                description: 'It is what was approved.',
                target: 'confirming',
                actions: { type: 'keepVerification', params: ({ event }) => event.output },
              },
              {
                guard: 'keepsChanging',
                description: 'It changed too often.',
                target: '#tool-call.ending',
                actions: { type: 'endWith', params: endings.unsteady },
              },
              {
                target: '#tool-call.checking',
                actions: { type: 'keepDifference', params: ({ event }) => event.output },
              },
            ],
            onError: {
              target: '#tool-call.ending',
              actions: {
                type: 'endWith',
                params: ({ event }) => endings.failed(`This call could not be started: ${messageOf(event.error)}`),
              },
            },
          },
        },
        confirming: {
          description: 'The orchestrator decides again: a grant may be revoked, used up or expired.',
          entry: ['requestConfirmation', 'dropReceipt'],
          on: {
            'call.allowed': {
              target: '#tool-call.executing',
              actions: { type: 'keepDecision', params: ({ event }) => event },
            },
            'call.denied': {
              target: '#tool-call.ending',
              actions: { type: 'endWith', params: ({ context, event }) => deniedEnding(context, event) },
            },
            'call.asked': {
              target: '#tool-call.awaitingRelay',
              actions: { type: 'keepRelay', params: ({ event }) => ({ relay: event.relay }) },
            },
            cancel: {
              target: '#tool-call.ending',
              actions: ['withdrawRequest', { type: 'endWith', params: ({ event }) => endings.cancelled(event.reason) }],
            },
          },
        },
      },
    },
    executing: {
      description: 'The tool runs. It may start subagents.',
      entry: ['announceStart', 'markStarted'],
      invoke: {
        id: 'tool',
        src: 'runTool',
        input: ({ context }) => ({
          call: context.call,
          agent: context.spec.identity,
          prepared: checkedOf(context),
          toolNames: context.spec.tools.map(({ name }) => name),
          workspace: context.spec.workspace,
          // a human who lets a call run again that may have run wants it to start afresh
          children: mayHaveRun(context) ? [] : context.children,
        }),
        onError: {
          target: 'ending',
          actions: {
            type: 'endWith',
            params: ({ event }) => endings.failed(`The tool failed: ${messageOf(event.error)}`),
          },
        },
      },
      on: {
        'tool.done': {
          target: 'ending',
          actions: {
            type: 'endWith',
            params: ({ event: { output, files = [] } }) => ({ status: 'ok', output, files }),
          },
        },
        'tool.failed': {
          target: 'ending',
          actions: { type: 'endWith', params: ({ event }) => endings.byTool(event) },
        },
        'tool.spawn': { actions: { type: 'requestSubagent', params: ({ event }) => event } },
        'subagent.refused': { actions: ['tellTool', { type: 'dropSubagent', params: ({ event }) => event }] },
        'xstate.done.actor.agent': { actions: ['tellTool', 'keepSubagentEnd'] },
        'xstate.error.actor.agent': { actions: ['tellTool', 'reportCrash', 'keepSubagentEnd'] },
      },
    },
    ending: {
      description: 'Its subagents end first; the result follows theirs.',
      entry: ['returnUses', 'killSubagents'],
      always: { guard: 'hasNoSubagents', description: 'All subagents have ended.', target: 'settled' },
      on: {
        cancel: {},
        'subagent.admitted': [
          {
            guard: { type: 'isRestoredAgent', params: ({ event }) => event },
            description: 'Its end must be recorded.',
            actions: [{ type: 'startSubagent', params: ({ event }) => event }, 'killSubagents'],
          },
          { actions: { type: 'dismissSubagent', params: ({ event }) => event } },
        ],
      },
    },
    settled: { description: 'The result is recorded.', type: 'final', entry: 'announceResult' },
    restoring: {
      description: 'After a restart: continues where the call stood.',
      entry: 'requestRestored',
      initial: 'choosing',
      states: {
        choosing: {
          description: 'Selects the state from the journal.',
          always: [
            { guard: 'wasUnchecked', description: 'It had not been checked.', target: '#tool-call.checking' },
            {
              guard: 'wasOver',
              description: 'It only has to end.',
              target: '#tool-call.ending',
              actions: 'announceWithdrawal',
            },
            {
              guard: 'wasWaiting',
              description: 'Its question was open.',
              target: '#tool-call.awaitingRelay',
              actions: 'repeatQuestion',
            },
            { guard: 'wasRunning', description: 'It was running.', target: 'askingOutcome' },
            { target: '#tool-call.starting' },
          ],
        },
        askingOutcome: {
          description: 'The outcome of the interrupted run is unknown; a human must report it.',
          entry: 'requestOutcome',
          on: {
            'call.asked': {
              target: '#tool-call.awaitingRelay',
              actions: { type: 'keepRelay', params: ({ event }) => ({ relay: event.relay }) },
            },
            'call.denied': {
              target: '#tool-call.ending',
              actions: { type: 'endWith', params: ({ event }) => endings.givenUp(event) },
            },
            cancel: {
              target: '#tool-call.ending',
              actions: ['withdrawRequest', { type: 'endWith', params: ({ event }) => endings.unknown(event.reason) }],
            },
          },
        },
      },
    },
  },
  options: { maxIterations: 1000 },
});
