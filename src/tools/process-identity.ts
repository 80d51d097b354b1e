/** Identity of processes: what Linux tells of them under `/proc`, and what tells one from a later one of the same id. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ProcessIdentity } from '../events.ts';

export function thisProcess(): ProcessIdentity {
  return identityOf(process.pid) ?? { pid: process.pid, started: '', host: hostOf() };
}

/** The process of this id that runs here and now; `undefined` when there is none, or only what is left of one. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const started = startOf(pid);
  return started === undefined ? undefined : { pid, started, host: hostOf() };
}

/** Whether it still runs. On another machine, or in a container beside this one, that is unknown: then it counts as alive. */
export function isAlive({ pid, started, host }: ProcessIdentity): boolean {
  const where = placeOf({ host });
  return where === 'here' ? startOf(pid) === started : where === 'elsewhere';
}

/**
 * Where a process of this identity is to be looked for: among those that can be seen from here, before the last start of
 * this machine, or on another one (or in another container).
 */
export function placeOf({ host }: Pick<ProcessIdentity, 'host'>): 'here' | 'earlier' | 'elsewhere' {
  if (host === hostOf()) return 'here';
  return isEarlierBoot(host) ? 'earlier' : 'elsewhere';
}

/** A machine's name, this start of it, and the namespace of process ids. */
function hostOf(): string {
  return [hostname(), bootId(), namespaceOfPids()].join(' ');
}

/** The same machine before it was started again: every process of then is gone. */
function isEarlierBoot(host: string): boolean {
  const [name, boot] = host.split(' ');
  return name === hostname() && boot !== '' && bootId() !== '' && boot !== bootId();
}

function bootId(): string {
  return attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()) ?? '';
}

function namespaceOfPids(): string {
  return attempt(() => readlinkSync('/proc/self/ns/pid')) ?? '';
}

/** When a process started; `undefined` when there is none, or only what is left of one. */
function startOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    const stat = statOf(pid);
    return stat?.alive === true ? stat.started : undefined;
  }
  const env = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
  const said = attempt(() => execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env }));
  return said === undefined || said.trim() === '' ? undefined : said.trim();
}

function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

export interface ProcessStat {
  readonly group: number;
  readonly session: number;
  /** Clock ticks since the machine was started. Forked is started: a program that takes the process over changes nothing. */
  readonly started: string;
  /** False for what is left of a process that has ended: it runs nothing, and its new parent may never reap it. */
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
