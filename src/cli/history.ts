/** `greenroom replay`, `export` and `tail`: what was recorded, shown as it was. */
import { type Envelope } from '../index.ts';
import { createTeam } from '../read-model/team.ts';
import type { SessionInfo } from '../journal/index.ts';
import { EXIT } from './exit-codes.ts';
import { jsonView } from './json-view.ts';
import { LineOutput } from './line-output.ts';
import { isResumable } from './run-settings.ts';
import { resumeCommandOf } from './session-names.ts';
import { sessionNamed } from './sessions.ts';
import { createShow } from './show.ts';
import type { View } from './view.ts';

export interface HistoryFlags {
  readonly json?: boolean;
  readonly plain?: boolean;
  /** The last `seq` to show. */
  readonly until?: number;
  /** Start after this `seq`. */
  readonly since?: number;
}

/**
 * Shows a session as far as it is recorded; resolves with the exit code.
 * @throws GreenroomError `invalid_params` when it cannot be found, `journal` when it cannot be read.
 */
export async function replayCommand(name: string, flags: HistoryFlags): Promise<number> {
  using session = sessionNamed(name, process.env);
  return await play(session.entries(flags), viewFor(flags));
}

/** Prints a session as NDJSON; resolves with the exit code. Throws as `replayCommand` does. */
export async function exportCommand(name: string): Promise<number> {
  return await replayCommand(name, { json: true });
}

/** Shows a session and what is added to it, until it ends or Ctrl-C; resolves with the exit code. Throws as `replayCommand`. */
export async function tailCommand(name: string, flags: HistoryFlags): Promise<number> {
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
  const text = 'The process that ran this session is gone, or stopped it.';
  return isResumable(info) ? `${text} Go on with: ${resumeCommandOf(info.path, process.env)}` : text;
}

function viewFor(flags: HistoryFlags): View {
  // questions of the past are shown, and nobody is asked
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
