/** The processes a detached child leads: who is alive, and how to signal them all. */
import { setTimeout as delay } from 'node:timers/promises';
import { processIds, statOf } from './process-identity.ts';

/** SIGKILL cannot be ignored, but a process in an uninterruptible system call dies late. */
const KILL_WAIT_MS = 2000;
export const POLL_MS = 20;

/** A live process: its id and the process group it is in. */
export interface SessionMember {
  readonly pid: number;
  readonly group: number;
  /** As `ProcessIdentity` has it; missing where that cannot be told. */
  readonly started?: string;
}

/**
 * Every live process of the session that `leader` leads. A child spawned detached leads a session as well as a group,
 * and the session also holds what moved to a group of its own (`timeout 60 …`, `set -m`). Zombies do not count: they
 * run nothing, and their new parent may never reap them. Without `/proc` only the leader's own group is seen.
 */
export function liveMembers(leader: number): readonly SessionMember[] {
  const pids = processIds();
  if (pids === undefined) return isGroupAlive(leader) ? [{ pid: leader, group: leader }] : [];
  const members: SessionMember[] = [];
  for (const pid of pids) {
    const process = statOf(pid);
    if (process?.session === leader && process.alive)
      members.push({ pid, group: process.group, started: process.started });
  }
  return members;
}

/** Sends a signal to every live process of the session. Never throws: who is gone by now needs no signal. */
export function signalSession(leader: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  const groups = new Set(liveMembers(leader).map((member) => member.group));
  for (const group of groups) {
    // kill(-1) means "every process there is".
    if (group <= 1) continue;
    try {
      // By group and not one by one: the kernel signals a group atomically, so nothing forks out of reach.
      process.kill(-group, signal);
    } catch {
      // Gone since the look, or another user's.
    }
  }
}

/** Kills the session and waits for its end. Resolves with how many are left all the same. */
export async function killSession(leader: number): Promise<number> {
  const deadline = performance.now() + KILL_WAIT_MS;
  for (;;) {
    // Again each round: a member may have moved to a new group between the look and the signal.
    signalSession(leader, 'SIGKILL');
    await delay(POLL_MS);
    const left = liveMembers(leader).length;
    if (left === 0 || performance.now() >= deadline) return left;
  }
}

function isGroupAlive(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
