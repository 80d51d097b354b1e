/** The session of a journal on disk: its id, settings and state. */
import type { DatabaseSync } from 'node:sqlite';
import { v7 as uuidv7 } from 'uuid';
import { GreenroomError, messageOf } from '../errors.ts';
import { damagedSettings } from './journal-errors.ts';
import { type JournalOwner, ownerOf } from './owner.ts';

/** A recorded session. */
export interface SessionInfo {
  readonly id: string;
  /** The journal's absolute path. */
  readonly path: string;
  readonly title?: string;
  readonly workspace?: string;
  /** The settings it was recorded with; see `SqliteJournalOptions.settings`. */
  readonly settings?: unknown;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** When it was ended; epoch milliseconds. */
  readonly endedAt?: number;
  /** `stopped`: it was not ended and no process owns it. It can be resumed. */
  readonly state: 'running' | 'ended' | 'stopped';
  readonly owner?: JournalOwner;
  readonly lastSeq: number;
}

/** Facts about a session that its creator gives. */
export interface SessionAbout {
  readonly id?: string;
  readonly title?: string;
  readonly workspace?: string;
  /** As JSON; `null` when none are given. */
  readonly settings: string | null;
}

/** Begins a new session, or continues the one in the file: only its settings are replaced, if new ones are given. */
export function beginSession(db: DatabaseSync, about: SessionAbout): void {
  const { id = uuidv7(), title = null, workspace = null, settings } = about;
  const insert = 'INSERT OR IGNORE INTO session (one, id, title, workspace, created_at) VALUES (1, ?, ?, ?, ?)';
  db.prepare(insert).run(id, title, workspace, Date.now());
  const update = 'UPDATE session SET ended_at = NULL, settings = coalesce(?, settings)';
  db.prepare(update).run(settings);
}

export function endSession(db: DatabaseSync): void {
  db.prepare('UPDATE session SET ended_at = ?').run(Date.now());
}

/** Reads everything in one transaction. */
export function infoOf(db: DatabaseSync, path: string): SessionInfo {
  db.exec('BEGIN');
  try {
    // a file of an earlier version has fewer columns
    const row = db.prepare('SELECT * FROM session').get() ?? {};
    const { seq } = db.prepare('SELECT coalesce(max(seq), 0) AS seq FROM entry').get() ?? {};
    const owner = ownerOf(db);
    const { id, title, workspace, settings, created_at: createdAt, ended_at: endedAt } = row;
    return {
      id: String(id),
      path,
      ...(typeof title === 'string' ? { title } : {}),
      ...(typeof workspace === 'string' ? { workspace } : {}),
      ...(typeof settings === 'string' ? { settings: settingsOf(settings, path) } : {}),
      createdAt: Number(createdAt),
      ...(typeof endedAt === 'number' ? { endedAt } : {}),
      state: stateFrom(owner, endedAt),
      ...(owner === undefined ? {} : { owner }),
      lastSeq: Number(seq),
    };
  } finally {
    db.exec('COMMIT');
  }
}

export function stateOf(db: DatabaseSync): SessionInfo['state'] {
  // the owner writes the end before it releases its claim, so it is read after the claim
  const owner = ownerOf(db);
  return stateFrom(owner, db.prepare('SELECT ended_at FROM session').get()?.['ended_at']);
}

function stateFrom(owner: JournalOwner | undefined, endedAt: unknown): SessionInfo['state'] {
  if (owner?.alive === true) return 'running';
  return typeof endedAt === 'number' ? 'ended' : 'stopped';
}

/** @throws GreenroomError `invalid_params` for settings that JSON cannot hold. */
export function settingsJson(settings: unknown): string | null {
  if (settings === undefined) return null;
  let problem = 'it is a function or a symbol';
  try {
    const json: string | undefined = JSON.stringify(settings);
    if (json !== undefined) return json;
  } catch (cause) {
    problem = messageOf(cause);
  }
  const message = `sqliteJournal(): settings: cannot be stored as JSON: ${problem}. Give plain data.`;
  throw new GreenroomError('invalid_params', message, { path: 'settings' });
}

/** Damaged settings are an error: resuming without them could allow what was forbidden. */
function settingsOf(json: string, path: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw damagedSettings(path);
  }
}
