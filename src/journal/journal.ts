/** The port of the record that is the truth: append-only, read by sequence number. */
import type { Envelope } from '../events.ts';

export interface JournalPage {
  /** In order, without gaps; but neighbouring deltas of one block may be joined, under the last `seq`. */
  readonly entries: readonly Envelope[];
  /** True when the entries right after `since` are gone: the reader needs a `resync` first. */
  readonly behind: boolean;
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
  /** Absolute paths of the files it lives in, if any: no rule lets an agent change them. */
  readonly files?: readonly string[];
  close(): void;
}
