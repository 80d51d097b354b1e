/** Node's own SQLite, loaded when it is used. */
import type { DatabaseSync, DatabaseSyncOptions } from 'node:sqlite';
import { journalError } from './journal-errors.ts';

/** How long a step waits for another connection, in milliseconds: one that was put to sleep in the middle must not end a run. */
const BUSY_MS = 30_000;

/**
 * Opens a database file.
 * @throws GreenroomError `journal`
 */
export function openDatabase(path: string, options: Pick<DatabaseSyncOptions, 'readOnly'> = {}): DatabaseSync {
  try {
    const { DatabaseSync } = loadQuietly();
    return new DatabaseSync(path, { timeout: BUSY_MS, ...options });
  } catch (cause) {
    throw journalError(path, 'opened', cause);
  }
}

/** Node 22 warns once that the module is experimental; that is no business of whoever reads our standard error. */
function loadQuietly() {
  const own = Object.getOwnPropertyDescriptor(process, 'emitWarning');
  process.emitWarning = () => undefined;
  try {
    return process.getBuiltinModule('node:sqlite');
  } finally {
    if (own !== undefined) Object.defineProperty(process, 'emitWarning', own);
  }
}
