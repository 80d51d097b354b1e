/**
 * The entries of the stream, handed to whoever shows an agent: gathered until the next frame, so that frames and not tokens
 * drive what is drawn.
 */
import type { Envelope } from '../../events.ts';

export interface EntryReader {
  /** Entries of this agent, in order. */
  readonly onEntries: (entries: readonly Envelope[]) => void;
  /** Entries were skipped: what is shown has to be asked for again. */
  readonly onGap: () => void;
}

export interface EntryFeed {
  /** Takes the next entry of the stream. */
  take(entry: Envelope): void;
  /** The last entry taken; 0 before the first. */
  lastSeq(): number;
  /** @returns Ends it. */
  subscribe(agentId: string, reader: EntryReader): () => void;
}

/** @param atNextFrame Runs something before the next frame is drawn: `requestAnimationFrame`. */
export function createEntryFeed(atNextFrame: (run: () => void) => void): EntryFeed {
  const readers = new Map<string, Set<EntryReader>>();
  let waiting = new Map<string, Envelope[]>();
  let isPlanned = false;
  let seq = 0;

  const hand = () => {
    isPlanned = false;
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
      if (isPlanned) return;
      isPlanned = true;
      atNextFrame(hand);
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
