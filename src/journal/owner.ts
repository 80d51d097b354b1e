/** The owner of a journal: the one process that may write it. */
import type { DatabaseSync } from 'node:sqlite';
import { GreenroomError } from '../errors.ts';
import type { ProcessIdentity } from '../events.ts';
import { isAlive, thisProcess } from '../tools/process-identity.ts';

/** The process that records a session. */
export interface JournalOwner extends ProcessIdentity {
  /** Epoch milliseconds. */
  readonly claimedAt: number;
  /** Whether that process still runs. */
  readonly alive: boolean;
}

export function ownerOf(db: DatabaseSync): JournalOwner | undefined {
  const row = db.prepare('SELECT pid, started, host, claimed_at FROM owner').get();
  if (row === undefined) return undefined;
  const identity = { pid: Number(row['pid']), started: String(row['started']), host: String(row['host']) };
  return { ...identity, claimedAt: Number(row['claimed_at']), alive: isAlive(identity) };
}

/**
 * Makes this process the owner, and takes over the claim of a dead one. Call it inside an immediate transaction.
 * @throws GreenroomError `journal` that names the owner.
 */
export function claim(db: DatabaseSync, path: string, token: string): void {
  const owner = ownerOf(db);
  if (owner?.alive === true) {
    const where = owner.host === thisProcess().host ? '' : ` on ${owner.host.split(' ')[0]}`;
    const since = new Date(owner.claimedAt).toISOString();
    const message = `The journal ${path} is being written by process ${owner.pid}${where}, since ${since}. Wait for it or end it. Reading is possible meanwhile.`;
    throw new GreenroomError('journal', message);
  }
  const { pid, started, host } = thisProcess();
  db.prepare('INSERT OR REPLACE INTO owner (one, token, pid, started, host, claimed_at) VALUES (1, ?, ?, ?, ?, ?)').run(
    token,
    pid,
    started,
    host,
    Date.now(),
  );
}

export function release(db: DatabaseSync, token: string): void {
  db.prepare('DELETE FROM owner WHERE token = ?').run(token);
}
