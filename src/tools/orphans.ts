/** Processes that an orchestrator started and did not live to end. */
import { faultPoint } from '../diagnostics/fault-points.ts';
import type { ProcessIdentity } from '../events.ts';
import { identityOf, placeOf, statOf } from './process-identity.ts';
import { killSession, liveMembers } from './process-session.ts';

/**
 * How it stands with a process that was recorded: `gone`: nothing of it runs; `ended`: it or what it had started did, until
 * now; `survived`: it does still; `unknown`: that cannot be told from here.
 */
export type OrphanEnd = 'gone' | 'ended' | 'survived' | 'unknown';

/**
 * Ends what is left of a process that led a session of its own, by SIGKILL. Guarantees:
 * - everything in that session ends, in every process group it moved to, also after its leader has ended;
 * - nothing else does: not a later process that was given the same id, and nothing of what that one started;
 * - a process of another machine or container is let be.
 */
export async function endOrphan(recorded: ProcessIdentity): Promise<OrphanEnd> {
  const { pid, started } = recorded;
  const place = placeOf(recorded);
  if (place !== 'here') return place === 'earlier' ? 'gone' : 'unknown';
  const leader = statOf(pid)?.started ?? identityOf(pid)?.started;
  // An id is not given away while a session has it: one with another start means that the session has ended before.
  if (leader !== undefined && leader !== started) return 'gone';
  const members = liveMembers(pid);
  // Alive without a session of its own: nothing here starts such a one.
  if (members.length === 0) return identityOf(pid) === undefined ? 'gone' : 'unknown';
  // The session this process is in is no orphan, and without the leader or the age of what is left it cannot be identified.
  const ages = members.map((member) => member.started ?? leader);
  if (pid <= 1 || members.some((member) => member.pid === process.pid) || ages.includes(undefined)) return 'unknown';
  // Members are forked from the leader or from each other: with an older one it is another session.
  if (!ages.every((age) => isSince(age, started))) return 'gone';
  faultPoint('beforeOrphansEnd');
  const left = await killSession(pid);
  faultPoint('afterOrphansEnd');
  return left === 0 ? 'ended' : 'survived';
}

function isSince(age: string | undefined, started: string): boolean {
  return age === started || Number(age) >= Number(started);
}
