/** A journal in memory: bounded in events and bytes; whole chunks are dropped, oldest first, so that dropping costs nothing. */
import type { Envelope } from '../events.ts';
import type { Journal, JournalPage, RecordedAnswer } from './journal.ts';

/** Options of `memoryJournal`. */
export interface MemoryJournalOptions {
  /** The least number of events kept, as far as `maxBytes` allows. Default 200 000. */
  readonly maxEvents?: number;
  /** The most bytes kept, estimated from the text in the events; the newest event is always kept. Default 128 MiB. */
  readonly maxBytes?: number;
}

interface Chunk {
  readonly firstSeq: number;
  readonly entries: Envelope[];
  bytes: number;
}

/** A chunk is full with so many entries, or with this part of the bytes: dropping one never drops most entries. */
const CHUNK = 1024;
const CHUNKS_OF_BYTES = 16;

/** A journal in memory. It drops its oldest entries beyond `maxEvents` or `maxBytes`, and ends with the process. */
export function memoryJournal({ maxEvents = 200_000, maxBytes = 128 * 2 ** 20 }: MemoryJournalOptions = {}): Journal {
  const chunks = new Chunks(maxEvents, maxBytes);
  return {
    append(entries) {
      for (const entry of entries) chunks.add(entry);
    },
    read: (range) => chunks.page(range),
    get lastSeq() {
      return chunks.lastSeq;
    },
    ...memoryAnswers({ maxAnswers: maxEvents, maxBytes: maxBytes / CHUNKS_OF_BYTES }),
    close() {
      // its entries stay readable until the journal is collected
    },
  };
}

class Chunks {
  readonly #maxEvents: number;
  readonly #maxBytes: number;
  #chunks: Chunk[] = [];
  /** Chunks at the front that are empty by now. */
  #dropped = 0;
  #bytes = 0;
  #count = 0;
  lastSeq = 0;

  constructor(maxEvents: number, maxBytes: number) {
    this.#maxEvents = maxEvents;
    this.#maxBytes = maxBytes;
  }

  add(entry: Envelope): void {
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || this.#isFull(chunk)) {
      chunk = { firstSeq: entry.seq, entries: [], bytes: 0 };
      this.#chunks.push(chunk);
    }
    const weight = weightOf(entry);
    chunk.entries.push(entry);
    chunk.bytes += weight;
    this.#bytes += weight;
    this.#count += 1;
    this.lastSeq = entry.seq;
    if (chunk.entries.length === 1 || this.#bytes > this.#maxBytes) this.#dropOldest();
  }

  page({ since, limit }: { readonly since: number; readonly limit: number }): JournalPage {
    const firstSeq = this.#chunks[this.#dropped]?.firstSeq ?? this.lastSeq + 1;
    if (since + 1 < firstSeq) return { entries: [], behind: true };
    if (since >= this.lastSeq) return { entries: [], behind: false };
    const chunk = this.#chunkOf(since + 1);
    const from = since + 1 - (chunk?.firstSeq ?? 0);
    return { entries: chunk?.entries.slice(from, from + limit) ?? [], behind: false };
  }

  #isFull({ entries, bytes }: Chunk): boolean {
    return entries.length === CHUNK || bytes >= this.#maxBytes / CHUNKS_OF_BYTES;
  }

  #dropOldest(): void {
    while (this.#chunks.length - this.#dropped > 1) {
      const oldest = this.#chunks[this.#dropped];
      if (oldest === undefined) break;
      if (this.#bytes <= this.#maxBytes && this.#count - oldest.entries.length < this.#maxEvents) break;
      this.#bytes -= oldest.bytes;
      this.#count -= oldest.entries.length;
      this.#chunks[this.#dropped] = { firstSeq: oldest.firstSeq, entries: [], bytes: 0 };
      this.#dropped += 1;
    }
    if (this.#dropped <= 64) return;
    this.#chunks = this.#chunks.slice(this.#dropped);
    this.#dropped = 0;
  }

  /** The chunk that holds `seq`, which is one of those kept. */
  #chunkOf(seq: number): Chunk | undefined {
    let low = this.#dropped;
    let high = this.#chunks.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#chunks[middle]?.firstSeq ?? 0) <= seq) low = middle;
      else high = middle - 1;
    }
    return this.#chunks[low];
  }
}

type Answers = Required<Pick<Journal, 'answer' | 'answers' | 'onAnswer' | 'drainAnswers'>>;

/** The answers; bounded as well, so an answer to a dropped question may be taken twice. */
function memoryAnswers(limits: { readonly maxAnswers: number; readonly maxBytes: number }): Answers {
  const kept = new Map<string, RecordedAnswer>();
  let bytes = 0;

  const dropOldest = () => {
    for (const [relayId, oldest] of kept) {
      if (kept.size <= 1 || (kept.size <= limits.maxAnswers && bytes <= limits.maxBytes)) return;
      kept.delete(relayId);
      bytes -= weightOfAnswer(oldest);
    }
  };

  return {
    answer(relayId, answer, at) {
      if (kept.has(relayId)) return false;
      const recorded = { relayId, answer, at };
      kept.set(relayId, recorded);
      bytes += weightOfAnswer(recorded);
      dropOldest();
      return true;
    },
    answers: () => [...kept.values()],
    // no other process can reach it
    onAnswer: () => () => undefined,
    drainAnswers() {},
  };
}

/** Bytes of an envelope with a short event; measured with `process.memoryUsage()` over a million of them. */
const ENVELOPE_BYTES = 200;

/** Bytes in memory, estimated from the text in the event. */
function weightOf({ event }: Envelope): number {
  switch (event.type) {
    case 'text':
    case 'reasoning':
    case 'tool_progress':
      return ENVELOPE_BYTES + 2 * event.content.length;
    case 'harness_start':
    case 'message':
    case 'turn':
    case 'tool_call':
    case 'tool_effect':
    case 'tool_result':
    case 'relay':
    case 'relay_resolved':
    case 'error':
    case 'harness_end':
      return ENVELOPE_BYTES + 2 * lengthOf(event);
    default:
      return ENVELOPE_BYTES;
  }
}

function weightOfAnswer({ relayId, answer }: RecordedAnswer): number {
  return ENVELOPE_BYTES + 2 * (relayId.length + lengthOf(answer));
}

function lengthOf(value: unknown): number {
  try {
    return JSON.stringify(value)?.length ?? 0;
  } catch {
    return 1024; // a value that JSON cannot hold, in an application's own `result`
  }
}
