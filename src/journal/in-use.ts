/** Journals that an orchestrator of this process writes: two of them would do everything twice. */
import { GreenroomError } from '../errors.ts';
import type { Journal } from './journal.ts';

const used = new WeakSet<Journal>();

/** @throws GreenroomError `journal` when another orchestrator has it. */
export function claimJournal(journal: Journal): void {
  if (used.has(journal)) {
    const message =
      'This journal is in use by another orchestrator of this process. Await its suspend() or cleanup() first.';
    throw new GreenroomError('journal', message);
  }
  // what is no journal at all is refused with the other options
  if (typeof journal === 'object' && journal !== null) used.add(journal);
}

export function releaseJournal(journal: Journal): void {
  used.delete(journal);
}
