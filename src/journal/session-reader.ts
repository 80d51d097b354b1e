/** Reads a journal, also while another process writes it. Changes nothing in it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseSync } from 'node:sqlite';
import { GreenroomError } from '../errors.ts';
import type { Envelope } from '../events.ts';
import { answersIn } from './answers.ts';
import { journalError } from './journal-errors.ts';
import type { RecordedAnswer } from './journal.ts';
import { pageOf, SELECT_PAGE } from './pages.ts';
import { openRecorded } from './database-file.ts';
import { infoOf, type SessionInfo, stateOf } from './session.ts';

/** Reads the session in a journal file, also while another process records it. Changes nothing. */
export interface SessionReader extends Disposable {
  /** The session as it is now. */
  info(): SessionInfo;
  /** The entries recorded so far, after `since` up to and including `until`. */
  entries(range?: { readonly since?: number; readonly until?: number }): Iterable<Envelope>;
  /** The answers recorded so far, in the order given. */
  answers(): readonly RecordedAnswer[];
  /** The same as `entries()`, then entries as they are recorded, until the session ends or `signal` aborts. */
  follow(options?: { readonly since?: number; readonly signal?: AbortSignal }): AsyncIterable<Envelope>;
  close(): void;
}

const PAGE = 512;
/** How often a follower looks for more, in milliseconds. */
const POLL_MS = 50;
/** It checks whether the owner still runs once in so many looks. */
const OWNER_EVERY = 20;

/**
 * Opens a journal for reading. It must be closed.
 * @throws GreenroomError `journal` when there is none or it cannot be read; so do its methods for damaged entries.
 */
export function openSession(path: string): SessionReader {
  const { file, db } = openRecorded(path, { readOnly: true });
  return new Reader(file, db);
}

class Reader implements SessionReader {
  readonly #path: string;
  readonly #db: DatabaseSync;
  #closed = false;

  constructor(path: string, db: DatabaseSync) {
    this.#path = path;
    this.#db = db;
  }

  info(): SessionInfo {
    return this.#reading(() => infoOf(this.#db, this.#path));
  }

  answers(): readonly RecordedAnswer[] {
    return this.#reading(() => answersIn(this.#db, this.#path));
  }

  *entries({ since = 0, until = Infinity }: { readonly since?: number; readonly until?: number } = {}) {
    let at = since;
    for (;;) {
      const page = this.#page(at);
      for (const entry of page) {
        // deltas joined past `until` were not all recorded yet
        if (entry.seq > until) return;
        yield entry;
        at = entry.seq;
      }
      if (page.length === 0) return;
    }
  }

  async *follow({ since = 0, signal }: { readonly since?: number; readonly signal?: AbortSignal } = {}) {
    const version = this.#db.prepare('PRAGMA data_version');
    const isStopped = () => signal?.aborted === true;
    let at = since;
    for (let look = 0, seen: unknown; !isStopped(); look += 1) {
      const { data_version: now } = this.#reading(() => version.get()) ?? {};
      if (now !== seen || look % OWNER_EVERY === 0) {
        const state = this.#reading(() => stateOf(this.#db)); // before reading, so that its last entries are read
        seen = now;
        for (const entry of this.entries({ since: at })) {
          yield entry;
          at = entry.seq;
        }
        if (state !== 'running') return;
      }
      await sleep(POLL_MS, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#db.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #page(since: number): readonly Envelope[] {
    const request = { path: this.#path, since, limit: PAGE };
    return this.#reading(() => pageOf(this.#db.prepare(SELECT_PAGE), request)).entries;
  }

  #reading<T>(read: () => T): T {
    if (this.#closed) throw new GreenroomError('journal', `The reader of ${this.#path} was closed.`);
    try {
      return read();
    } catch (cause) {
      throw journalError(this.#path, 'read', cause);
    }
  }
}
