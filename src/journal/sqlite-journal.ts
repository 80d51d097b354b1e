/**
 * A journal in a file, through Node's SQLite.
 *
 * Guarantees (one test each in test/journal):
 * - a fact (anything but `text`, `reasoning` and `tool_progress`) is on the disk when `append()` returns;
 * - a delta is in the file before anybody reads it, so it outlives the process; it reaches the disk with the next fact;
 * - an answer is on the disk when `answer()` returns true, and the first one to a relay is the only one;
 * - after a crash the file holds a prefix of what was appended: no gap, no duplicate;
 * - one process writes; a second is refused, and a dead one's claim is taken over; answers may come from any process;
 * - the first entry or answer that cannot be written is the last one that was tried: what was recorded stays readable;
 * - a file that is found damaged takes nothing more, and what comes before the damage is read.
 */
import type { StatementSync } from 'node:sqlite';
import { type Fact, passing } from '../diagnostics/fault-points.ts';
import type { Envelope, RelayAnswer } from '../events.ts';
import { AnswerWatch } from './answer-watch.ts';
import { answerJson, answersIn, AnswerTable } from './answers.ts';
import { factOf } from './fact.ts';
import type { Journal, JournalPage, RecordedAnswer } from './journal.ts';
import { OwnedFile } from './owned-file.ts';
import { pageOf, SELECT_PAGE } from './pages.ts';
import { createPrivateDatabase, databaseFiles } from './private-database.ts';
import { isDelta, type Row, rowOf } from './rows.ts';
import { type SessionAbout, settingsJson } from './session.ts';
import { WaitingDeltas } from './waiting-deltas.ts';

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

/** How long deltas wait that nobody reads, in milliseconds. */
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
  readonly #waiting = new WaitingDeltas();
  #timer: NodeJS.Timeout | undefined;
  /** What is in the file. */
  #stored: number;
  /** What was taken. */
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
    const rows: Row[] = [];
    const facts: Fact[] = [];
    for (const entry of entries) {
      this.#lastSeq = entry.seq;
      if (isDelta(entry.event)) {
        this.#waiting.add(entry, entry.event);
        continue;
      }
      rows.push(...this.#takeWaiting(), rowOf(entry));
      facts.push(factOf(entry.event));
    }
    if (rows.length > 0) this.#storeFacts(rows, facts);
    if (this.#waiting.isFull) this.flush();
    else if (!this.#waiting.isEmpty) this.#timer ??= setTimeout(() => this.#flushLate(), WAITING_MS);
  }

  /** Puts the deltas that wait into the file. */
  flush(): void {
    if (this.#waiting.isEmpty) return;
    this.#store(this.#takeWaiting(), false);
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
    passing('beforeAnswerCommit');
    const place = this.#file.writing(true, () => this.#answers.add(relayId, json, at));
    if (place === undefined) return false;
    passing('afterAnswerCommit');
    this.#watch.skip(place);
    return true;
  }

  answers(): readonly RecordedAnswer[] {
    return this.#file.reading((db) => answersIn(db, this.#file.path));
  }

  onAnswer(heard: (recorded: RecordedAnswer) => void): () => void {
    if (!this.#file.isSound) return () => undefined; // nothing that is heard could be acted upon
    return this.#watch.listen(heard);
  }

  drainAnswers(): void {
    this.#watch.look();
  }

  close({ unfinished = false }: { readonly unfinished?: boolean } = {}): void {
    try {
      if (this.#file.isSound) this.flush();
    } finally {
      clearTimeout(this.#timer);
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

  #takeWaiting(): Row[] {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return this.#waiting.take();
  }

  #storeFacts(rows: readonly Row[], facts: readonly Fact[]): void {
    for (const fact of facts) passing(`before${fact}Commit`);
    this.#store(rows, true);
    for (const fact of facts) passing(`after${fact}Commit`);
  }

  /** All of them or none. */
  #store(rows: readonly Row[], durable: boolean): void {
    const [row] = rows;
    this.#file.writing(durable, () => {
      if (rows.length === 1 && row !== undefined) this.#insert.run(...row);
      else this.#storeTogether(rows);
    });
    this.#stored = rows.at(-1)?.[0] ?? this.#stored;
  }

  #storeTogether(rows: readonly Row[]): void {
    const { db } = this.#file;
    db.exec('BEGIN IMMEDIATE');
    for (const row of rows) this.#insert.run(...row);
    db.exec('COMMIT');
  }

  #flushLate(): void {
    this.#timer = undefined;
    try {
      this.flush();
    } catch {
      // the next entry is refused with this failure; nobody was told of these
    }
  }

  /** The file has failed: what waits was told to nobody. */
  #giveUp(): void {
    this.#takeWaiting();
    this.#watch.stop();
    this.#lastSeq = this.#stored;
  }
}
