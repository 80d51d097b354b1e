/** The answers of a journal in memory: bounded as it is, so of those of long ago it no longer knows that there were any. */
import type { Journal, RecordedAnswer } from './journal.ts';
import { weightOfAnswer } from './weight.ts';

type Answers = Required<Pick<Journal, 'answer' | 'answers' | 'onAnswer' | 'drainAnswers'>>;

export function memoryAnswers(limits: { readonly maxAnswers: number; readonly maxBytes: number }): Answers {
  const kept = new Map<string, RecordedAnswer>();
  let bytes = 0;

  const dropOldest = () => {
    for (const [relayId, oldest] of kept) {
      if (kept.size <= 1 || (kept.size <= limits.maxAnswers && bytes <= limits.maxBytes)) return;
      kept.delete(relayId);
      bytes -= weightOfAnswer(oldest);
    }
  };

  return {
    answer(relayId, answer, at) {
      if (kept.has(relayId)) return false;
      const recorded = { relayId, answer, at };
      kept.set(relayId, recorded);
      bytes += weightOfAnswer(recorded);
      dropOldest();
      return true;
    },
    answers: () => [...kept.values()],
    // nobody else can reach it
    onAnswer: () => () => undefined,
    drainAnswers() {},
  };
}
