/** The tables of a journal, and the migrations of older files. */
import type { DatabaseSync } from 'node:sqlite';
import { GreenroomError } from '../errors.ts';

/** Marks the file as a journal, also for `file(1)`: "GrRm". */
const APPLICATION_ID = 0x47_72_52_6d;

/**
 * One step for each version; a released step never changes. An entry of joined deltas covers `first` to `seq`, and `lengths`
 * holds the length of each delta in UTF-16 units.
 */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE session (
     one INTEGER PRIMARY KEY CHECK (one = 1),
     id TEXT NOT NULL, title TEXT, workspace TEXT, created_at REAL NOT NULL, ended_at REAL
   ) STRICT;
   CREATE TABLE owner (
     one INTEGER PRIMARY KEY CHECK (one = 1),
     token TEXT NOT NULL, pid INTEGER NOT NULL, started TEXT NOT NULL, host TEXT NOT NULL, claimed_at REAL NOT NULL
   ) STRICT;
   CREATE TABLE entry (
     seq INTEGER PRIMARY KEY,
     first INTEGER NOT NULL, at REAL NOT NULL, agent_id TEXT NOT NULL, event TEXT NOT NULL, lengths TEXT
   ) STRICT;`,
  `ALTER TABLE session ADD COLUMN settings TEXT;
   CREATE TABLE answer (
     seq INTEGER PRIMARY KEY,
     relay_id TEXT NOT NULL UNIQUE, answer TEXT NOT NULL, at REAL NOT NULL
   ) STRICT;`,
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/** The schema version of a file; `empty` has no tables, `foreign` belongs to another program. */
export function schemaOf(db: DatabaseSync): 'empty' | 'foreign' | number {
  const version = numberOf(db, 'user_version');
  if (numberOf(db, 'application_id') === APPLICATION_ID) return version;
  const { count } = db.prepare('SELECT count(*) AS count FROM sqlite_schema').get() ?? {};
  return version === 0 && count === 0 ? 'empty' : 'foreign';
}

/** @throws GreenroomError `journal` for a file of another program or of a later version. */
export function checkSchema(path: string, found: ReturnType<typeof schemaOf>): void {
  if (found === 'foreign') {
    throw new GreenroomError('journal', `${path} is the database of another program. Name another file.`);
  }
  if (found === 'empty' || found <= SCHEMA_VERSION) return;
  const message = `${path} was written by a later version (format ${found}; this version reads up to ${SCHEMA_VERSION}). Update Greenroom to use it.`;
  throw new GreenroomError('journal', message);
}

/** Migrates the file to the current tables. Call it inside a transaction. */
export function migrate(db: DatabaseSync, migrations: readonly string[] = MIGRATIONS): void {
  const found = schemaOf(db);
  const from = typeof found === 'number' ? found : 0;
  if (from === migrations.length) return;
  for (const step of migrations.slice(from)) db.exec(step);
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${migrations.length}`);
}

function numberOf(db: DatabaseSync, pragma: 'user_version' | 'application_id'): number {
  return Number(db.prepare(`PRAGMA ${pragma}`).get()?.[pragma]);
}
