/** A store that outlives processes, and what one process sees of it until it crashes or the disk fails. */
import { type Envelope, GreenroomError } from '../../../src/index.ts';
import { type Journal, memoryJournal } from '../../../src/journal/index.ts';

export interface Fault {
  /** At which write, counted from the start of the process. */
  readonly at: number;
  /** `lost`: the process dies before it is stored; `stored`: right after; `error`: the disk takes nothing any more. */
  readonly how: 'lost' | 'stored' | 'error';
}

export interface Store {
  readonly journal: Journal;
  entries(): readonly Envelope[];
}

export function createStore(): Store {
  const journal = memoryJournal();
  const entries: Envelope[] = [];
  return {
    journal: {
      ...journal,
      get lastSeq() {
        return journal.lastSeq;
      },
      append(added) {
        journal.append(added);
        // as a file would give them back: plain data, and nobody else's objects
        entries.push(...(JSON.parse(JSON.stringify(added)) as Envelope[]));
      },
      read: ({ since, limit }) => ({ entries: entries.slice(since, since + limit), behind: false }),
    },
    entries: () => entries,
  };
}

/** The store as one process has it. */
export function processView(store: Store, fault: Fault | undefined): Journal & { readonly failed: boolean } {
  const { journal } = store;
  let writes = 0;
  let failed = false;
  const write = <T>(store_: () => T): T => {
    if (failed) throw new GreenroomError('journal', 'the store is gone');
    writes += 1;
    if (writes !== fault?.at) return store_();
    failed = true;
    if (fault.how === 'stored') store_();
    throw new GreenroomError('journal', fault.how === 'error' ? 'the disk is full' : 'the process is dead');
  };
  return {
    append: (entries) => write(() => journal.append(entries)),
    answer: (relayId, answer, at) => write(() => journal.answer?.(relayId, answer, at) ?? true),
    answers: () => journal.answers?.() ?? [],
    read: (from) => journal.read(from),
    close: () => undefined,
    get lastSeq() {
      return journal.lastSeq;
    },
    get failed() {
      return failed;
    },
  };
}
