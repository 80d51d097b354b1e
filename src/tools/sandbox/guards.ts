/**
 * Protection of what a mount alone cannot protect: paths that do not exist yet, and links. Guarantees:
 * - a stand-in made here is empty, shared by all commands of this process that run, and removed with the last of them,
 *   unless a process outside the sandbox has put something in;
 * - what a command managed to put at a guarded path is moved aside when the command has ended, and never deleted; a link
 *   it replaced is put back.
 */
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';

export interface StandIn {
  readonly path: string;
  readonly kind: 'file' | 'folder';
}

export interface Watch {
  readonly path: string;
  /** What is there before the command, if not a link: an empty file or folder, or nothing. */
  readonly was: Identity | undefined;
  /** Where the link at this path points. */
  readonly target?: string;
}

/** Not the inode's number alone: file systems give that of a removed file to the next one. */
interface Identity {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly birthtimeNs: bigint;
}

/** Stand-ins that are there now. Of the process and not of a tool: two tools may work in one folder. */
const held = new Map<string, { readonly kind: StandIn['kind']; readonly made: Identity; users: number }>();

/**
 * Makes a stand-in, or joins in using one. `held`: release it afterwards. `theirs`: the path exists already. `none`: it
 * cannot be made, and so a command cannot make it either.
 */
export function holdStandIn({ path, kind }: StandIn): 'held' | 'theirs' | 'none' {
  const there = identityOf(path);
  const known = held.get(path);
  if (known !== undefined && same(known.made, there)) {
    known.users += 1;
    return 'held';
  }
  if (there !== undefined) return 'theirs';
  try {
    if (kind === 'folder') fs.mkdirSync(path, { mode: 0o755 });
    else fs.closeSync(fs.openSync(path, 'wx', 0o644));
  } catch {
    return 'none';
  }
  const made = identityOf(path);
  if (made === undefined) return 'none';
  if (held.size === 0) process.on('exit', removeAll);
  held.set(path, { kind, made, users: (known?.users ?? 0) + 1 });
  return 'held';
}

/** Removes a stand-in when no other command uses it and it is still the empty one that was made. */
export function releaseStandIn(path: string): void {
  const known = held.get(path);
  if (known === undefined) return;
  known.users -= 1;
  if (known.users > 0) return;
  held.delete(path);
  if (held.size === 0) process.off('exit', removeAll);
  removeEmpty(path, known.kind, known.made);
}

/** Remembers what is at a path now. */
export function watch(path: string): Watch {
  const target = targetOf(path);
  return target === undefined ? { path, was: identityOf(path) } : { path, was: undefined, target };
}

/** Undoes what happened at a watched path. Gives the path that its new content was moved to, if there was any. */
export function settle({ path, was, target }: Watch): string | undefined {
  const there = identityOf(path);
  const unchanged = target === undefined ? there === undefined || same(was, there) : targetOf(path) === target;
  if (unchanged) return undefined;
  const aside = `${path}.taken-away-${randomUUID().slice(0, 8)}`;
  try {
    if (there !== undefined) fs.renameSync(path, aside);
    if (target !== undefined) fs.symlinkSync(target, path);
  } catch {
    // Gone or changed since the look; no command did that: all of its processes have ended.
  }
  return there === undefined ? path : aside;
}

function removeAll(): void {
  for (const [path, { kind, made }] of held) removeEmpty(path, kind, made);
  held.clear();
}

function removeEmpty(path: string, kind: StandIn['kind'], made: Identity): void {
  try {
    if (!same(made, identityOf(path))) return;
    if (kind === 'folder') fs.rmdirSync(path);
    else if (fs.lstatSync(path).size === 0) fs.unlinkSync(path);
  } catch {
    // Not empty, or gone: then it is no stand-in of ours.
  }
}

function identityOf(path: string): Identity | undefined {
  try {
    return fs.lstatSync(path, { throwIfNoEntry: false, bigint: true });
  } catch {
    return undefined;
  }
}

function targetOf(path: string): string | undefined {
  try {
    return fs.readlinkSync(path);
  } catch {
    return undefined;
  }
}

function same(one: Identity | undefined, other: Identity | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  return one.dev === other.dev && one.ino === other.ino && one.birthtimeNs === other.birthtimeNs;
}
