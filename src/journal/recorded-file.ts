/** Opens a journal that is there, and never makes one. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { GreenroomError } from '../errors.ts';
import { journalError } from './journal-errors.ts';
import { checkSchema, schemaOf } from './schema.ts';
import { openDatabase } from './sqlite.ts';

export interface RecordedFile {
  /** Its absolute path. */
  readonly file: string;
  /** Must be closed. */
  readonly db: DatabaseSync;
}

/** @throws GreenroomError `journal` when there is none, it is not ours, or it cannot be opened; it is left as it is. */
export function openRecorded(path: string, { readOnly }: { readonly readOnly: boolean }): RecordedFile {
  const file = resolve(path);
  // SQLite would wait for a FIFO
  if (!existsSync(file) || !statSync(file).isFile()) {
    throw new GreenroomError('journal', `There is no journal ${file}. greenroom sessions lists those there are.`);
  }
  const db = openDatabase(file, { readOnly });
  try {
    const found = schemaOf(db);
    checkSchema(file, found);
    if (found === 'empty' || found === 0) throw new GreenroomError('journal', `${file} holds no session.`);
    return { file, db };
  } catch (cause) {
    db.close();
    throw journalError(file, 'read', cause);
  }
}
