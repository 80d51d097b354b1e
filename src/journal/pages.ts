/** A page of a journal on disk. */
import type { StatementSync } from 'node:sqlite';
import type { JournalPage } from './journal.ts';
import { entryOf } from './rows.ts';

export const SELECT_PAGE =
  'SELECT seq, first, at, agent_id, event, lengths FROM entry WHERE seq > ? ORDER BY seq LIMIT ?';

/** A page ends where its events weigh this much, in UTF-16 units, so that large results are not all held at once. */
const PAGE_LENGTH = 4 * 1024 * 1024;

export function pageOf(select: StatementSync, since: number, limit: number): JournalPage {
  const entries = [];
  let length = 0;
  for (const row of select.iterate(since, limit)) {
    entries.push(entryOf(row, since));
    length += String(row['event']).length;
    if (length > PAGE_LENGTH) break;
  }
  return { entries, behind: false };
}
