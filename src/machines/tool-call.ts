/**
 * One tool call, from request to result. Whatever happens in between, it emits exactly one `tool_call` and exactly
 * one `tool_result`, in that order, and tells its agent once how it ended.
 */
import { messageOf } from '../errors.ts';
import { endings, mayHaveRun, openCall, preparedOf, resolutionOf } from './tool-call-context.ts';
import { toolCallSetup } from './tool-call-setup.ts';

export const toolCallMachine = toolCallSetup.createMachine({
  id: 'tool-call',
  description: 'One tool call, from request to result.',
  context: ({ input }) => openCall(input),
  entry: ['announceCall', 'recallChildren'],
  initial: 'arriving',
  on: {
    cancel: {
      target: '.ending',
      actions: {
        type: 'endWith',
        params: ({ event }) => endings.cancelled(event.reason),
      },
    },
    'subagent.started': {
      actions: { type: 'keepSubagent', params: ({ event }) => ({ agentId: event.agentId, ref: event.ref }) },
    },
    'subagent.ended': { actions: { type: 'dropSubagent', params: ({ event }) => event } },
  },
  states: {
    arriving: {
      description: 'A new call is checked. One that comes back after a restart goes on where it stood.',
      always: [
        { guard: 'isUnchecked', target: 'checking' },
        { guard: 'cameBackOver', target: 'ending', actions: 'announceWithdrawal' },
        { guard: 'cameBackWaiting', target: 'awaitingRelay', actions: 'rejoinQuestion' },
        { guard: 'cameBackInterrupted', target: 'interrupted' },
        { target: 'starting' },
      ],
    },
    interrupted: {
      description: 'It was running when the process ended: what became of it, only a human can say.',
      entry: 'requestVerdict',
      on: {
        'call.asked': {
          target: 'awaitingRelay',
          actions: { type: 'keepRelay', params: ({ event }) => ({ relay: event.relay }) },
        },
        'call.denied': {
          target: 'ending',
          actions: { type: 'endWith', params: ({ event }) => endings.givenUp(event) },
        },
        cancel: {
          target: 'ending',
          actions: ['withdrawRequest', { type: 'endWith', params: ({ event }) => endings.unknown(event.reason) }],
        },
      },
    },
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
                params: ({ context }) => endings.limited(context.limited ?? ''),
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
                  params: ({ event }) => ({ preparation: event.output }),
                },
              },
              {
                target: '#tool-call.ending',
                actions: { type: 'refuseInput', params: ({ event }) => ({ preparation: event.output }) },
              },
            ],
            onError: {
              target: '#tool-call.ending',
              actions: {
                type: 'endWith',
                params: ({ event }) => endings.uncheckable(event.error),
              },
            },
          },
        },
        deciding: {
          description: 'The orchestrator decides.',
          entry: ['requestDecision', 'handInReceipt'],
          on: {
            cancel: {
              target: '#tool-call.ending',
              actions: ['withdrawRequest', { type: 'endWith', params: ({ event }) => endings.cancelled(event.reason) }],
            },
          },
        },
      },
      on: {
        'call.allowed': {
          target: 'starting',
          actions: { type: 'keepDecision', params: ({ event }) => event },
        },
        'call.denied': [
          {
            guard: 'mayHaveRun',
            target: 'ending',
            actions: { type: 'endWith', params: ({ event }) => endings.givenUp(event) },
          },
          {
            target: 'ending',
            actions: {
              type: 'endWith',
              params: ({ event }) => endings.denied(event),
            },
          },
        ],
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
            { type: 'announceResolution', params: ({ event }) => ({ resolution: resolutionOf(event) }) },
            { type: 'keepDecision', params: ({ event }) => event },
          ],
        },
        'call.denied': [
          {
            guard: 'mayHaveRun',
            target: 'ending',
            actions: [
              { type: 'announceResolution', params: ({ event }) => ({ resolution: resolutionOf(event) }) },
              { type: 'endWith', params: ({ event }) => endings.givenUp(event) },
            ],
          },
          {
            target: 'ending',
            actions: [
              { type: 'announceResolution', params: ({ event }) => ({ resolution: resolutionOf(event) }) },
              { type: 'endWith', params: ({ event }) => endings.denied(event) },
            ],
          },
        ],
        'call.recounted': {
          target: 'ending',
          actions: [
            { type: 'announceResolution', params: ({ event }) => ({ resolution: event.resolution }) },
            { type: 'endWith', params: ({ event }) => endings.recounted(event) },
          ],
        },
        'call.edited': {
          target: 'checking',
          actions: [
            { type: 'announceResolution', params: ({ event }) => ({ resolution: event.resolution }) },
            { type: 'takeEdit', params: ({ event }) => ({ input: event.input, approval: event.approval }) },
          ],
        },
        cancel: [
          {
            guard: 'mayHaveRun',
            target: 'ending',
            actions: ['withdrawRelay', { type: 'endWith', params: ({ event }) => endings.unknown(event.reason) }],
          },
          {
            target: 'ending',
            actions: ['withdrawRelay', { type: 'endWith', params: ({ event }) => endings.withdrawn(event.reason) }],
          },
        ],
      },
    },
    starting: {
      description: 'What was approved is what runs: everything is looked at once more.',
      initial: 'verifying',
      states: {
        verifying: {
          description: 'Arguments, where paths lead, and after a question also the files the call names.',
          invoke: {
            src: 'verifyCall',
            input: ({ context }) => preparedOf(context),
            onDone: [
              {
                guard: { type: 'isSame', params: ({ event }) => event.output },
                target: 'confirming',
                actions: { type: 'keepVerification', params: ({ event }) => event.output },
              },
              {
                guard: 'keepsChanging',
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
          description: 'The orchestrator still allows it: nothing was revoked, used up or expired meanwhile.',
          entry: ['requestConfirmation', 'handInReceipt'],
          on: {
            'call.allowed': {
              target: '#tool-call.executing',
              actions: { type: 'keepConfirmation', params: ({ event }) => event },
            },
            'call.denied': [
              {
                guard: 'mayHaveRun',
                target: '#tool-call.ending',
                actions: { type: 'endWith', params: ({ event }) => endings.givenUp(event) },
              },
              {
                target: '#tool-call.ending',
                actions: { type: 'endWith', params: ({ event }) => endings.denied(event) },
              },
            ],
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
      description: 'The tool runs; it may ask for subagents.',
      entry: ['announceStart', 'keepStart'],
      invoke: {
        id: 'tool',
        src: 'runTool',
        input: ({ context }) => ({
          call: context.call,
          agent: context.agent,
          prepared: preparedOf(context),
          toolNames: context.tools.map(({ name }) => name),
          workspace: context.workspace,
          // whoever has a call run again that may have run wants it as if it had not
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
            params: ({ event: { output, files = [] } }) => ({ status: 'ok' as const, output, files }),
          },
        },
        'tool.failed': {
          target: 'ending',
          actions: { type: 'endWith', params: ({ event }) => endings.byTool(event) },
        },
        'tool.spawn': {
          actions: {
            type: 'requestSubagent',
            params: ({ event }) => ({ agentId: event.agentId, params: event.params }),
          },
        },
        'subagent.refused': { actions: 'forwardToTool' },
        'subagent.ended': {
          actions: [{ type: 'dropSubagent', params: ({ event }) => event }, 'forwardToTool'],
        },
      },
    },
    ending: {
      description: 'Subagents that still live are stopped first; the result comes after theirs.',
      entry: ['returnUses', 'killSubagents'],
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
