/**
 * A journal in a file, through Node's SQLite.
 *
 * Guarantees (one test each in test/journal):
 * - a fact (anything but `text`, `reasoning` and `tool_progress`) is on the disk when `append()` returns;
 * - a delta is in the file before anybody reads it, so it outlives the process; it reaches the disk with the next fact;
 * - after a crash the file holds a prefix of what was appended: no gap, no duplicate;
 * - one process writes; a second is refused, and a dead one's claim is taken over;
 * - the first entry that cannot be written is the last one taken: what was recorded stays readable.
 */
import { randomUUID } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { v7 as uuidv7 } from 'uuid';
import { GreenroomError } from '../errors.ts';
import type { Envelope } from '../events.ts';
import { journalError } from './journal-errors.ts';
import type { Journal, JournalPage } from './journal.ts';
import { claim, release } from './owner.ts';
import { pageOf, SELECT_PAGE } from './pages.ts';
import { createPrivateDatabase, databaseFiles } from './private-database.ts';
import { isDelta, Joined, type Row, rowOf } from './rows.ts';
import { checkSchema, migrate, schemaOf } from './schema.ts';
import { openDatabase } from './sqlite.ts';

export interface SqliteJournalOptions {
  /** Names the session in listings. Default: a UUID v7; an existing file keeps its own. */
  readonly id?: string;
  /** What the session is about, for listings, e.g. the goal. */
  readonly title?: string;
  /** Where its agents work, for listings. */
  readonly workspace?: string;
  /** The file takes no more than this, in bytes. Default: what the disk has. */
  readonly maxBytes?: number;
}

/** Deltas waiting at most, in number and UTF-16 units, and how long, in milliseconds, when nobody reads them. */
const WAITING = 1024;
const WAITING_LENGTH = 256 * 1024;
const WAITING_MS = 20;

/**
 * Opens or creates a journal and becomes its owner.
 * @throws GreenroomError `journal` when it cannot be used or another process owns it.
 */
export function sqliteJournal(path: string, options: SqliteJournalOptions = {}): Journal {
  return new SqliteJournal(createPrivateDatabase(path), options);
}

class SqliteJournal implements Journal {
  readonly files: readonly string[];
  readonly #path: string;
  readonly #token = randomUUID();
  readonly #db: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #select: StatementSync;
  /** What is in the file. */
  #stored: number;
  /** What was taken. */
  #lastSeq: number;
  #waiting: Joined[] = [];
  #count = 0;
  #length = 0;
  #timer: NodeJS.Timeout | undefined;
  #durable = true;
  #failure: GreenroomError | undefined;
  #closed = false;

  constructor(path: string, options: SqliteJournalOptions) {
    this.#path = path;
    this.files = databaseFiles(path);
    this.#db = openDatabase(path);
    try {
      this.#begin(options);
      this.#insert = this.#db.prepare(
        'INSERT INTO entry (seq, first, at, agent_id, event, lengths) VALUES (?, ?, ?, ?, ?, ?)',
      );
      this.#select = this.#db.prepare(SELECT_PAGE);
      this.#stored = Number(this.#db.prepare('SELECT max(seq) AS seq FROM entry').get()?.['seq'] ?? 0);
      this.#lastSeq = this.#stored;
    } catch (cause) {
      this.#db.close();
      throw journalError(path, 'opened', cause);
    }
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  append(entries: readonly Envelope[]): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closed) throw new GreenroomError('journal', `The journal ${this.#path} was closed.`);
    const rows: Row[] = [];
    for (const entry of entries) {
      if (isDelta(entry.event)) this.#wait(entry, entry.event);
      else rows.push(...this.#takeWaiting(), rowOf(entry));
      this.#lastSeq = entry.seq;
    }
    if (rows.length > 0) this.#store(rows, true);
    if (this.#count >= WAITING || this.#length >= WAITING_LENGTH) this.flush();
    else if (this.#count > 0) this.#timer ??= setTimeout(() => this.#flushLate(), WAITING_MS);
  }

  /** Puts the deltas that wait into the file. */
  flush(): void {
    if (this.#count === 0) return;
    this.#store(this.#takeWaiting(), false);
  }

  read({ since, limit }: { readonly since: number; readonly limit: number }): JournalPage {
    if (this.#closed) return this.#readClosed(since, limit);
    if (since >= this.#stored) this.flush();
    if (since >= this.#stored) return { entries: [], behind: false };
    return this.#reading(() => pageOf(this.#select, since, limit));
  }

  close(): void {
    if (this.#closed) return;
    try {
      if (this.#failure === undefined) this.flush();
    } finally {
      this.#closed = true;
      clearTimeout(this.#timer);
      this.#end();
    }
  }

  #begin(options: SqliteJournalOptions): void {
    const db = this.#db;
    checkSchema(this.#path, schemaOf(db));
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    db.exec('BEGIN IMMEDIATE');
    migrate(db);
    claim(db, this.#path, this.#token);
    const { id = uuidv7(), title = null, workspace = null } = options;
    db.prepare('INSERT OR IGNORE INTO session (one, id, title, workspace, created_at) VALUES (1, ?, ?, ?, ?)').run(
      id,
      title,
      workspace,
      Date.now(),
    );
    db.exec('UPDATE session SET ended_at = NULL; COMMIT');
    if (options.maxBytes === undefined) return;
    const size = Number(db.prepare('PRAGMA page_size').get()?.['page_size']);
    db.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(options.maxBytes / size))}`);
  }

  #wait(entry: Envelope, event: Parameters<Joined['take']>[1]): void {
    if (this.#waiting.at(-1)?.take(entry, event) !== true) this.#waiting.push(new Joined(entry, event));
    this.#count += 1;
    this.#length += event.content.length;
  }

  #takeWaiting(): Row[] {
    const rows = this.#waiting.map((joined) => joined.row());
    this.#waiting = [];
    this.#count = 0;
    this.#length = 0;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return rows;
  }

  /** All of them or none. What is durable takes what came before along: the log is synced as a whole. */
  #store(rows: readonly Row[], durable: boolean): void {
    try {
      if (durable !== this.#durable) this.#db.exec(`PRAGMA synchronous = ${durable ? 'FULL' : 'NORMAL'}`);
      this.#durable = durable;
      if (rows.length === 1 && rows[0] !== undefined) this.#insert.run(...rows[0]);
      else this.#storeTogether(rows);
      this.#stored = rows.at(-1)?.[0] ?? this.#stored;
    } catch (cause) {
      throw this.#fail(cause);
    }
  }

  #storeTogether(rows: readonly Row[]): void {
    this.#db.exec('BEGIN IMMEDIATE');
    for (const row of rows) this.#insert.run(...row);
    this.#db.exec('COMMIT');
  }

  /** Nothing more is taken: a later entry that fits would leave a gap. */
  #fail(cause: unknown): GreenroomError {
    this.#failure = journalError(this.#path, 'written', cause);
    this.#takeWaiting();
    this.#lastSeq = this.#stored;
    try {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
    } catch {
      // SQLite rolls back by itself when the file is opened again
    }
    return this.#failure;
  }

  #flushLate(): void {
    this.#timer = undefined;
    try {
      this.flush();
    } catch {
      // the next entry is refused with this failure; nobody was told of these
    }
  }

  #end(): void {
    const db = this.#db;
    try {
      if (this.#failure === undefined) {
        db.prepare('UPDATE session SET ended_at = ?').run(Date.now());
      }
      release(db, this.#token);
    } catch {
      // the claim of a process that has ended counts for nothing
    }
    try {
      db.close();
    } catch {
      // as above
    }
  }

  /** For a reader that is late: nothing stays open for it. */
  #readClosed(since: number, limit: number): JournalPage {
    if (since >= this.#stored) return { entries: [], behind: false };
    const db = openDatabase(this.#path, { readOnly: true });
    try {
      return this.#reading(() => pageOf(db.prepare(SELECT_PAGE), since, limit));
    } finally {
      db.close();
    }
  }

  #reading<T>(read: () => T): T {
    try {
      return read();
    } catch (cause) {
      throw journalError(this.#path, 'read', cause);
    }
  }
}
