/** The port of the record: append-only, read by sequence number. */
import { GreenroomError } from '../errors.ts';
import type { Envelope, RelayAnswer } from '../events.ts';

/** Entries read from a journal. */
export interface JournalPage {
  /** In order, without gaps; but neighbouring deltas of one block may be joined, under the last `seq`. */
  readonly entries: readonly Envelope[];
  /** True when the entries right after `since` were dropped: the reader needs a `resync` first. */
  readonly behind: boolean;
}

/** A human's answer, as it was recorded before anything acted upon it. */
export interface RecordedAnswer {
  readonly relayId: string;
  readonly answer: RelayAnswer;
  /** When it was given, epoch milliseconds. */
  readonly at: number;
}

/** The record of one session. `memoryJournal` and `sqliteJournal` are two; an application may bring its own. */
export interface Journal {
  /**
   * Takes entries whose `seq` follow the last one. They are stored when this returns, unless `settled()` was called before.
   * One that throws has taken none.
   */
  append(entries: readonly Envelope[]): void;
  /**
   * Resolves once everything appended before this call is stored. From the first call on, `append()` may store later, the
   * entries of many agents at once: no reader is given an entry, no tool starts and no result is told before this resolves.
   * Rejects when the entries cannot be stored; nothing more is appended then. Absent: `append()` stores.
   */
  settled?(): Promise<void>;
  /** Stores everything appended before this call, and returns then. Throws when it cannot be stored. */
  flush?(): void;
  /** At most `limit` stored entries with a `seq` greater than `since`. */
  read(options: { readonly since: number; readonly limit: number }): JournalPage;
  /** The last `seq` appended; 0 before the first. */
  readonly lastSeq: number;
  /**
   * Records an answer. When this returns `true`, the answer and everything appended before it are stored. The first answer
   * to a relay wins; a later one gives `false` and changes nothing. When this throws, the answer was not taken: do not act
   * upon it.
   */
  answer?(relayId: string, answer: RelayAnswer, at: number): boolean;
  /** Every recorded answer, in the order given. */
  answers?(): readonly RecordedAnswer[];
  /**
   * Hands over the answers that other processes leave in the journal after it was opened, once each and in the order given;
   * `answers()` has them too. Those that come while no listener is set are handed over later. An answer whose listener throws
   * is not repeated. Returns a function that ends it.
   */
  onAnswer?(heard: (recorded: RecordedAnswer) => void): () => void;
  /** Looks for such answers at once: those found are handed over before this returns. */
  drainAnswers?(): void;
  /** Absolute paths of the files it lives in, if any: no rule lets an agent change them. */
  readonly files?: readonly string[];
  /** Stores what was appended and ends the session; with `unfinished` it can be resumed. */
  close(how?: { readonly unfinished?: boolean }): void;
}

/** Journals that an orchestrator of this process writes: a second one would do everything twice. */
const claimed = new WeakSet<Journal>();

/** @throws GreenroomError `journal` when another orchestrator has it. */
export function claimJournal(journal: Journal): void {
  if (claimed.has(journal)) {
    const message =
      'This journal is in use by another orchestrator of this process. Await its suspend() or cleanup() first.';
    throw new GreenroomError('journal', message);
  }
  // a value that is no object is refused with the other options
  if (typeof journal === 'object' && journal !== null) claimed.add(journal);
}

export function releaseJournal(journal: Journal): void {
  claimed.delete(journal);
}
