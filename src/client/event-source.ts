/** Server-Sent Events over `fetch`, which browsers and Node have and which sends headers of our own. */
import { createParser } from 'eventsource-parser';
import type { Envelope } from '../events.ts';

export interface OpenStream {
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** The server accepted the request. */
  readonly onOpen: () => void;
  /** Bytes arrived: an entry or a heartbeat. */
  readonly onBytes: () => void;
  readonly onEntry: (entry: Envelope) => void;
}

/** Resolves with why the stream ended: `over`, the session ended; `broken`, the connection broke; or the status of a refusal. */
export async function readStream(stream: OpenStream): Promise<'over' | 'broken' | number> {
  const { url, headers, signal, onOpen, onBytes, onEntry } = stream;
  const send = stream.fetch;
  let isOver = false;
  const parser = createParser({
    onEvent({ event, data }) {
      if (event === 'end') isOver = true;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the server checks what it sends against its schemas
      else onEntry(JSON.parse(data) as Envelope);
    },
  });
  try {
    const response = await send(url, { headers: { ...headers, accept: 'text/event-stream' }, signal });
    if (!response.ok || response.body === null) return response.status;
    onOpen();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      onBytes();
      parser.feed(chunk.value);
    }
    return isOver ? 'over' : 'broken';
  } catch {
    return 'broken';
  }
}
