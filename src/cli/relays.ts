/** `greenroom relays`: the open questions of all runs, with everything that would run. */
import type { PendingRelay } from '../index.ts';
import { counted, duration } from './counted.ts';
import { EXIT } from './exit-codes.ts';
import type { RelaysFlags } from './flags.ts';
import { LineOutput } from './line-output.ts';
import { howToAnswer, questionCard } from './question-view.ts';
import { type RecordedSession, sessionsToAnswer } from './recorded-sessions.ts';
import { resumeCommandOf, sessionHandle, sessionOption } from './session-names.ts';
import type { SessionState } from './session-state.ts';
import { paintFor } from './styles.ts';
import { shortLine } from '../text/columns.ts';
import { visibleLine } from '../text/visible.ts';

/**
 * Lists the open questions; resolves with the exit code.
 * @throws GreenroomError when the named session cannot be found or read.
 */
export async function relaysCommand(name: string | undefined, { json }: RelaysFlags): Promise<number> {
  const output = new LineOutput();
  const sessions = sessionsToAnswer(name).filter(({ info }) => info.state !== 'ended');
  const lines = json === true ? sessions.flatMap(jsonLines) : sessions.flatMap((session) => cards(session, Date.now()));
  if (lines.length === 0 && json !== true) output.line('No question is open.');
  for (const line of lines) {
    output.line(line);
    await output.drained();
  }
  return await output.end(EXIT.completed);
}

const jsonLines = ({ info, state }: RecordedSession): string[] =>
  state.open.map((relay) => JSON.stringify({ ...relay, sessionId: info.id, answered: state.answers.has(relay.id) }));

function cards(session: RecordedSession, now: number): string[] {
  const { info, state } = session;
  const title = info.title === undefined ? '' : `: ${shortLine(info.title, 80)}`;
  const heading = `Session ${sessionHandle(info.path, process.env)} (${info.state})${title}`;
  const questions = state.open.flatMap((relay) => question(session, relay, now));
  const later = interruptedText(session);
  if (questions.length + later.length === 0) return [];
  return [heading, ...questions, ...later, ''];
}

function question({ info, state }: RecordedSession, relay: PendingRelay, now: number): string[] {
  const paint = paintFor(process.stdout, process.env);
  const asked = `asked ${duration(now - relay.askedAt)} ago`;
  return [
    '',
    `${visibleLine(relay.id)}  ${asked}`,
    ...questionCard({ relay, pending: state.open, paint, columns: process.stdout.columns }),
    answeredText(state, relay, info.state === 'running') ??
      `  ${howToAnswer(relay)}${sessionOption(info.path, process.env)}`,
  ];
}

function answeredText({ answers }: SessionState, { id }: PendingRelay, isRunning: boolean): string | undefined {
  const given = answers.get(id)?.answer;
  if (given === undefined) return undefined;
  const said = given.approved ? (given.output === undefined ? 'yes' : 'it ran') : 'no';
  const when = isRunning ? 'the run takes it up now' : 'it counts when the run goes on';
  return `  answered: ${said}, by ${given.by === undefined ? 'you' : visibleLine(given.by)}; ${when}`;
}

/** They become questions only once the run goes on. */
function interruptedText({ info, state }: RecordedSession): string[] {
  const { interrupted } = state;
  if (info.state !== 'stopped' || interrupted.length === 0) return [];
  const calls = counted(interrupted.length, 'call');
  const verb = interrupted.length === 1 ? 'was' : 'were';
  return [
    '',
    `${calls} ${verb} running when the process ended; what became of that is asked by ${resumeCommandOf(info.path, process.env)}`,
  ];
}
