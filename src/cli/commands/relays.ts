/** `greenroom relays`: list the open questions of all runs. */
import type { Command } from 'commander';
import type { PendingRelay } from '../../index.ts';
import { recordedText } from '../../read-model/words.ts';
import { shortLine } from '../../text/columns.ts';
import { visibleLine } from '../../text/visible.ts';
import { EXIT } from '../exit-codes.ts';
import { SESSION_ARGUMENT } from '../options.ts';
import { LineOutput } from '../output/line-output.ts';
import { howToAnswer, questionView } from '../output/question-view.ts';
import { paintFor } from '../output/screen.ts';
import { counted, duration } from '../output/text.ts';
import { resumeCommandOf, sessionHandle, sessionOption } from '../sessions/files.ts';
import { type RecordedSession, sessionsToAnswer } from '../sessions/recorded-sessions.ts';
import type { SessionState } from '../sessions/session-state.ts';

const NOTES = `
Lists the questions of running and stopped runs. Answer them with greenroom answer.

Exit codes: 0 done (also when no question is open), 1 a journal cannot be read, 2 no such session.
`;

interface RelaysFlags {
  readonly json?: boolean;
}

export function defineRelays(command: Command): void {
  command
    .argument('[session]', `only this session: ${SESSION_ARGUMENT}`)
    .option('--json', 'print one JSON object a line')
    .addHelpText('after', NOTES)
    .action(async (session: string | undefined, flags: RelaysFlags) => {
      process.exitCode = await listQuestions(session, flags);
    });
}

/**
 * Lists the open questions; resolves with the exit code.
 * @throws GreenroomError when the named session cannot be found or read.
 */
async function listQuestions(name: string | undefined, { json }: RelaysFlags): Promise<number> {
  const output = new LineOutput();
  const sessions = sessionsToAnswer(name).filter(({ info }) => info.state !== 'ended');
  const now = Date.now();
  const lines = sessions.flatMap((session) => (json === true ? jsonLines(session) : sessionLines(session, now)));
  if (lines.length === 0 && json !== true) output.line('No question is open.');
  for (const line of lines) {
    output.line(line);
    await output.drained();
  }
  return await output.end(EXIT.completed);
}

const jsonLines = ({ info, state }: RecordedSession): string[] =>
  state.open.map((relay) => JSON.stringify({ ...relay, sessionId: info.id, answered: state.answers.has(relay.id) }));

function sessionLines(session: RecordedSession, now: number): string[] {
  const { info, state } = session;
  const title = info.title === undefined ? '' : `: ${shortLine(info.title, 80)}`;
  const heading = `Session ${sessionHandle(info.path, process.env)} (${info.state})${title}`;
  const questions = state.open.flatMap((relay) => questionLines(session, relay, now));
  const later = interruptedLines(session);
  if (questions.length + later.length === 0) return [];
  return [heading, ...questions, ...later, ''];
}

function questionLines({ info, state }: RecordedSession, relay: PendingRelay, now: number): string[] {
  const paint = paintFor(process.stdout, process.env);
  return [
    '',
    `${visibleLine(relay.id)}  asked ${duration(now - relay.askedAt)} ago`,
    ...questionView({ relay, pending: state.open, paint, columns: process.stdout.columns }),
    answeredLine(state, relay, info.state === 'running') ??
      `  ${howToAnswer(relay)}${sessionOption(info.path, process.env)}`,
  ];
}

function answeredLine({ answers }: SessionState, { id }: PendingRelay, isRunning: boolean): string | undefined {
  const given = answers.get(id)?.answer;
  if (given === undefined) return undefined;
  const when = isRunning ? 'the run is taking it up' : 'it takes effect when the run is resumed';
  return `  answered: ${recordedText(given)}; ${when}`;
}

/** Interrupted calls become questions only when the run is resumed. */
function interruptedLines({ info, state }: RecordedSession): string[] {
  const { interrupted } = state;
  if (info.state !== 'stopped' || interrupted.length === 0) return [];
  const calls = counted(interrupted.length, 'call');
  return [
    '',
    `${calls} ${interrupted.length === 1 ? 'was' : 'were'} interrupted. To be asked about the outcome, run: ${resumeCommandOf(info.path, process.env)}`,
  ];
}
