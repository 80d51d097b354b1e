/**
 * The stream for a browser: Server-Sent Events (WHATWG HTML, 9.2), one entry an event, `id` its seq.
 *
 * What you can rely on:
 * - A reader that comes back with the last `id` it saw misses nothing and gets nothing twice.
 * - One that falls too far behind gets one `resync` with the state as of then, and goes on from there.
 * - Nothing waits in memory for a reader that does not read; one that reads nothing for a while is cut.
 * - A comment goes out now and then, so that both sides notice when the other is gone.
 */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { AgentOrchestrator, Envelope } from '../index.ts';
import { type History, resyncOf } from './history.ts';
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
};

const lines = new WeakMap<Envelope, string>();

/** An entry as it goes over the line; made once for all readers. */
function lineOf(entry: Envelope): string {
  const known = lines.get(entry);
  if (known !== undefined) return known;
  const line = `id: ${entry.seq}\ndata: ${JSON.stringify(masked(entry))}\n\n`;
  lines.set(entry, line);
  return line;
}

/** Serves one reader until it leaves, the stream ends or it is cut. Never rejects. */
export async function sendEvents(options: EventLineOptions, reader: EventReader): Promise<void> {
  const { orchestrator, history, maxBehind, heartbeatMs } = options;
  const { response, signal } = reader;
  let cursor = reader.since;
  let isBehind = reader.isBack && history.seq - cursor > maxBehind;
  const beat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(': still here\n\n');
  }, heartbeatMs);
  const left = new AbortController();
  const leave = () => left.abort();
  response.once('close', leave);
  signal.addEventListener('abort', leave);
  try {
    response.writeHead(200, HEADERS);
    response.flushHeaders();
    while (!left.signal.aborted) {
      if (isBehind) {
        const state = history.now();
        cursor = state.seq;
        if (!(await said(response, lineOf(resyncOf(state)), options.stallMs, left.signal))) return;
      }
      isBehind = false;
      const source = orchestrator.events({ since: cursor, live: true });
      const end = () => void source.return?.();
      left.signal.addEventListener('abort', end, { once: true });
      for await (const entry of source) {
        cursor = entry.seq;
        if (response.write(lineOf(entry))) continue;
        if (!(await drained(response, options.stallMs, left.signal))) return;
        isBehind = history.seq - cursor > maxBehind;
        if (isBehind) break;
      }
      left.signal.removeEventListener('abort', end);
      if (!isBehind) break;
    }
    if (!response.destroyed) response.end('event: end\ndata: {}\n\n');
  } catch {
    response.destroy(); // the stream broke off; the reader comes back and is told why by the API
  } finally {
    clearInterval(beat);
    response.off('close', leave);
    signal.removeEventListener('abort', leave);
  }
}

async function said(response: ServerResponse, line: string, stallMs: number, left: AbortSignal): Promise<boolean> {
  return response.write(line) || (await drained(response, stallMs, left));
}

/** `false` when the reader was cut or left. */
async function drained(response: ServerResponse, stallMs: number, left: AbortSignal): Promise<boolean> {
  try {
    await once(response, 'drain', { signal: AbortSignal.any([left, AbortSignal.timeout(stallMs)]) });
    return true;
  } catch {
    response.destroy();
    return false;
  }
}
