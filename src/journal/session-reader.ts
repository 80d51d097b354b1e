/** Reads a journal that may be another process's, while it is written or after. Changes nothing in it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseSync } from 'node:sqlite';
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { GreenroomError } from '../errors.ts';
import { Envelope } from '../events.ts';
import { journalError } from './journal-errors.ts';
import { type JournalOwner, ownerOf } from './owner.ts';
import { pageOf, SELECT_PAGE } from './pages.ts';
import { checkSchema, schemaOf } from './schema.ts';
import { openDatabase } from './sqlite.ts';

export interface SessionInfo {
  readonly id: string;
  /** The journal's absolute path. */
  readonly path: string;
  readonly title?: string;
  readonly workspace?: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** When it was closed in order; epoch milliseconds. */
  readonly endedAt?: number;
  /** `stopped`: its process is gone and did not close it. */
  readonly state: 'running' | 'ended' | 'stopped';
  readonly owner?: JournalOwner;
  readonly lastSeq: number;
}

export interface SessionReader extends Disposable {
  /** How it stands now. */
  info(): SessionInfo;
  /** Everything recorded until now, from after `since` up to and with `until`. */
  entries(range?: { readonly since?: number; readonly until?: number }): Iterable<Envelope>;
  /** The same, and then what is recorded later, until the session ends or `signal` aborts. */
  follow(options?: { readonly since?: number; readonly signal?: AbortSignal }): AsyncIterable<Envelope>;
  close(): void;
}

const PAGE = 512;
/** How often a follower looks for more, in milliseconds. */
const POLL_MS = 50;
/** How often it asks whether the owner still runs: every so many looks. */
const OWNER_EVERY = 20;

/**
 * Opens a journal for reading. It must be closed.
 * @throws GreenroomError `journal` when there is none or it cannot be read; so do its methods for damaged entries.
 */
export function openSession(path: string): SessionReader {
  const file = resolve(path);
  // SQLite would wait for a FIFO
  if (!existsSync(file) || !statSync(file).isFile()) {
    throw new GreenroomError('journal', `There is no journal ${file}. greenroom sessions lists those there are.`);
  }
  const db = openDatabase(file, { readOnly: true });
  try {
    const found = schemaOf(db);
    checkSchema(file, found);
    if (found === 'empty' || found === 0) throw new GreenroomError('journal', `${file} holds no session.`);
    return new Reader(file, db);
  } catch (cause) {
    db.close();
    throw journalError(file, 'read', cause);
  }
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
    return this.#reading(() => {
      const db = this.#db;
      // in one transaction, so that an end and the last entry are of the same moment
      db.exec('BEGIN');
      try {
        const row = db.prepare('SELECT id, title, workspace, created_at, ended_at FROM session').get() ?? {};
        const { seq } = db.prepare('SELECT coalesce(max(seq), 0) AS seq FROM entry').get() ?? {};
        const owner = ownerOf(db);
        const { id, title, workspace, created_at: createdAt, ended_at: endedAt } = row;
        return {
          id: String(id),
          path: this.#path,
          ...(typeof title === 'string' ? { title } : {}),
          ...(typeof workspace === 'string' ? { workspace } : {}),
          createdAt: Number(createdAt),
          ...(typeof endedAt === 'number' ? { endedAt } : {}),
          state: owner?.alive === true ? 'running' : typeof endedAt === 'number' ? 'ended' : 'stopped',
          ...(owner === undefined ? {} : { owner }),
          lastSeq: Number(seq),
        };
      } finally {
        db.exec('COMMIT');
      }
    });
  }

  *entries({ since = 0, until = Infinity }: { readonly since?: number; readonly until?: number } = {}) {
    let at = since;
    for (;;) {
      const page = this.#page(at);
      for (const entry of page) {
        // deltas that were joined past it were not all there yet
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
        const { state } = this.info(); // before reading: what it wrote last is read then
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

  #page(since: number): Envelope[] {
    const { entries } = this.#reading(() => pageOf(this.#db.prepare(SELECT_PAGE), since, PAGE));
    for (const entry of entries) {
      if (Envelope.safeParse(entry).success) continue;
      throw new GreenroomError('journal', `Entry ${entry.seq} of ${this.#path} is damaged. Keep a copy of the file.`);
    }
    return entries.slice();
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
