/**
 * A journal in a file, through Node's SQLite.
 *
 * Guarantees (one test each in test/journal):
 * - a fact (anything but `text`, `reasoning` and `tool_progress`) is on the disk when `append()` returns;
 * - from the first call of `settled()` on, the facts of one turn of the event loop share one commit, however many agents
 *   they come from, and are on the disk when a later `settled()` resolves or `flush()` returns;
 * - deltas are in the file then, so they outlive the process; they reach the disk with the next fact;
 * - when `answer()` returns true, the answer and all that was appended before are on the disk; the first answer to a relay
 *   is the only one;
 * - after a crash the file holds a prefix of what was appended: no gap, no duplicate;
 * - one process writes; a second one is refused, and the claim of a dead one is taken over; any process may leave answers;
 * - after the first entry or answer that cannot be written, nothing more is written; what was stored stays readable;
 * - a file that is found damaged takes nothing more; the entries before the damage are read.
 */
import type { StatementSync } from 'node:sqlite';
import { faultPoint, type Fact } from '../diagnostics/fault-points.ts';
import type { Envelope, RelayAnswer } from '../events.ts';
import { AnswerWatch } from './answer-watch.ts';
import { answerJson, answersIn, AnswerTable } from './answers.ts';
import { createPrivateDatabase, databaseFiles } from './database-file.ts';
import type { Journal, JournalPage, RecordedAnswer } from './journal.ts';
import { OwnedFile } from './owned-file.ts';
import { pageOf, SELECT_PAGE } from './pages.ts';
import { type Row, WaitingEntries } from './rows.ts';
import { type SessionAbout, settingsJson } from './session.ts';

/** Options of `sqliteJournal`. */
export interface SqliteJournalOptions {
  /** Names the session in listings. Default: a UUID v7; an existing file keeps its own. */
  readonly id?: string;
  /** What the session is about, for listings, e.g. the goal. */
  readonly title?: string;
  /** Where its agents work, for listings. */
  readonly workspace?: string;
  /**
   * What it takes to resume the session, as JSON; comes back in `SessionInfo.settings`. Default: an existing file keeps its
   * own.
   */
  readonly settings?: unknown;
  /** The file takes no more than this from here, in bytes. Default: what the disk has. */
  readonly maxBytes?: number;
}

const INSERT = 'INSERT INTO entry (seq, first, at, agent_id, event, lengths) VALUES (?, ?, ?, ?, ?, ?)';

/** How long deltas wait while nothing asks for them, in milliseconds. */
const WAITING_MS = 20;

/**
 * Opens or creates a journal and becomes its owner.
 * @throws GreenroomError `journal` when it cannot be used or another process owns it, `invalid_params` for settings that
 * JSON cannot hold.
 */
export function sqliteJournal(path: string, options: SqliteJournalOptions = {}): Journal {
  const { maxBytes, ...about } = options;
  const settings = settingsJson(options.settings);
  return new SqliteJournal(createPrivateDatabase(path), { ...about, settings }, maxBytes);
}

class SqliteJournal implements Journal {
  readonly files: readonly string[];
  readonly #file: OwnedFile;
  readonly #insert: StatementSync;
  readonly #select: StatementSync;
  readonly #answers: AnswerTable;
  readonly #watch: AnswerWatch;
  readonly #waiting = new WaitingEntries();
  /** True once `settled()` was called: facts wait for the end of the turn of the event loop. */
  #isGrouped = false;
  /** Set while a commit is due after this turn of the event loop. */
  #due: NodeJS.Immediate | undefined;
  /** Set while deltas wait and no commit is due. */
  #timer: NodeJS.Timeout | undefined;
  /** Settles with the next commit. */
  #gate: PromiseWithResolvers<void> | undefined;
  /** The last entry in the file. */
  #stored: number;
  /** The last entry appended. */
  #lastSeq: number;

  constructor(path: string, about: SessionAbout, maxBytes: number | undefined) {
    this.files = databaseFiles(path);
    this.#file = new OwnedFile({ path, about, maxBytes, onFailure: () => this.#giveUp() });
    const { db, found } = this.#file;
    this.#insert = db.prepare(INSERT);
    this.#select = db.prepare(SELECT_PAGE);
    this.#answers = new AnswerTable(db, path);
    this.#watch = this.#watchFrom(found.answer);
    this.#stored = found.seq;
    this.#lastSeq = found.seq;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  append(entries: readonly Envelope[]): void {
    this.#file.check();
    for (const entry of entries) {
      this.#lastSeq = entry.seq;
      this.#waiting.add(entry);
    }
    if (this.#waiting.isFull || (this.#waiting.hasFacts && !this.#isGrouped)) this.flush();
    else if (this.#waiting.hasFacts) this.#commitSoon();
    else if (!this.#waiting.isEmpty) this.#timer ??= setTimeout(() => this.#commitLate(), WAITING_MS);
  }

  settled(): Promise<void> {
    this.#isGrouped = true;
    if (this.#waiting.isEmpty) {
      const { failure } = this.#file;
      return failure === undefined ? Promise.resolve() : Promise.reject(failure);
    }
    this.#gate ??= Promise.withResolvers<void>();
    this.#commitSoon();
    return this.#gate.promise;
  }

  flush(): void {
    const gate = this.#gate;
    this.#gate = undefined;
    const { rows, facts } = this.#takeWaiting();
    try {
      if (rows.length > 0) this.#store(rows, facts);
      gate?.resolve();
    } catch (error) {
      gate?.reject(error);
      throw error;
    }
  }

  read({ since, limit }: { readonly since: number; readonly limit: number }): JournalPage {
    if (since >= this.#stored) this.flush();
    if (since >= this.#stored) return { entries: [], behind: false };
    const { path, db: own, found } = this.#file;
    const request = { path, since, limit, found: found.seq };
    return this.#file.reading((db) => pageOf(db === own ? this.#select : db.prepare(SELECT_PAGE), request));
  }

  answer(relayId: string, answer: RelayAnswer, at: number): boolean {
    this.#file.check();
    const json = answerJson(answer);
    this.flush();
    faultPoint('beforeAnswerCommit');
    const place = this.#file.writing(true, () => this.#answers.add(relayId, json, at));
    if (place === undefined) return false;
    faultPoint('afterAnswerCommit');
    this.#watch.skip(place);
    return true;
  }

  answers(): readonly RecordedAnswer[] {
    return this.#file.reading((db) => answersIn(db, this.#file.path));
  }

  onAnswer(heard: (recorded: RecordedAnswer) => void): () => void {
    if (!this.#file.isSound) return () => undefined; // an answer could not be acted upon
    return this.#watch.listen(heard);
  }

  drainAnswers(): void {
    this.#watch.look();
  }

  close({ unfinished = false }: { readonly unfinished?: boolean } = {}): void {
    try {
      if (this.#file.isSound) this.flush();
    } finally {
      this.#takeWaiting();
      this.#watch.stop();
      this.#file.close(!unfinished);
    }
  }

  #watchFrom(place: number): AnswerWatch {
    const version = this.#file.db.prepare('PRAGMA data_version');
    const source = {
      version: () => this.#file.reading(() => version.get()?.['data_version']),
      after: (behind: number) => this.#file.reading(() => this.#answers.after(behind)),
    };
    return new AnswerWatch(source, place);
  }

  #commitSoon(): void {
    this.#due ??= setImmediate(() => this.#commitLate());
  }

  #commitLate(): void {
    try {
      this.flush();
    } catch {
      // who waits for `settled()` is told; others are when they next use the journal
    }
  }

  #takeWaiting(): ReturnType<WaitingEntries['take']> {
    clearImmediate(this.#due);
    clearTimeout(this.#timer);
    this.#due = undefined;
    this.#timer = undefined;
    return this.#waiting.take();
  }

  /** All of them or none. */
  #store(rows: readonly Row[], facts: readonly Fact[]): void {
    for (const fact of facts) faultPoint(`before${fact}Commit`);
    const [row] = rows;
    this.#file.writing(facts.length > 0, () => {
      if (rows.length === 1 && row !== undefined) this.#insert.run(...row);
      else this.#storeTogether(rows);
    });
    this.#stored = rows.at(-1)?.[0] ?? this.#stored;
    for (const fact of facts) faultPoint(`after${fact}Commit`);
  }

  #storeTogether(rows: readonly Row[]): void {
    const { db } = this.#file;
    db.exec('BEGIN IMMEDIATE');
    for (const row of rows) this.#insert.run(...row);
    db.exec('COMMIT');
  }

  /** After a failure of the file: what waits is not stored, and no reader was given it. */
  #giveUp(): void {
    this.#takeWaiting();
    this.#watch.stop();
    this.#lastSeq = this.#stored;
  }
}
