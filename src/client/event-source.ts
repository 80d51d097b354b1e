/** Server-Sent Events over `fetch`, which browsers and Node both have, with headers of our own. */
import { createParser } from 'eventsource-parser';
import type { Envelope } from '../events.ts';

export interface OpenStream {
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** The server has taken us. */
  readonly onOpen: () => void;
  /** Something came, if only a sign of life. */
  readonly onSign: () => void;
  readonly onEntry: (entry: Envelope) => void;
}

/** Resolves with why it ended: the server said so, or the line broke. A refusal is its status. */
export async function readStream(stream: OpenStream): Promise<'over' | 'broken' | number> {
  const { url, headers, signal, onOpen, onSign, onEntry } = stream;
  const call = stream.fetch;
  let isOver = false;
  const parser = createParser({
    onEvent({ event, data }) {
      if (event === 'end') isOver = true;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own server wrote it; what it is was checked there
      else onEntry(JSON.parse(data) as Envelope);
    },
  });
  try {
    const response = await call(url, { headers: { ...headers, accept: 'text/event-stream' }, signal });
    if (!response.ok || response.body === null) return response.status;
    onOpen();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      onSign();
      parser.feed(chunk.value);
    }
    return isOver ? 'over' : 'broken';
  } catch {
    return 'broken';
  }
}
