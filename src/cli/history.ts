/** `greenroom sessions`, `replay`, `export` and `tail`: what was recorded, shown as it was. */
import { createTeam, type Envelope } from '../index.ts';
import type { SessionInfo } from '../journal/index.ts';
import { EXIT } from './exit-codes.ts';
import { jsonView } from './json-view.ts';
import { listSessions, sessionNamed } from './sessions.ts';
import { createShow } from './show.ts';
import type { View } from './view.ts';
import { shortLine, visibleLine } from './visible-lines.ts';

export interface HistoryFlags {
  readonly json?: boolean;
  readonly plain?: boolean;
  /** The last `seq` to show. */
  readonly until?: number;
  /** Start after this `seq`. */
  readonly since?: number;
}

/** Lists the recorded sessions, oldest first; resolves with the exit code. */
export async function sessionsCommand({ json }: Pick<HistoryFlags, 'json'>): Promise<number> {
  const output = new Output();
  const warn = (text: string) => void process.stderr.write(`greenroom: ${visibleLine(text)}\n`);
  const sessions = listSessions(process.env, warn);
  if (sessions.length === 0 && json !== true) output.line('No session was recorded yet: greenroom run records one.');
  for (const session of sessions) output.line(json === true ? JSON.stringify(session) : lineOf(session));
  return await output.end(EXIT.completed);
}

function lineOf({ id, createdAt, state, title, lastSeq, path }: SessionInfo): string {
  const when = new Date(createdAt).toISOString().slice(0, 19).replace('T', ' ');
  const facts = [visibleLine(id), `${when}Z`, state.padEnd(7), `${lastSeq} events`, shortLine(title ?? '-', 80)];
  return `${facts.join('  ')}\n    ${visibleLine(path)}`;
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
    if (session.info().state === 'stopped')
      view.notice('The process that wrote this session is gone; it did not end it.');
    return code;
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop).off('SIGHUP', stop);
  }
}

function viewFor(flags: HistoryFlags): View {
  // questions of the past are shown, and nobody is asked
  return flags.json === true
    ? jsonView(process.stdout, process.stderr)
    : createShow({ ...flags, onAsk: 'deny' }).view();
}

async function play(entries: Iterable<Envelope> | AsyncIterable<Envelope>, view: View): Promise<number> {
  const output = new Output();
  const team = createTeam();
  for await (const entry of entries) {
    if (output.isGone) break;
    team.apply(entry);
    view.show(entry, team);
    await output.drained();
  }
  return await output.end(EXIT.completed);
}

/** Standard output, whose reader may be slow or leave. */
class Output {
  isGone = false;
  readonly #gone = Promise.withResolvers<void>();

  constructor() {
    process.stdout.on('error', () => {
      this.isGone = true;
      this.#gone.resolve();
    });
  }

  line(text: string): void {
    process.stdout.write(`${text}\n`);
  }

  async drained(): Promise<void> {
    if (!process.stdout.writableNeedDrain || this.isGone) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    process.stdout.once('drain', resolve);
    await Promise.race([promise, this.#gone.promise]);
    process.stdout.off('drain', resolve);
  }

  /** The exit code, once all is written. */
  async end(code: number): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<void>();
    process.stdout.write('', () => resolve());
    await Promise.race([promise, this.#gone.promise]);
    return this.isGone ? EXIT.closedOutput : code;
  }
}
