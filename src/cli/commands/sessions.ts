/** `greenroom sessions`: list the recorded sessions. */
import type { Command } from 'commander';
import type { SessionInfo } from '../../journal/index.ts';
import { shortLine } from '../../text/columns.ts';
import { visibleLine } from '../../text/visible.ts';
import { EXIT } from '../exit-codes.ts';
import { LineOutput } from '../output/line-output.ts';
import { counted } from '../output/text.ts';
import { listSessions, resumeCommandOf } from '../sessions/files.ts';
import { isOpen, latestStopped, readSessions, type RecordedSession, warn } from '../sessions/recorded-sessions.ts';
import { unanswered } from '../sessions/session-state.ts';
import { HISTORY_NOTES } from './history.ts';

interface SessionsFlags {
  readonly json?: boolean;
}

export function defineSessions(command: Command): void {
  command
    .option('--json', 'print one JSON object a line')
    .addHelpText('after', HISTORY_NOTES)
    .action(async (flags: SessionsFlags) => {
      process.exitCode = await printSessions(flags);
    });
}

/** Lists the recorded sessions, oldest first; resolves with the exit code. */
async function printSessions({ json }: SessionsFlags): Promise<number> {
  const output = new LineOutput();
  const sessions = listSessions(process.env, warn);
  const open = readSessions(sessions, isOpen, warn);
  const waiting = new Map(open.map(({ info, state }) => [info.path, unanswered(state).length]));
  if (sessions.length === 0 && json !== true) output.line('No session is recorded. greenroom run records one.');
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
  return `Resume a stopped session with: greenroom resume <id>; the latest: ${resumeCommandOf(latest.info.path, process.env)}`;
}
