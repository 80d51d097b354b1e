/** The feed of stream entries to the parts of the page that show an agent, at most once a frame. */
import type { Envelope } from '../../events.ts';

export interface EntryReader {
  /** Entries of this agent, in order. */
  readonly onEntries: (entries: readonly Envelope[]) => void;
  /** Entries were skipped: the reader must load the thread again. */
  readonly onGap: () => void;
}

export interface EntryFeed {
  /** Takes the next entry of the stream. */
  take(entry: Envelope): void;
  /** The seq of the last entry taken; 0 before the first. */
  lastSeq(): number;
  /** @returns The function that unsubscribes. */
  subscribe(agentId: string, reader: EntryReader): () => void;
}

/** @param atNextFrame Runs a function before the next frame is drawn: `requestAnimationFrame`. */
export function createEntryFeed(atNextFrame: (run: () => void) => void): EntryFeed {
  const readers = new Map<string, Set<EntryReader>>();
  let waiting = new Map<string, Envelope[]>();
  let isScheduled = false;
  let seq = 0;

  const deliver = () => {
    isScheduled = false;
    const entries = waiting;
    waiting = new Map();
    for (const [agentId, those] of entries) for (const { onEntries } of readers.get(agentId) ?? []) onEntries(those);
  };

  return {
    take(entry) {
      seq = entry.seq;
      if (entry.event.type === 'resync') {
        waiting.clear();
        for (const set of readers.values()) for (const { onGap } of set) onGap();
        return;
      }
      if (!readers.has(entry.agentId)) return;
      const before = waiting.get(entry.agentId);
      if (before === undefined) waiting.set(entry.agentId, [entry]);
      else before.push(entry);
      if (isScheduled) return;
      isScheduled = true;
      atNextFrame(deliver);
    },
    lastSeq: () => seq,
    subscribe(agentId, reader) {
      const set = readers.get(agentId) ?? new Set();
      readers.set(agentId, set.add(reader));
      return () => {
        set.delete(reader);
        if (set.size > 0 || readers.get(agentId) !== set) return;
        readers.delete(agentId);
        waiting.delete(agentId);
      };
    },
  };
}
