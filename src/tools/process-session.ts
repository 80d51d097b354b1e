/** The processes a detached child leads: who is alive, and how to signal them all. */
import { readFileSync, readdirSync } from 'node:fs';

/** A live process: its id and the process group it is in. */
export interface SessionMember {
  readonly pid: number;
  readonly group: number;
}

/**
 * Every live process of the session that `leader` leads. A child spawned detached leads a session as well as a group,
 * and the session also holds what moved to a group of its own (`timeout 60 …`, `set -m`). Zombies do not count: they
 * run nothing, and whoever inherited them may never reap them. Without `/proc` only the leader's own group is seen.
 */
export function liveMembers(leader: number): readonly SessionMember[] {
  const pids = processIds();
  if (pids === undefined) return isGroupAlive(leader) ? [{ pid: leader, group: leader }] : [];
  const members: SessionMember[] = [];
  for (const pid of pids) {
    const process = statOf(pid);
    if (process?.session === leader && process.alive) members.push({ pid, group: process.group });
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

function processIds(): readonly number[] | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
    return pids.length > 0 ? pids : undefined;
  } catch {
    return undefined;
  }
}

function statOf(pid: number): { group: number; session: number; alive: boolean } | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // proc_pid_stat(5): pid (comm) state ppid pgrp session …, and comm may itself hold spaces and parentheses.
  const [state = '', , group, session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { group: Number(group), session: Number(session), alive: state !== 'Z' && state !== 'X' };
}

function isGroupAlive(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
