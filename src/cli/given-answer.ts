/** From the words of `greenroom answer` to an answer that fits the question. */
import { NO_HUMAN } from '../events.ts';
import { GreenroomError, type PendingRelay, type RelayAnswer } from '../index.ts';
import type { AnswerWord } from './answer-commands.ts';
import type { AnswerFlags } from './flags.ts';

/** @throws GreenroomError `invalid_params` for flags that do not belong to the word. */
export function givenAnswer(word: AnswerWord, { reason, result, by }: AnswerFlags): RelayAnswer {
  if (reason !== undefined && word !== 'no') throw misuse('--reason belongs to no. Leave it out.');
  if (result !== undefined && word !== 'ran') throw misuse('--result belongs to ran. Leave it out.');
  if (by !== undefined && (by.trim() === '' || NO_HUMAN.includes(by.trim().toLowerCase()))) {
    throw misuse(`--by: "${by}" is no name for a human. Give another.`);
  }
  const who = by === undefined ? {} : { by: by.trim() };
  if (word === 'no') return { approved: false, ...(reason === undefined ? {} : { reason }), ...who };
  if (word === 'ran') return { approved: true, output: result === undefined ? {} : { context: result }, ...who };
  return { approved: true, ...(word === 'always' ? { always: true } : {}), ...who };
}

/** @throws GreenroomError `invalid_params` for an answer that this question does not take. */
export function checkAnswer(word: AnswerWord, { kind, proposal }: PendingRelay): void {
  if (word === 'always' && kind === 'unknown_outcome') {
    throw misuse('What may have run cannot be allowed for good. Say yes to run it now, ran, or no.');
  }
  if (word === 'always' && proposal === null) {
    throw misuse('This call cannot be allowed for good. Say yes to allow it once, or no.');
  }
  if (word === 'ran' && kind === 'permission') throw misuse('This call has not run yet. Say yes, always or no.');
}

const misuse = (problem: string) => new GreenroomError('invalid_params', problem, { path: 'answer' });
