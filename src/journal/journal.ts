/** The port of the record that is the truth: append-only, read by sequence number. */
import type { Envelope, RelayAnswer } from '../events.ts';

export interface JournalPage {
  /** In order, without gaps; but neighbouring deltas of one block may be joined, under the last `seq`. */
  readonly entries: readonly Envelope[];
  /** True when the entries right after `since` are gone: the reader needs a `resync` first. */
  readonly behind: boolean;
}

/** A human's answer, as it was recorded before anybody acted upon it. */
export interface RecordedAnswer {
  readonly relayId: string;
  readonly answer: RelayAnswer;
  /** When it was given, epoch milliseconds. */
  readonly at: number;
}

export interface Journal {
  /** Takes entries whose `seq` follow the last one. Whoever reads next sees them. One that throws has taken none that counts. */
  append(entries: readonly Envelope[]): void;
  /** Called before anybody is told of deltas: makes them outlive the process, where the journal does. */
  flush?(): void;
  /** At most `limit` entries with a `seq` greater than `since`. */
  read(options: { readonly since: number; readonly limit: number }): JournalPage;
  /** The last `seq` appended; 0 when there is none. */
  readonly lastSeq: number;
  /**
   * Records an answer, where the journal outlives the process: when this returns `true` it is on the disk. The first one to
   * a relay wins; a later one is `false` and changes nothing. One that throws was not taken: do not act upon it.
   */
  answer?(relayId: string, answer: RelayAnswer, at: number): boolean;
  /** Every recorded answer, in the order given. */
  answers?(): readonly RecordedAnswer[];
  /**
   * Hands over, once each and in the order given, the answers that others than this object leave in the journal from the
   * moment it was opened on; `answers()` has them too. Those that come while nobody listens are handed over later. A listener
   * that throws is not told of that answer again. Returns what ends it.
   */
  onAnswer?(heard: (recorded: RecordedAnswer) => void): () => void;
  /** Looks for such answers at once: what has come is handed over before this returns. */
  drainAnswers?(): void;
  /** Absolute paths of the files it lives in, if any: no rule lets an agent change them. */
  readonly files?: readonly string[];
  /** Ends the session; with `unfinished` it is left to be resumed. */
  close(how?: { readonly unfinished?: boolean }): void;
}
