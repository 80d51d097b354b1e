/**
 * What a later process does about a change of files in the middle of which its process was killed.
 *
 * Guarantees:
 * - all of the change or none: a complete one is tidied up after, any other is put back, with the old files themselves;
 * - a file that was changed since is left alone, and what it held before the call is kept while it is there;
 * - a change that was complete stays, also when others have changed some of its files long after it;
 * - nothing but the planned temporary names is removed, and nothing but a planned path whose content was looked at is
 *   removed or replaced; no link is followed, neither in place of a file nor of a folder;
 * - it may be killed itself, at any moment: the next run comes to the same end.
 */
import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import { faultPoint } from '../diagnostics/fault-points.ts';
import { messageOf } from '../errors.ts';
import type { PlannedChange } from '../events.ts';
import { AnchoredFolders } from './anchored-folder.ts';
import type { FilesEffect } from './change-plan.ts';
import { hashOfHandle } from './regular-file.ts';
import { codeOf } from './workspace-path.ts';

/** `done`: all of it is there. `undone`: nothing of it is. `conflict`: sentences that name each file that is neither. */
export type Settled = 'done' | 'undone' | { readonly conflict: string };

/** What is at a path: nothing, a regular file with this content, or something that has no content to compare. */
interface Look {
  readonly exists: boolean;
  readonly hash?: string;
}

interface Found {
  readonly change: PlannedChange;
  readonly file: Look;
  readonly backup: Look;
  /** Whether the new content still waits to be renamed. */
  readonly isWaiting: boolean;
  /** Why nothing can be done here. */
  readonly fault?: string;
}

/**
 * Settles a change that was recorded and whose call never ended. Call it before anybody else changes files. Never
 * rejects for what it finds on the disk.
 */
export async function settleChanges({ changes, folders }: FilesEffect): Promise<Settled> {
  const anchors = new AnchoredFolders();
  try {
    const found: Found[] = [];
    for (const change of changes) found.push(await look(change, anchors));
    const complaints = isComplete(found) ? await tidy(found, anchors) : await undo(found, folders, anchors);
    if (complaints.conflicts.length > 0) return { conflict: complaints.conflicts.join(' ') };
    return complaints.end;
  } finally {
    await anchors.close();
  }
}

interface Complaints {
  readonly end: 'done' | 'undone';
  readonly conflicts: readonly string[];
}

function isMade({ change, file, isWaiting }: Found): boolean {
  return !isWaiting && (change.hash === null ? !file.exists : file.hash === change.hash);
}

/** Every rename was done. */
function isComplete(found: readonly Found[]): boolean {
  return found.every((one) => isMade(one) || wasMade(one)) || isTidied(found);
}

/** Made, and changed by another process since: its old content has another name, and the new one waits no more. */
function wasMade({ change, file, backup, isWaiting }: Found): boolean {
  return change.next !== undefined && !isWaiting && backup.hash !== undefined && backup.hash !== file.hash;
}

/**
 * Nothing temporary is left, but something of what was to be made is there: as a new content waits until the last rename
 * is done (removals come first) or all is undone, this is what a complete change leaves.
 */
function isTidied(found: readonly Found[]): boolean {
  if (found.some(({ backup, isWaiting }) => isWaiting || backup.hash !== undefined)) return false;
  const writes = found.filter(({ change }) => change.next !== undefined);
  return (writes.length > 0 ? writes : found).some(isMade);
}

async function tidy(found: readonly Found[], anchors: AnchoredFolders): Promise<Complaints> {
  faultPoint('beforeTidy');
  for (const one of found) if (isMade(one)) await removeTemporary(one.change, anchors);
  await anchors.sync();
  return { end: 'done', conflicts: found.filter((one) => !isMade(one)).map(foreign) };
}

async function undo(
  found: readonly Found[],
  folders: readonly string[],
  anchors: AnchoredFolders,
): Promise<Complaints> {
  const conflicts = new Map<Found, string>();
  // what waits stays until the others are put back: it tells that the change was cut
  const waitsLast = found.toReversed().toSorted((one, other) => Number(one.isWaiting) - Number(other.isWaiting));
  for (const one of waitsLast) {
    faultPoint('beforeUndo');
    const conflict = await undoOne(one, anchors);
    if (conflict !== undefined) conflicts.set(one, conflict);
    faultPoint('afterUndo');
  }
  await anchors.sync();
  const deepestFirst = folders.toSorted((one, other) => other.length - one.length);
  // Folders with something in them are in use by now.
  for (const folder of deepestFirst) await attempt(async () => fs.rmdir(await anchors.at(folder)));
  return { end: 'undone', conflicts: found.flatMap((one) => conflicts.get(one) ?? []) };
}

async function undoOne(one: Found, anchors: AnchoredFolders): Promise<string | undefined> {
  const { change, file, backup, isWaiting, fault } = one;
  if (fault !== undefined) return `${change.path} cannot be put back: ${fault}`;
  if (isMade(one)) {
    try {
      const conflict = await putBack(one, anchors);
      if (conflict !== undefined) return conflict;
    } catch (error) {
      return `${change.path} could not be put back (${messageOf(error)}).${keptIn(one)}`;
    }
  } else if (!isWaiting && file.exists && change.backup === undefined) {
    return foreign(one);
  } else if (!isWaiting && backup.hash !== undefined && backup.hash !== file.hash) {
    return foreign(one);
  }
  await removeTemporary(change, anchors);
  return undefined;
}

async function putBack({ change, backup }: Found, anchors: AnchoredFolders): Promise<string | undefined> {
  const file = await anchors.at(change.path);
  if (change.backup === undefined) {
    await fs.unlink(file);
    return undefined;
  }
  if (backup.hash !== undefined) {
    await fs.rename(await anchors.at(change.backup), file);
    return undefined;
  }
  const state = change.hash === null ? 'is gone' : 'holds what the call was to write';
  return `${change.path} ${state}, and there is nothing older to put back.`;
}

function foreign(one: Found): string {
  const what = 'It is neither as the call was to leave it nor as it was before, and was left alone.';
  return `${one.change.path} was changed by another process. ${what}${keptIn(one)}`;
}

function keptIn({ change, backup }: Found): string {
  return backup.hash === undefined ? '' : ` What it held before the call is in ${change.backup}.`;
}

async function look(change: PlannedChange, anchors: AnchoredFolders): Promise<Found> {
  const nothing: Look = { exists: false };
  try {
    const file = await contentAt(change.path, anchors);
    const next = change.next === undefined ? nothing : await contentAt(change.next, anchors);
    const backup = change.backup === undefined ? nothing : await contentAt(change.backup, anchors);
    return { change, file, backup, isWaiting: next.hash !== undefined };
  } catch (error) {
    return { change, file: nothing, backup: nothing, isWaiting: true, fault: messageOf(error) };
  }
}

async function contentAt(path: string, anchors: AnchoredFolders): Promise<Look> {
  try {
    const name = await anchors.at(path);
    if (!(await fs.lstat(name)).isFile()) return { exists: true };
    // Should something else be there by now, it is not followed and not waited for.
    const handle = await fs.open(name, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      return { exists: true, hash: await hashOfHandle(handle) };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return { exists: false };
    throw error;
  }
}

/** The backup first: one that stands alone means that its file was renamed. */
async function removeTemporary({ backup, next }: PlannedChange, anchors: AnchoredFolders): Promise<void> {
  for (const path of [backup, next]) {
    if (path !== undefined) await attempt(async () => fs.unlink(await anchors.at(path)));
  }
}

async function attempt(act: () => Promise<void>): Promise<void> {
  await act().catch(() => undefined);
}
