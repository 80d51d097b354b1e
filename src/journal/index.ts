/** `greenroom/journal`: the record of a session, in memory or in a file, and reading one that another process writes. */
export { memoryJournal, type MemoryJournalOptions } from './memory-journal.ts';
export { sqliteJournal, type SqliteJournalOptions } from './sqlite-journal.ts';
export { openSession, type SessionReader } from './session-reader.ts';
export type { SessionInfo } from './session.ts';
export { leaveAnswer } from './answer-box.ts';
export type { JournalOwner } from './owner.ts';
export type { ProcessIdentity } from '../events.ts';
export type { Journal, JournalPage, RecordedAnswer } from './journal.ts';
