/** Tells one process from all others, also from a later one that was given the same id. */
import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ProcessIdentity } from '../events.ts';
import { statOf } from './process-stat.ts';

export function thisProcess(): ProcessIdentity {
  return identityOf(process.pid) ?? { pid: process.pid, started: '', host: hostOf() };
}

/** The process of this id that runs here and now; `undefined` when there is none, or only what is left of one. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const started = startOf(pid);
  return started === undefined ? undefined : { pid, started, host: hostOf() };
}

/** Whether it still runs. On another machine, or in a container beside this one, nobody can tell: then it counts as alive. */
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

/** The same machine before it was started again: whatever ran there is gone. */
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
