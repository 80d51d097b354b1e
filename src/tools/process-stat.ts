/** What Linux tells of its processes under `/proc`. */
import { readFileSync, readdirSync } from 'node:fs';

export interface ProcessStat {
  readonly group: number;
  readonly session: number;
  /** Clock ticks since the machine was started. Forked is started: a program that takes the process over changes nothing. */
  readonly started: string;
  /** False for what is left of a process that has ended: it runs nothing, and whoever inherited it may never reap it. */
  readonly alive: boolean;
}

/** The ids of all processes; `undefined` where there is no `/proc`. */
export function processIds(): readonly number[] | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
    return pids.length > 0 ? pids : undefined;
  } catch {
    return undefined;
  }
}

/** `undefined` when there is no process of this id. */
export function statOf(pid: number): ProcessStat | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // proc_pid_stat(5): pid (comm) state ppid pgrp session …, starttime is field 22; comm may hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state = '', , group, session] = fields;
  const alive = state !== 'Z' && state !== 'X';
  return { group: Number(group), session: Number(session), started: fields[19] ?? '', alive };
}
