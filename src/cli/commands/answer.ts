/** `greenroom answer`: answer a question of a run from another process. */
import { Argument, type Command } from 'commander';
import { NO_HUMAN } from '../../events.ts';
import { GreenroomError, type HarnessEventOf, type PendingRelay, type RelayAnswer } from '../../index.ts';
import { leaveAnswer, openSession } from '../../journal/index.ts';
import { recordedText } from '../../read-model/words.ts';
import { visibleLine } from '../../text/visible.ts';
import { EXIT } from '../exit-codes.ts';
import { SESSION_ARGUMENT } from '../options.ts';
import { relayAnswer } from '../output/outcome-text.ts';
import { listSessions, resumeCommandOf, sessionHandle } from '../sessions/files.ts';
import { isEnded, readSessions, type RecordedSession, sessionsToAnswer, warn } from '../sessions/recorded-sessions.ts';
import { sessionState } from '../sessions/session-state.ts';

const ANSWERS = ['yes', 'always', 'no', 'ran'] as const;
type AnswerWord = (typeof ANSWERS)[number];

interface AnswerFlags {
  readonly reason?: string;
  readonly result?: string;
  readonly session?: string;
  readonly by?: string;
}

const NOTES = `
Answers:
  yes     allow this call once; a call that a restart interrupted runs again
  always  allow this call and all others that the question lists under "always", until the run ends
  no      deny this call; --reason tells the agent why
  ran     only for a call that a restart interrupted: it ran, and --result is what the agent is told

The answer is recorded at once, and the first answer wins. A running run takes it up within a moment, a stopped run when
it is resumed.

Exit codes: 0 recorded, 1 the question was already settled, 2 no such question, or it does not take this answer.
`;

export function defineAnswer(command: Command): void {
  command
    .argument('<relay>', 'question id, or its first characters')
    .addArgument(new Argument('<answer>', 'your answer').choices(ANSWERS))
    .option('--reason <text>', 'reason for the agent; only with no')
    .option('--result <text>', 'result of the call, for the agent; only with ran')
    .option('--session <session>', `run that asks: ${SESSION_ARGUMENT}`)
    .option('--by <name>', 'your name; recorded with the answer')
    .addHelpText('after', NOTES)
    .action(async (relay: string, answer: AnswerWord, flags: AnswerFlags) => {
      process.exitCode = await answerQuestion(relay, answer, flags);
    });
}

/** How long to wait for a running process to take the answer up, in milliseconds. */
const PATIENCE_MS = 3000;

/**
 * Records the answer and prints its effect; resolves with the exit code.
 * @throws GreenroomError `invalid_params` for an unknown question, or an answer that it does not take.
 */
async function answerQuestion(name: string, word: AnswerWord, flags: AnswerFlags): Promise<number> {
  const answer = givenAnswer(word, flags);
  const question = questionNamed(name, flags.session);
  if (question.settled !== undefined) return tooLate(relayAnswer(question.settled));
  checkAnswer(word, question.relay);
  const { id, session } = question;
  const { path } = session.info;
  if (leaveAnswer(path, id, answer) === 'recorded') return await recorded(question, answer);
  return tooLate(settledText(path, id));
}

/** The answer that another process recorded first. */
function settledText(path: string, id: string): string {
  using session = openSession(path);
  const { settled, answers } = sessionState(session);
  const resolved = settled.get(id);
  if (resolved !== undefined) return relayAnswer(resolved);
  const first = answers.get(id)?.answer;
  if (first === undefined) return 'it was withdrawn';
  return `answered: ${recordedText(first)}`;
}

async function recorded({ id, session: { info, state } }: NamedQuestion, answer: RelayAnswer): Promise<number> {
  using session = openSession(info.path);
  const signal = AbortSignal.timeout(PATIENCE_MS);
  for await (const { event } of session.follow({ since: state.seq, signal })) {
    if (event.type === 'relay_resolved' && event.relayId === id) return takenUp(event, answer);
  }
  const now = session.info();
  if (now.state === 'running') {
    print(`Recorded. Process ${now.owner?.pid ?? '?'} has not taken it up yet.`);
  } else {
    print(`Recorded. It takes effect with: ${resumeCommandOf(info.path, process.env)}`);
  }
  return EXIT.completed;
}

function takenUp(event: HarnessEventOf<'relay_resolved'>, { approved, by = 'human' }: RelayAnswer): number {
  const isOurs = event.approved === approved && event.by === by;
  if (!isOurs) return tooLate(relayAnswer(event));
  print(`Recorded, and taken up by the run: ${relayAnswer(event)}`);
  return EXIT.completed;
}

function tooLate(how: string): number {
  process.stderr.write(`greenroom: The question was already settled: ${how}.\n`);
  return EXIT.failed;
}

const print = (text: string) => void process.stdout.write(`${text}\n`);

/** @throws GreenroomError `invalid_params` for flags that do not belong to the word. */
function givenAnswer(word: AnswerWord, { reason, result, by }: AnswerFlags): RelayAnswer {
  if (reason !== undefined && word !== 'no') throw badAnswer('--reason is only for no. Remove it.');
  if (result !== undefined && word !== 'ran') throw badAnswer('--result is only for ran. Remove it.');
  if (by !== undefined && (by.trim() === '' || NO_HUMAN.includes(by.trim().toLowerCase()))) {
    throw badAnswer(`--by: "${by}" is not the name of a human. Give another name.`);
  }
  const who = by === undefined ? {} : { by: by.trim() };
  if (word === 'no') return { approved: false, ...(reason === undefined ? {} : { reason }), ...who };
  if (word === 'ran') return { approved: true, output: result === undefined ? {} : { context: result }, ...who };
  return { approved: true, ...(word === 'always' ? { always: true } : {}), ...who };
}

/** @throws GreenroomError `invalid_params` for an answer that this question does not take. */
function checkAnswer(word: AnswerWord, { kind, proposal }: PendingRelay): void {
  if (word === 'always' && kind === 'unknown_outcome') {
    throw badAnswer('An interrupted call cannot be allowed permanently. Answer yes to run it again, ran, or no.');
  }
  if (word === 'always' && proposal === null) {
    throw badAnswer('This call cannot be allowed permanently. Answer yes to allow it once, or no.');
  }
  if (word === 'ran' && kind === 'permission') throw badAnswer('This call has not run. Answer yes, always or no.');
}

const badAnswer = (problem: string) => new GreenroomError('invalid_params', problem, { path: 'answer' });

type NamedQuestion = { readonly session: RecordedSession; readonly id: string } & (
  | { readonly relay: PendingRelay; readonly settled?: undefined }
  | { readonly settled: HarnessEventOf<'relay_resolved'> }
);

/**
 * Finds a question by its id, or by the first characters of it. Settled questions are searched too, so that a settled one is
 * never mistaken for an open one with the same first characters.
 * @throws GreenroomError `invalid_params` when the name fits none or several, or the session is not found.
 */
function questionNamed(name: string, session: string | undefined): NamedQuestion {
  const found = matching(name, sessionsToAnswer(session));
  if (found.length === 0 && session === undefined) {
    // only to say how it was settled
    found.push(...matching(name, readSessions(listSessions(process.env, warn), isEnded, warn)));
  }
  const [question] = found;
  if (question === undefined) {
    throw badQuestion(`No question has the id ${name}. List the open ones with greenroom relays.`);
  }
  if (found.length === 1) return question;
  const list = found.map((one) => `${one.id} (session ${sessionHandle(one.session.info.path, process.env)})`);
  throw badQuestion(
    `${found.length} questions begin with ${name}: ${list.join(', ')}. Give more of the id, or --session.`,
  );
}

function matching(name: string, sessions: readonly RecordedSession[]): NamedQuestion[] {
  const all = sessions.flatMap(questionsOf).filter(({ id }) => name !== '' && id.startsWith(name));
  const exact = all.filter(({ id }) => id === name);
  return exact.length > 0 ? exact : all;
}

function questionsOf(session: RecordedSession): NamedQuestion[] {
  const { open, settled } = session.state;
  return [
    ...open.map((relay) => ({ session, id: relay.id, relay })),
    ...[...settled].map(([id, event]) => ({ session, id, settled: event })),
  ];
}

const badQuestion = (problem: string) => new GreenroomError('invalid_params', visibleLine(problem), { path: 'relay' });
