/** A human who answers the questions that a test expects, and no others. */
import { GreenroomError, type PendingRelay, RelayAnswer } from '../index.ts';
import { type CallMatch, callText, matchesCall, matchText } from './call-match.ts';

/** A question that a test expects, and its answer. */
export interface ExpectedQuestion {
  readonly when: CallMatch | ((relay: PendingRelay) => boolean);
  /** `yes`, `always`, `no`, or any answer that `resolveRelay` takes. */
  readonly answer: 'yes' | 'always' | 'no' | RelayAnswer;
  /** How often it is asked: an exact number, or any. Default 1. */
  readonly times?: number | 'any';
}

/** A human who answers from a list. */
export interface ScriptedHuman {
  /**
   * The answer of the first expectation that matches and has uses left.
   * @throws GreenroomError `invalid_params` for a question that no expectation matches.
   */
  answerTo(relay: PendingRelay): RelayAnswer;
  /** @throws GreenroomError `invalid_params` when an expected question was not asked, or an unexpected one was. */
  assertComplete(): void;
}

const SHORT = {
  yes: { approved: true },
  always: { approved: true, always: true },
  no: { approved: false },
} as const satisfies Record<string, RelayAnswer>;

/** A human who answers from a list and reports every question that differs from it. */
export function scriptedHuman(expected: readonly ExpectedQuestion[]): ScriptedHuman {
  const asked = expected.map(() => 0);
  const surprises: string[] = [];
  const fits = ({ when }: ExpectedQuestion, relay: PendingRelay) =>
    typeof when === 'function' ? when(relay) : matchesCall(when, relay);
  return {
    answerTo(relay) {
      const at = expected.findIndex((one, index) => {
        const { times = 1 } = one;
        return (times === 'any' || (asked[index] ?? 0) < times) && fits(one, relay);
      });
      const found = expected[at];
      if (found === undefined) {
        const problem = unexpected(relay, expected, asked);
        surprises.push(problem);
        throw new GreenroomError('invalid_params', problem);
      }
      asked[at] = (asked[at] ?? 0) + 1;
      const { answer } = found;
      return typeof answer === 'string' ? SHORT[answer] : RelayAnswer.parse(answer);
    },
    assertComplete() {
      const [surprise] = surprises;
      if (surprise !== undefined) throw new GreenroomError('invalid_params', surprise);
      for (const [index, { times = 1, when }] of expected.entries()) {
        const count = asked[index] ?? 0;
        if (times === 'any' || count === times) continue;
        const what = typeof when === 'function' ? `question ${index + 1}` : matchText(when);
        const problem = `scriptedHuman(): ${what} was asked ${count} times, expected ${times}. Remove it, or set times.`;
        throw new GreenroomError('invalid_params', problem);
      }
    },
  };
}

function unexpected(relay: PendingRelay, expected: readonly ExpectedQuestion[], asked: readonly number[]): string {
  const list = expected.map(({ when, times = 1 }, index) => {
    const what = typeof when === 'function' ? 'a function' : matchText(when);
    return `  ${what} (asked ${asked[index] ?? 0} of ${times})`;
  });
  return [
    `scriptedHuman(): unexpected question: ${callText(relay)} (${relay.why}).`,
    'Add it to the list, or allow the call. Expected questions:',
    ...(list.length === 0 ? ['  none'] : list),
  ].join('\n');
}
