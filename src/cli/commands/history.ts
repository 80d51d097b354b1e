/** `greenroom replay`, `export` and `tail`: print a recorded session. */
import { type Command, InvalidArgumentError } from 'commander';
import type { Envelope } from '../../index.ts';
import { createTeam } from '../../read-model/team.ts';
import type { SessionInfo } from '../../journal/index.ts';
import { EXIT } from '../exit-codes.ts';
import { addViewFlags, SESSION_ARGUMENT } from '../options.ts';
import { LineOutput } from '../output/line-output.ts';
import { createShow } from '../output/show.ts';
import { jsonView, type View } from '../output/view.ts';
import { isResumable } from '../run/settings.ts';
import { resumeCommandOf, sessionNamed } from '../sessions/files.ts';

export const HISTORY_NOTES = `
Name a session by its file, its id, or the first characters of its id. greenroom sessions lists all sessions; greenroom
resume continues a stopped one.

Exit codes: 0 done, 1 the journal cannot be read, 2 no such session, 130 interrupted, 141 output pipe closed. The last
events say how the run itself ended.
`;

interface HistoryFlags {
  readonly json?: boolean;
  readonly plain?: boolean;
  /** The last `seq` to show. */
  readonly until?: number;
  /** Start after this `seq`. */
  readonly since?: number;
}

export function defineReplay(command: Command): void {
  addViewFlags(command.argument('<session>', SESSION_ARGUMENT))
    .option('--until <seq>', 'stop after the event with this number', seqNumber)
    .addHelpText('after', HISTORY_NOTES)
    .action(async (session: string, flags: HistoryFlags) => {
      process.exitCode = await replay(session, flags);
    });
}

export function defineExport(command: Command): void {
  command
    .argument('<session>', SESSION_ARGUMENT)
    .addHelpText('after', HISTORY_NOTES)
    .action(async (session: string) => {
      process.exitCode = await replay(session, { json: true });
    });
}

export function defineTail(command: Command): void {
  addViewFlags(command.argument('<session>', SESSION_ARGUMENT))
    .option('--since <seq>', 'start after the event with this number', seqNumber)
    .addHelpText('after', HISTORY_NOTES)
    .action(async (session: string, flags: HistoryFlags) => {
      process.exitCode = await tail(session, flags);
    });
}

function seqNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0 || text.trim() === '') {
    throw new InvalidArgumentError('Give the number of an event, 0 or more.');
  }
  return value;
}

/**
 * Prints what is recorded of a session; resolves with the exit code.
 * @throws GreenroomError `invalid_params` when the session is not found, `journal` when it cannot be read.
 */
async function replay(name: string, flags: HistoryFlags): Promise<number> {
  using session = sessionNamed(name, process.env);
  return await play(session.entries(flags), viewFor(flags));
}

/** Prints a session and what is added to it, until it ends or Ctrl-C; resolves with the exit code. Throws like `replay`. */
async function tail(name: string, flags: HistoryFlags): Promise<number> {
  using session = sessionNamed(name, process.env);
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
  process.stdout.once('error', stop);
  try {
    const view = viewFor(flags);
    const code = await play(session.follow({ ...flags, signal: stopped.signal }), view);
    if (code !== EXIT.completed) return code;
    if (stopped.signal.aborted) return EXIT.interrupted;
    const info = session.info();
    if (info.state === 'stopped') view.notice(stoppedText(info));
    return code;
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop).off('SIGHUP', stop);
  }
}

function stoppedText(info: SessionInfo): string {
  const text = 'The process that ran this session has stopped.';
  return isResumable(info) ? `${text} Resume with: ${resumeCommandOf(info.path, process.env)}` : text;
}

function viewFor(flags: HistoryFlags): View {
  // recorded questions are shown, never asked again
  return flags.json === true
    ? jsonView(process.stdout, process.stderr)
    : createShow({ ...flags, onAsk: 'deny' }).view();
}

async function play(entries: Iterable<Envelope> | AsyncIterable<Envelope>, view: View): Promise<number> {
  const output = new LineOutput();
  const team = createTeam();
  for await (const entry of entries) {
    if (output.isGone) break;
    team.apply(entry);
    view.show(entry, team);
    await output.drained();
  }
  return await output.end(EXIT.completed);
}
