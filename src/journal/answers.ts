/** The table of answers in a journal on disk. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { GreenroomError, messageOf } from '../errors.ts';
import { RelayAnswer } from '../events.ts';
import { damagedAnswer } from './journal-errors.ts';
import type { RecordedAnswer } from './journal.ts';

/** An answer with its place among those of the file, from 1. */
export interface NumberedAnswer {
  readonly place: number;
  readonly recorded: RecordedAnswer;
}

const COLUMNS = 'seq, relay_id, answer, at FROM answer';

/** Used by the owner and by processes that leave an answer. */
export class AnswerTable {
  readonly #path: string;
  readonly #insert: StatementSync;
  readonly #next: StatementSync;

  constructor(db: DatabaseSync, path: string) {
    this.#path = path;
    this.#insert = db.prepare('INSERT INTO answer (relay_id, answer, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
    this.#next = db.prepare(`SELECT ${COLUMNS} WHERE seq > ? ORDER BY seq LIMIT 1`);
  }

  /** @returns The place of the answer; `undefined` when the relay already has one. */
  add(relayId: string, json: string, at: number): number | undefined {
    const { changes, lastInsertRowid } = this.#insert.run(relayId, json, at);
    return Number(changes) === 1 ? Number(lastInsertRowid) : undefined;
  }

  /** The first answer after that place. */
  after(place: number): NumberedAnswer | undefined {
    const row = this.#next.get(place);
    return row === undefined ? undefined : { place: Number(row['seq']), recorded: recordedOf(row, this.#path) };
  }
}

/**
 * All answers, in the order given; none in a file of a version without answers.
 * @throws GreenroomError `journal` for a damaged one.
 */
export function answersIn(db: DatabaseSync, path: string): RecordedAnswer[] {
  if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'answer'").get() === undefined) return [];
  const rows = db.prepare(`SELECT ${COLUMNS} ORDER BY seq`).all();
  return rows.map((row) => recordedOf(row, path));
}

/** The place of the last answer. */
export function lastAnswer(db: DatabaseSync): number {
  return Number(db.prepare('SELECT max(seq) AS seq FROM answer').get()?.['seq'] ?? 0);
}

/**
 * An answer as JSON. A value that JSON cannot hold is refused: after a restart something else would run than was approved.
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
