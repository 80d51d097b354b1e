/** Reads pages of a journal on disk. */
import type { StatementSync } from 'node:sqlite';
import { Envelope } from '../events.ts';
import { damagedEntry, missingEntries } from './journal-errors.ts';
import type { JournalPage } from './journal.ts';
import { entryOf } from './rows.ts';

export const SELECT_PAGE =
  'SELECT seq, first, at, agent_id, event, lengths FROM entry WHERE seq > ? ORDER BY seq LIMIT ?';

/** A page ends once its events have this many UTF-16 units, so that large results are not all held at once. */
const PAGE_LENGTH = 4 * 1024 * 1024;

export interface PageRequest {
  readonly path: string;
  readonly since: number;
  readonly limit: number;
  /** Entries after this one were written by this process and are not checked. Default: all are checked. */
  readonly found?: number;
}

/**
 * Reads a page. It ends before a damaged or missing entry, so that all entries before are read.
 * @throws GreenroomError `journal` when the first entry of the page is damaged or missing.
 */
export function pageOf(select: StatementSync, { path, since, limit, found = Infinity }: PageRequest): JournalPage {
  const entries: Envelope[] = [];
  let length = 0;
  let last = since;
  try {
    for (const row of select.iterate(since, limit)) {
      if (Number(row['first']) > last + 1) throw missingEntries(path, last + 1, Number(row['first']) - 1);
      const entry = entryOf(row, since);
      last = Number(row['seq']);
      if (entry === undefined || (last <= found && !Envelope.safeParse(entry).success)) throw damagedEntry(path, last);
      entries.push(entry);
      length += String(row['event']).length;
      if (length > PAGE_LENGTH) break;
    }
  } catch (cause) {
    if (entries.length === 0) throw cause;
  }
  return { entries, behind: false };
}
