/** Answers from other processes than the one that asks. */
import type { DatabaseSync } from 'node:sqlite';
import { faultPoint } from '../diagnostics/fault-points.ts';
import { GreenroomError } from '../errors.ts';
import type { RelayAnswer } from '../events.ts';
import { answerJson, AnswerTable } from './answers.ts';
import { damagedEntry, journalError } from './journal-errors.ts';
import { ownerOf } from './owner.ts';
import { openRecorded, type RecordedFile } from './database-file.ts';
import { entryOf } from './rows.ts';
import { migrate, SCHEMA_VERSION, schemaOf } from './schema.ts';

/**
 * Leaves an answer in the journal of a run, whether its process runs or not. The running process takes it within a moment,
 * a stopped run when it is resumed. This process does not own the journal and does not block its owner.
 *
 * - `recorded`: the answer is on the disk and the first one; it counts unless the question ends otherwise in the meantime
 *   (its agent is stopped, a grant releases it);
 * - `settled`: the question has an answer or has ended; nothing was changed;
 * - `unknown`: this run never asked the question; nothing was changed.
 *
 * @throws GreenroomError `journal` when the journal cannot be read or written, `invalid_params` for an invalid answer.
 */
export function leaveAnswer(path: string, relayId: string, answer: RelayAnswer): 'recorded' | 'settled' | 'unknown' {
  const json = answerJson(answer);
  const recorded = openRecorded(path, { readOnly: false });
  try {
    return leave(recorded, relayId, json);
  } catch (cause) {
    throw journalError(recorded.file, 'written', cause);
  } finally {
    // rolls back what was not committed
    recorded.db.close();
  }
}

function leave({ file, db }: RecordedFile, relayId: string, json: string): ReturnType<typeof leaveAnswer> {
  // most entries are searched before the owner has to wait for the lock
  const until = lastSeq(db);
  const before = questionIn(db, { file, relayId, since: 0 });
  db.exec('PRAGMA synchronous = FULL; BEGIN IMMEDIATE');
  const after = questionIn(db, { file, relayId, since: until });
  if (!before.asked && !after.asked) return 'unknown';
  if (before.resolved || after.resolved) return 'settled';
  prepare(db, file);
  if (new AnswerTable(db, file).add(relayId, json, Date.now()) === undefined) return 'settled';
  faultPoint('beforeAnswerCommit');
  db.exec('COMMIT');
  faultPoint('afterAnswerCommit');
  return 'recorded';
}

/** Whether the entries after `since` ask or resolve a question. */
function questionIn(
  db: DatabaseSync,
  { file, relayId, since }: { readonly file: string; readonly relayId: string; readonly since: number },
): { readonly asked: boolean; readonly resolved: boolean } {
  let asked = false;
  let resolved = false;
  // measured: 100 000 entries take 30 ms; an index would cost more with every entry
  const mentions = db.prepare('SELECT * FROM entry WHERE seq > ? AND instr(event, ?) > 0');
  for (const row of mentions.iterate(since, JSON.stringify(relayId))) {
    const { event } = entryOf(row, 0) ?? {};
    if (event === undefined) throw damagedEntry(file, Number(row['seq']));
    if (event.type === 'relay' && event.id === relayId) asked = true;
    if (event.type === 'relay_resolved' && event.relayId === relayId) resolved = true;
  }
  return { asked, resolved };
}

/** Migrates a file of an earlier version, unless its owner still runs: that version never reads answers. */
function prepare(db: DatabaseSync, file: string): void {
  if (schemaOf(db) === SCHEMA_VERSION) return;
  const owner = ownerOf(db);
  if (owner?.alive !== true) return migrate(db);
  const message = `The journal ${file} is being written by process ${owner.pid}, an earlier version that reads no answers from other processes. Answer in that process.`;
  throw new GreenroomError('journal', message);
}

function lastSeq(db: DatabaseSync): number {
  return Number(db.prepare('SELECT max(seq) AS seq FROM entry').get()?.['seq'] ?? 0);
}
