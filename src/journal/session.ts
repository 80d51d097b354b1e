/** What a journal on disk knows of its session as a whole. */
import type { DatabaseSync } from 'node:sqlite';
import { v7 as uuidv7 } from 'uuid';
import { GreenroomError, messageOf } from '../errors.ts';
import { damagedSettings } from './journal-errors.ts';
import { type JournalOwner, ownerOf } from './owner.ts';

export interface SessionInfo {
  readonly id: string;
  /** The journal's absolute path. */
  readonly path: string;
  readonly title?: string;
  readonly workspace?: string;
  /** What it was started with, as whoever recorded it chose to keep that. */
  readonly settings?: unknown;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** When it was closed in order; epoch milliseconds. */
  readonly endedAt?: number;
  /** `stopped`: its process is gone or let go of it, and it was not ended. It can be resumed. */
  readonly state: 'running' | 'ended' | 'stopped';
  readonly owner?: JournalOwner;
  readonly lastSeq: number;
}

/** What a session says about itself. */
export interface SessionAbout {
  readonly id?: string;
  readonly title?: string;
  readonly workspace?: string;
  /** As JSON; `null` when none are given. */
  readonly settings: string | null;
}

/** A new session, or the one that is there going on: it keeps what it says about itself, but for settings that are given. */
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

/** All of it is of one moment. */
export function infoOf(db: DatabaseSync, path: string): SessionInfo {
  db.exec('BEGIN');
  try {
    // every column: those of a file of an earlier version are fewer
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
  // an end is written before the owner lets go: looked at after it, it is not missed
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
  const message = `sqliteJournal(): settings: must be what JSON can hold: ${problem}.`;
  throw new GreenroomError('invalid_params', message, { path: 'settings' });
}

/** Resuming without them could allow what was forbidden, so damaged ones are never taken for none. */
function settingsOf(json: string, path: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw damagedSettings(path);
  }
}
