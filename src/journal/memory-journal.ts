/** A journal in memory: bounded in events and bytes, oldest dropped first, in whole chunks so that dropping costs nothing. */
import type { Envelope } from '../events.ts';
import type { Journal, JournalPage } from './journal.ts';
import { memoryAnswers } from './memory-answers.ts';
import { weightOf } from './weight.ts';

export interface MemoryJournalOptions {
  /** Events kept at least, while the bytes allow it. Default 200 000. */
  readonly maxEvents?: number;
  /** Bytes kept at most, estimated from the text in the events; the newest event is always kept. Default 128 MiB. */
  readonly maxBytes?: number;
}

interface Chunk {
  readonly firstSeq: number;
  readonly entries: Envelope[];
  bytes: number;
}

/** Where a chunk is full: so many entries, or this part of the bytes, so that dropping one never drops most of them. */
const CHUNK = 1024;
const CHUNKS_OF_BYTES = 16;

export function memoryJournal({ maxEvents = 200_000, maxBytes = 128 * 2 ** 20 }: MemoryJournalOptions = {}): Journal {
  let chunks: Chunk[] = [];
  let dropped = 0;
  let bytes = 0;
  let count = 0;
  let lastSeq = 0;

  const isFull = ({ entries, bytes: held }: Chunk) => entries.length === CHUNK || held >= maxBytes / CHUNKS_OF_BYTES;

  const dropOldest = () => {
    while (chunks.length - dropped > 1) {
      const oldest = chunks[dropped];
      if (oldest === undefined || (bytes <= maxBytes && count - oldest.entries.length < maxEvents)) break;
      bytes -= oldest.bytes;
      count -= oldest.entries.length;
      chunks[dropped] = { firstSeq: oldest.firstSeq, entries: [], bytes: 0 };
      dropped += 1;
    }
    if (dropped > 64) {
      chunks = chunks.slice(dropped);
      dropped = 0;
    }
  };

  const add = (entry: Envelope) => {
    let chunk = chunks.at(-1);
    if (chunk === undefined || isFull(chunk)) {
      chunk = { firstSeq: entry.seq, entries: [], bytes: 0 };
      chunks.push(chunk);
    }
    const weight = weightOf(entry);
    chunk.entries.push(entry);
    chunk.bytes += weight;
    bytes += weight;
    count += 1;
    lastSeq = entry.seq;
    if (chunk.entries.length === 1 || bytes > maxBytes) dropOldest();
  };

  /** The chunk that holds `seq`, which is one of those kept. */
  const chunkOf = (seq: number): Chunk | undefined => {
    let low = dropped;
    let high = chunks.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((chunks[middle]?.firstSeq ?? 0) <= seq) low = middle;
      else high = middle - 1;
    }
    return chunks[low];
  };

  return {
    append(entries) {
      for (const entry of entries) add(entry);
    },
    read({ since, limit }): JournalPage {
      const firstSeq = chunks[dropped]?.firstSeq ?? lastSeq + 1;
      if (since + 1 < firstSeq) return { entries: [], behind: true };
      if (since >= lastSeq) return { entries: [], behind: false };
      const chunk = chunkOf(since + 1);
      const from = since + 1 - (chunk?.firstSeq ?? 0);
      return { entries: chunk?.entries.slice(from, from + limit) ?? [], behind: false };
    },
    get lastSeq() {
      return lastSeq;
    },
    ...memoryAnswers({ maxAnswers: maxEvents, maxBytes: maxBytes / CHUNKS_OF_BYTES }),
    close() {
      // what was recorded stays readable for as long as somebody holds the journal
    },
  };
}
