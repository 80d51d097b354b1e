/** `greenroom/journal`: journals that outlive the process. */
export { sqliteJournal, type SqliteJournalOptions } from './sqlite-journal.ts';
export { openSession, type SessionInfo, type SessionReader } from './session-reader.ts';
export type { JournalOwner } from './owner.ts';
export type { ProcessIdentity } from '../events.ts';
export type { Journal, JournalPage } from './journal.ts';
