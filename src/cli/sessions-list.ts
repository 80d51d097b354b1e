/** `greenroom sessions`: what was recorded, what waits in it, and how to go on. */
import type { SessionInfo } from '../journal/index.ts';
import { counted } from './counted.ts';
import { EXIT } from './exit-codes.ts';
import { LineOutput } from './line-output.ts';
import { isOpen, latestStopped, readSessions, type RecordedSession, warn } from './recorded-sessions.ts';
import { resumeCommandOf } from './session-names.ts';
import { unanswered } from './session-state.ts';
import { listSessions } from './sessions.ts';
import { shortLine } from '../text/columns.ts';
import { visibleLine } from '../text/visible.ts';

/** Lists the recorded sessions, oldest first; resolves with the exit code. */
export async function sessionsCommand({ json }: { readonly json?: boolean }): Promise<number> {
  const output = new LineOutput();
  const sessions = listSessions(process.env, warn);
  const open = readSessions(sessions, isOpen, warn);
  const waiting = new Map(open.map(({ info, state }) => [info.path, unanswered(state).length]));
  if (sessions.length === 0 && json !== true) output.line('No session was recorded yet: greenroom run records one.');
  for (const info of sessions) {
    const openQuestions = waiting.get(info.path);
    const known = openQuestions === undefined ? info : { ...info, openQuestions };
    output.line(json === true ? JSON.stringify(known) : lineOf(info, openQuestions ?? 0));
  }
  const hint = json === true ? undefined : resumeHint(open);
  if (hint !== undefined) output.line(hint);
  return await output.end(EXIT.completed);
}

function lineOf({ id, createdAt, state, title, lastSeq, path }: SessionInfo, open: number): string {
  const when = new Date(createdAt).toISOString().slice(0, 19).replace('T', ' ');
  const facts = [visibleLine(id), `${when}Z`, state.padEnd(7), `${lastSeq} events`];
  const waits = open === 0 ? [] : [counted(open, 'open question')];
  return `${[...facts, ...waits, shortLine(title ?? '-', 80)].join('  ')}\n    ${visibleLine(path)}`;
}

function resumeHint(sessions: readonly RecordedSession[]): string | undefined {
  const latest = latestStopped(sessions);
  if (latest === undefined) return undefined;
  return `Go on with what was stopped: greenroom resume <id>; the last one: ${resumeCommandOf(latest.info.path, process.env)}`;
}
