/** `greenroom answer`: answers a question of a run from another process. */
import type { HarnessEventOf, RelayAnswer } from '../index.ts';
import { leaveAnswer, openSession } from '../journal/index.ts';
import type { AnswerWord } from './answer-commands.ts';
import { EXIT } from './exit-codes.ts';
import type { AnswerFlags } from './flags.ts';
import { checkAnswer, givenAnswer } from './given-answer.ts';
import { type NamedQuestion, questionNamed } from './named-question.ts';
import { relayAnswer } from './relay-answer.ts';
import { resumeCommandOf } from './session-names.ts';
import { sessionState } from './session-state.ts';
import { visibleLine } from '../text/visible.ts';

/** How long a process that runs may take before we say that it has not taken the answer up, in milliseconds. */
const PATIENCE_MS = 3000;

/**
 * Records the answer and says what becomes of it; resolves with the exit code.
 * @throws GreenroomError `invalid_params` for a question there is not, or an answer it does not take.
 */
export async function answerCommand(name: string, word: AnswerWord, flags: AnswerFlags): Promise<number> {
  const answer = givenAnswer(word, flags);
  const question = questionNamed(name, flags.session);
  if (question.settled !== undefined) return tooLate(relayAnswer(question.settled));
  checkAnswer(word, question.relay);
  const { id, session } = question;
  const { path } = session.info;
  const left = leaveAnswer(path, id, answer);
  if (left === 'recorded') return await recorded(question, answer);
  return tooLate(settledText(path, id));
}

/** A question that was asked stays asked, so the one thing that can have happened is that somebody was first. */
function settledText(path: string, id: string): string {
  using session = openSession(path);
  const { settled, answers } = sessionState(session);
  const resolved = settled.get(id);
  if (resolved !== undefined) return relayAnswer(resolved);
  const first = answers.get(id)?.answer;
  if (first === undefined) return 'it is gone';
  return `answered: ${first.approved ? 'yes' : 'no'}, by ${first.by === undefined ? 'you' : visibleLine(first.by)}`;
}

async function recorded({ id, session: { info, state } }: NamedQuestion, answer: RelayAnswer): Promise<number> {
  using session = openSession(info.path);
  const signal = AbortSignal.timeout(PATIENCE_MS);
  for await (const { event } of session.follow({ since: state.seq, signal })) {
    if (event.type === 'relay_resolved' && event.relayId === id) return takenUp(event, answer);
  }
  const now = session.info();
  if (now.state === 'running') {
    print(`Recorded. Process ${now.owner?.pid ?? '?'} has not taken it up yet; it will.`);
  } else {
    print(`Recorded. It counts when the run goes on: ${resumeCommandOf(info.path, process.env)}`);
  }
  return EXIT.completed;
}

function takenUp(event: HarnessEventOf<'relay_resolved'>, { approved, by = 'human' }: RelayAnswer): number {
  const isOurs = event.approved === approved && event.by === by;
  if (!isOurs) return tooLate(relayAnswer(event), 'meanwhile');
  print(`Recorded, and taken up by the run: ${relayAnswer(event)}`);
  return EXIT.completed;
}

function tooLate(how: string, when: 'already' | 'meanwhile' = 'already'): number {
  process.stderr.write(`greenroom: That question was settled ${when}: ${how}.\n`);
  return EXIT.failed;
}

const print = (text: string) => void process.stdout.write(`${text}\n`);
