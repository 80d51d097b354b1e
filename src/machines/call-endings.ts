/** The ways a call can end without its tool having reported an outcome. */
import { messageOf } from '../errors.ts';
import type { CallOutput, DecidedBy } from '../events.ts';
import type { CallEnding } from './call-entities.ts';
import { deniedText, reportedOutcomeNote, unknownText } from './model-texts.ts';
import type { CallerEvent, ToolCallEvent } from './protocol.ts';

type Denied = Extract<CallerEvent, { type: 'call.denied' }>;

const textOutput = (text: string): CallOutput => ({ context: text });

export const endings = {
  failed: (text: string): CallEnding => ({ status: 'error', output: textOutput(text) }),
  unsteady: (): CallEnding => ({
    status: 'error',
    output: textOutput('This call was not started: what it would touch kept changing while it was checked.'),
    decidedBy: { kind: 'input', reason: 'what the call would touch kept changing' },
  }),
  uncheckable: (error: unknown): CallEnding => ({
    status: 'error',
    output: textOutput(`This call could not be checked: ${messageOf(error)}`),
    decidedBy: { kind: 'input', reason: messageOf(error) },
  }),
  refused: (problem: string): CallEnding => ({
    status: 'error',
    output: textOutput(problem),
    decidedBy: { kind: 'input', reason: problem },
  }),
  limited: (limit: string): CallEnding => ({
    status: 'limited',
    output: textOutput(limit),
    decidedBy: { kind: 'limit', reason: limit },
  }),
  byTool: ({ type: _type, ...end }: Extract<ToolCallEvent, { type: 'tool.failed' }>): CallEnding => {
    if (end.status !== 'limited') return end;
    const reason = typeof end.output.context === 'string' ? end.output.context : 'a limit was reached';
    return { ...end, decidedBy: { kind: 'limit', reason } };
  },
  /** It was started before a restart, and no one has reported whether it had its effect. */
  unknown: (reason: string, decidedBy?: DecidedBy): CallEnding => ({
    status: 'unknown',
    output: textOutput(unknownText(reason)),
    ...(decidedBy === undefined ? {} : { decidedBy }),
  }),
  givenUp: ({ reason, decidedBy, fatal, resolution }: Denied): CallEnding => ({
    ...endings.unknown(resolution?.reason ?? (decidedBy.kind === 'human' ? 'a human gave it up' : reason), decidedBy),
    ...(fatal === true ? { fatal: reason } : {}),
  }),
  reported: ({ output, decidedBy }: { readonly output: CallOutput; readonly decidedBy: DecidedBy }): CallEnding => ({
    status: 'ok',
    output: reportedOutcomeNote(output),
    decidedBy,
  }),
  cancelled: (reason: string): CallEnding => ({
    status: 'cancelled',
    output: textOutput(`This call was cancelled: ${reason}`),
    decidedBy: { kind: 'cancel', reason },
  }),
  withdrawn: (reason: string): CallEnding => ({
    status: 'cancelled',
    output: textOutput(`This call was cancelled while it waited for an answer: ${reason}`),
    decidedBy: { kind: 'cancel', reason },
  }),
  denied: ({ reason, decidedBy, fatal }: Pick<Denied, 'reason' | 'decidedBy' | 'fatal'>): CallEnding => ({
    status: 'denied',
    output: textOutput(deniedText(reason)),
    decidedBy,
    ...(fatal === true ? { fatal: reason } : {}),
  }),
};
