/** The answers in a journal on disk. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { GreenroomError, messageOf } from '../errors.ts';
import { RelayAnswer } from '../events.ts';
import { damagedAnswer } from './journal-errors.ts';
import type { RecordedAnswer } from './journal.ts';

/** With its place among the answers of this file, from 1 on. */
export interface NumberedAnswer {
  readonly place: number;
  readonly recorded: RecordedAnswer;
}

const COLUMNS = 'seq, relay_id, answer, at FROM answer';

/** For the owner, and for whoever leaves an answer. */
export class AnswerTable {
  readonly #path: string;
  readonly #insert: StatementSync;
  readonly #next: StatementSync;

  constructor(db: DatabaseSync, path: string) {
    this.#path = path;
    this.#insert = db.prepare('INSERT INTO answer (relay_id, answer, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
    this.#next = db.prepare(`SELECT ${COLUMNS} WHERE seq > ? ORDER BY seq LIMIT 1`);
  }

  /** @returns its place; `undefined` when the relay has an answer already. */
  add(relayId: string, json: string, at: number): number | undefined {
    const { changes, lastInsertRowid } = this.#insert.run(relayId, json, at);
    return Number(changes) === 1 ? Number(lastInsertRowid) : undefined;
  }

  /** The first one behind that place. */
  after(place: number): NumberedAnswer | undefined {
    const row = this.#next.get(place);
    return row === undefined ? undefined : { place: Number(row['seq']), recorded: recordedOf(row, this.#path) };
  }
}

/**
 * All of them, in the order given; none in a file of before there were any.
 * @throws GreenroomError `journal` for a damaged one.
 */
export function answersIn(db: DatabaseSync, path: string): RecordedAnswer[] {
  if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'answer'").get() === undefined) return [];
  const rows = db.prepare(`SELECT ${COLUMNS} ORDER BY seq`).all();
  return rows.map((row) => recordedOf(row, path));
}

/** The place of the last one. */
export function lastAnswer(db: DatabaseSync): number {
  return Number(db.prepare('SELECT max(seq) AS seq FROM answer').get()?.['seq'] ?? 0);
}

/**
 * An answer as it is recorded. Unlike an event's, a value that JSON cannot hold is refused: what would run after a restart is
 * not what was approved.
 * @throws GreenroomError `invalid_params`
 */
export function answerJson(answer: RelayAnswer): string {
  const parsed = RelayAnswer.safeParse(answer);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw unusable(issue?.path.map(String).join('.') ?? '', issue?.message ?? 'invalid');
  }
  try {
    return JSON.stringify(parsed.data);
  } catch (cause) {
    throw unusable('', `it cannot be recorded as JSON: ${messageOf(cause)}`, cause);
  }
}

function unusable(path: string, problem: string, cause?: unknown): GreenroomError {
  return new GreenroomError('invalid_params', `answer:${path === '' ? '' : ` ${path}:`} ${problem}.`, { path, cause });
}

function recordedOf(row: Readonly<Record<string, unknown>>, path: string): RecordedAnswer {
  const relayId = String(row['relay_id']);
  const parsed = RelayAnswer.safeParse(parsedJson(row['answer']));
  if (!parsed.success) throw damagedAnswer(path, relayId);
  return { relayId, answer: parsed.data, at: Number(row['at']) };
}

function parsedJson(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
