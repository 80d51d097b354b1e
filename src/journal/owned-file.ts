/** The file of a journal in the process that owns it: after the first failure nothing more is written. */
import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { GreenroomError } from '../errors.ts';
import { lastAnswer } from './answers.ts';
import { journalError } from './journal-errors.ts';
import { claim, release } from './owner.ts';
import { checkSchema, migrate, schemaOf } from './schema.ts';
import { beginSession, endSession, type SessionAbout } from './session.ts';
import { openDatabase } from './database-file.ts';

export interface OwnedFileOptions {
  readonly path: string;
  readonly about: SessionAbout;
  readonly maxBytes?: number | undefined;
  /** Called once, at the first failure. */
  readonly onFailure: () => void;
}

export class OwnedFile {
  readonly path: string;
  readonly db: DatabaseSync;
  /** The last entry and the place of the last answer when the file was opened. */
  readonly found: { readonly seq: number; readonly answer: number };
  readonly #token = randomUUID();
  readonly #onFailure: () => void;
  #durable = true;
  #failure: GreenroomError | undefined;
  #closed = false;

  /** @throws GreenroomError `journal` when it cannot be used or another process owns it. */
  constructor({ path, about, maxBytes, onFailure }: OwnedFileOptions) {
    this.path = path;
    this.#onFailure = onFailure;
    this.db = openDatabase(path);
    try {
      this.found = this.#begin(about);
      if (maxBytes !== undefined) this.#limit(maxBytes);
    } catch (cause) {
      this.db.close();
      throw journalError(path, 'opened', cause);
    }
  }

  /** True unless it was closed or has failed. */
  get isSound(): boolean {
    return !this.#closed && this.#failure === undefined;
  }

  /** The first failure, if any. */
  get failure(): GreenroomError | undefined {
    return this.#failure;
  }

  /** @throws GreenroomError `journal` when the file has failed or was closed. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closed) throw new GreenroomError('journal', `The journal ${this.path} was closed.`);
  }

  /** @param durable Syncs the write to the disk, and with it all writes before: the log is synced as a whole. */
  writing<T>(durable: boolean, write: () => T): T {
    try {
      if (durable !== this.#durable) this.db.exec(`PRAGMA synchronous = ${durable ? 'FULL' : 'NORMAL'}`);
      this.#durable = durable;
      return write();
    } catch (cause) {
      throw this.#fail('written', cause);
    }
  }

  /** Works after `close()`, too, on a connection of its own: no file stays open for late readers. */
  reading<T>(read: (db: DatabaseSync) => T): T {
    if (this.#closed) return this.#readingLate(read);
    try {
      return read(this.db);
    } catch (cause) {
      throw this.#fail('read', cause);
    }
  }

  /** @param ended True when the session is over; otherwise it can be resumed. */
  close(ended: boolean): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      if (ended && this.#failure === undefined) endSession(this.db);
      release(this.db, this.#token);
    } catch {
      // the claim of an ended process does not count
    }
    try {
      this.db.close();
    } catch {
      // as above
    }
  }

  #begin(about: SessionAbout): OwnedFile['found'] {
    const { db } = this;
    checkSchema(this.path, schemaOf(db));
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    db.exec('BEGIN IMMEDIATE');
    migrate(db);
    claim(db, this.path, this.#token);
    beginSession(db, about);
    const { seq } = db.prepare('SELECT coalesce(max(seq), 0) AS seq FROM entry').get() ?? {};
    const found = { seq: Number(seq), answer: lastAnswer(db) };
    db.exec('COMMIT');
    return found;
  }

  #limit(maxBytes: number): void {
    const size = Number(this.db.prepare('PRAGMA page_size').get()?.['page_size']);
    this.db.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / size))}`);
  }

  /** Keeps the first failure: a later entry that fits would leave a gap, and data after damage cannot be trusted. */
  #fail(done: 'written' | 'read', cause: unknown): GreenroomError {
    const error = journalError(this.path, done, cause);
    if (this.#failure !== undefined) return error;
    this.#failure = error;
    try {
      if (this.db.isTransaction) this.db.exec('ROLLBACK');
    } catch {
      // SQLite rolls back by itself when the file is opened again
    }
    this.#onFailure();
    return error;
  }

  #readingLate<T>(read: (db: DatabaseSync) => T): T {
    const db = openDatabase(this.path, { readOnly: true });
    try {
      return read(db);
    } catch (cause) {
      throw journalError(this.path, 'read', cause);
    } finally {
      db.close();
    }
  }
}
