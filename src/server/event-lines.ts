/**
 * The stream for a browser: Server-Sent Events (WHATWG HTML, 9.2), one entry an event, `id` its seq.
 *
 * What you can rely on:
 * - A reader that comes back with the last `id` it saw misses nothing and gets nothing twice.
 * - One that falls too far behind gets one `resync` with the state as of then, and goes on from there.
 * - Nothing waits in memory for a reader that does not read; one that reads nothing for a while is cut.
 * - A comment goes out now and then, so that both sides notice when the other is gone.
 */
import type { ServerResponse } from 'node:http';
import type { AgentOrchestrator, Envelope } from '../index.ts';
import { type History, resyncOf } from './history.ts';
import { LineWriter } from './line-writer.ts';
import { masked } from './masked.ts';

export interface EventLineOptions {
  readonly orchestrator: AgentOrchestrator;
  readonly history: History;
  /** Entries a reader may be behind; then it is told the state instead. */
  readonly maxBehind: number;
  /** Between two comments, milliseconds. */
  readonly heartbeatMs: number;
  /** A reader that takes nothing for so long is cut; milliseconds. */
  readonly stallMs: number;
}

export interface EventReader {
  readonly response: ServerResponse;
  /** The entry after which it starts. */
  readonly since: number;
  /** It was here before, and may be told the state instead of all that it missed. */
  readonly isBack: boolean;
  /** Ends it from our side. */
  readonly signal: AbortSignal;
}

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
  // it is written past what puts these on every other answer
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** The last lines, so that one is made for all readers and not for each: so many of them, none longer than this. */
const KEPT_LINES = 1024;
const KEPT_LENGTH = 8 * 1024;
const kept: { readonly entry: Envelope; readonly line: string }[] = [];

/** An entry as it goes over the line. */
function lineOf(entry: Envelope): string {
  const known = kept[entry.seq % KEPT_LINES];
  if (known?.entry === entry) return known.line;
  const line = `id: ${entry.seq}\ndata: ${JSON.stringify(masked(entry))}\n\n`;
  if (line.length <= KEPT_LENGTH) kept[entry.seq % KEPT_LINES] = { entry, line };
  return line;
}

/** Serves one reader until it leaves, the stream ends or it is cut. Never rejects. */
export async function sendEvents(options: EventLineOptions, reader: EventReader): Promise<void> {
  const { orchestrator, history, maxBehind, heartbeatMs, stallMs } = options;
  const { response, signal } = reader;
  let cursor = reader.since;
  // what was there before a new reader came is what it asked for, however much that is
  const from = reader.isBack ? 0 : history.seq;
  const fellBehind = () => history.seq - Math.max(cursor, from) > maxBehind;
  // an id that is not there yet is of another session
  let isBehind = fellBehind() || cursor > history.seq;
  const left = new AbortController();
  const leave = () => left.abort();
  const writer = new LineWriter(response, { stallMs, left: left.signal });
  const beat = setInterval(() => writer.beat(), heartbeatMs);
  response.once('close', leave);
  signal.addEventListener('abort', leave);
  try {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    response.writeHead(200);
    response.flushHeaders();
    while (!left.signal.aborted) {
      if (isBehind) {
        const state = history.now();
        cursor = state.seq;
        if (!(await writer.write(lineOf(resyncOf(state))))) return;
      }
      isBehind = false;
      const source = orchestrator.events({ since: cursor, live: true });
      const end = () => void source.return?.();
      left.signal.addEventListener('abort', end, { once: true });
      for await (const entry of source) {
        cursor = entry.seq;
        const sent = writer.write(lineOf(entry));
        if (sent === true) continue;
        if (!(await sent)) return;
        isBehind = fellBehind();
        if (isBehind) break;
      }
      left.signal.removeEventListener('abort', end);
      if (!isBehind) break;
    }
    await writer.flush();
    // a server that closes may be back soon; a session that is over is not
    if (!response.destroyed) response.end(signal.aborted ? undefined : 'event: end\ndata: {}\n\n');
  } catch {
    response.destroy(); // the stream broke off; the reader comes back and is told why by the API
  } finally {
    clearInterval(beat);
    response.off('close', leave);
    signal.removeEventListener('abort', leave);
  }
}
