/** A journal in memory that tells of each entry as it is taken. */
import { type Envelope } from '../index.ts';
import { type Journal, memoryJournal } from '../journal/index.ts';

export function watchedJournal(onEntry: (entry: Envelope) => void): Journal {
  const journal = memoryJournal();
  return {
    ...journal,
    get lastSeq() {
      return journal.lastSeq;
    },
    append(entries) {
      journal.append(entries);
      for (const entry of entries) onEntry(entry);
    },
  };
}
