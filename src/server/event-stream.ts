/**
 * The stream over HTTP: Server-Sent Events (WHATWG HTML, 9.2), one entry an event, `id` its seq.
 *
 * Guarantees:
 * - A reader that returns with the last `id` it saw misses no entry and gets none twice.
 * - A reader that falls too far behind gets one `resync` with the current state, and continues from there.
 * - No entry waits in memory for a reader that does not read. A reader that reads nothing for `stallMs` is disconnected.
 * - A heartbeat comment goes out regularly, so that both sides notice a broken connection.
 */
import type { ServerResponse } from 'node:http';
import type { AgentOrchestrator, Envelope } from '../index.ts';
import { type History, resyncOf } from './history.ts';
import { LineWriter } from './line-writer.ts';
import { masked } from './masked.ts';
import { Refusal } from './refusals.ts';

export interface EventStreamOptions {
  readonly orchestrator: AgentOrchestrator;
  readonly history: History;
  /** Streams open at once. */
  readonly maxStreams: number;
  /** Entries that a reader may be behind before it gets a `resync`. */
  readonly maxBehind: number;
  /** Milliseconds between two heartbeats. */
  readonly heartbeatMs: number;
  /** Milliseconds after which a reader that reads nothing is disconnected. */
  readonly stallMs: number;
}

export interface EventReader {
  readonly response: ServerResponse;
  /** The stream starts after this entry. */
  readonly since: number;
  /** The reader was connected before, so a `resync` may replace the entries that it missed. */
  readonly isReturning: boolean;
}

/** The open streams, up to a limit, and their end. */
export class EventStreams {
  readonly #open = new Set<Promise<void>>();
  readonly #end = new AbortController();
  readonly #options: EventStreamOptions;

  constructor(options: EventStreamOptions) {
    this.#options = options;
  }

  /** @throws Refusal when the limit is reached. */
  open(reader: EventReader): void {
    const { maxStreams } = this.#options;
    if (this.#open.size >= maxStreams) {
      const problem = `${maxStreams} event streams are open, which is the limit. Close a page or a client first.`;
      throw new Refusal(429, 'too_many', problem);
    }
    const served = sendEvents(this.#options, reader, this.#end.signal).finally(() => this.#open.delete(served));
    this.#open.add(served);
  }

  /** Ends all streams. Resolves when they have ended. */
  async close(): Promise<void> {
    this.#end.abort();
    await Promise.all(this.#open);
  }
}

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
  // this response bypasses the middleware that sets these headers on all others
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** The last lines, kept so that all readers share one: their number, and the longest that is kept. */
const KEPT_LINES = 1024;
const KEPT_LENGTH = 8 * 1024;
const kept: { readonly entry: Envelope; readonly line: string }[] = [];

/** An entry as a server-sent event. */
function lineOf(entry: Envelope): string {
  const known = kept[entry.seq % KEPT_LINES];
  if (known?.entry === entry) return known.line;
  const line = `id: ${entry.seq}\ndata: ${JSON.stringify(masked(entry))}\n\n`;
  if (line.length <= KEPT_LENGTH) kept[entry.seq % KEPT_LINES] = { entry, line };
  return line;
}

/** Serves one reader until it leaves, the stream ends or it is disconnected. Never rejects. */
async function sendEvents(options: EventStreamOptions, reader: EventReader, end: AbortSignal): Promise<void> {
  const { response } = reader;
  const left = new AbortController();
  const leave = () => left.abort();
  const writer = new LineWriter(response, { stallMs: options.stallMs, left: left.signal });
  const beat = setInterval(() => writer.beat(), options.heartbeatMs);
  response.once('close', leave);
  end.addEventListener('abort', leave);
  try {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    response.writeHead(200);
    response.flushHeaders();
    if (!(await sendEntries(options, reader, { writer, left: left.signal }))) return;
    await writer.flush();
    // `end` means that the session is over; a server that closes may return, so it does not send it
    if (!response.destroyed) response.end(end.aborted ? undefined : 'event: end\ndata: {}\n\n');
  } catch {
    response.destroy(); // the stream broke off; a reader that returns learns why from the API
  } finally {
    clearInterval(beat);
    response.off('close', leave);
    end.removeEventListener('abort', leave);
  }
}

interface Connection {
  readonly writer: LineWriter;
  /** Aborted when the reader has left. */
  readonly left: AbortSignal;
}

/** Resolves at the end of the stream, with `false` when the reader was disconnected. */
async function sendEntries(
  { orchestrator, history, maxBehind }: EventStreamOptions,
  { since, isReturning }: EventReader,
  { writer, left }: Connection,
): Promise<boolean> {
  let cursor = since;
  // a new reader asked for everything before its arrival, and gets it
  const from = isReturning ? 0 : history.seq;
  const fellBehind = () => history.seq - Math.max(cursor, from) > maxBehind;
  // a seq of the future belongs to another session
  let isBehind = fellBehind() || cursor > history.seq;
  while (!left.aborted) {
    if (isBehind) {
      const state = history.now();
      cursor = state.seq;
      if (!(await writer.write(lineOf(resyncOf(state))))) return false;
    }
    isBehind = false;
    const source = orchestrator.events({ since: cursor, live: true });
    const stop = () => void source.return?.();
    left.addEventListener('abort', stop, { once: true });
    for await (const entry of source) {
      cursor = entry.seq;
      const sent = writer.write(lineOf(entry));
      if (sent === true) continue;
      if (!(await sent)) return false;
      isBehind = fellBehind();
      if (isBehind) break;
    }
    left.removeEventListener('abort', stop);
    if (!isBehind) break;
  }
  return true;
}
