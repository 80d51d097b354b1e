/**
 * Changes several files as one.
 *
 * Guarantees:
 * - Every file is replaced by a rename in its own folder: a reader sees the old content or the new one, never a part.
 * - All changes or none: when one fails, those before it are undone, with the old files themselves put back.
 * - A replaced file keeps its mode, and its owner where the operating system allows that.
 * - Nothing temporary stays behind, folders made on the way included.
 *
 * Paths are absolute and real: a link given here would be replaced by a file.
 */
import { randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ToolError, messageOf } from '../errors.ts';
import { codeOf, pathError } from './workspace-path.ts';

/** One file's change. `like` gives a new file the mode of another; `bytes: null` removes the file. */
export interface FileChange {
  readonly path: string;
  readonly bytes: Uint8Array | null;
  readonly like?: Stats;
}

/** The steps that change what others see; a test can make one fail. */
export interface FileSteps {
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
}

/** A change with its temporary files. */
interface Staged {
  readonly path: string;
  /** The new content, waiting to be renamed; none for a removal. */
  readonly next: string | undefined;
  /** A second name of the old file; none when there was no file. */
  readonly backup: string | undefined;
}

/**
 * Makes all the changes.
 * @throws ToolError when one could not be made. Everything is as before then, unless the message says which file could
 *   not be put back and where its old content is.
 */
export async function changeFiles(changes: readonly FileChange[], steps: FileSteps = fs): Promise<void> {
  const leftovers = new Leftovers();
  try {
    const staged: Staged[] = [];
    for (const change of changes) staged.push(await stage(change, leftovers));
    await swapAll(staged, leftovers, steps);
  } finally {
    await leftovers.clear();
  }
}

async function stage(change: FileChange, leftovers: Leftovers): Promise<Staged> {
  const { path, bytes } = change;
  try {
    const old = await statOrNone(path);
    if (old !== undefined) await fs.access(path, constants.W_OK);
    const next = bytes === null ? undefined : await writeBeside(path, bytes, old ?? change.like, leftovers);
    const backup = old === undefined ? undefined : await secondName(path, leftovers);
    return { path, next, backup };
  } catch (error) {
    throw pathError(path, error);
  }
}

async function statOrNone(path: string): Promise<Stats | undefined> {
  try {
    return await fs.lstat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeBeside(
  path: string,
  bytes: Uint8Array,
  like: Stats | undefined,
  leftovers: Leftovers,
): Promise<string> {
  const made = await fs.mkdir(dirname(path), { recursive: true });
  if (made !== undefined) leftovers.folders.push({ top: made, bottom: dirname(path) });
  const next = leftovers.nameBeside(path);
  const handle = await fs.open(next, 'wx');
  try {
    await handle.writeFile(bytes);
    if (like !== undefined) {
      // The owner first: changing it clears set-user-ID bits. Giving files away may be forbidden, which is no failure.
      await handle.chown(like.uid, like.gid).catch(() => undefined);
      await handle.chmod(like.mode & 0o7777);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return next;
}

async function secondName(path: string, leftovers: Leftovers): Promise<string> {
  const backup = leftovers.nameBeside(path);
  try {
    await fs.link(path, backup);
  } catch {
    // Some file systems have no hard links.
    await fs.copyFile(path, backup, constants.COPYFILE_EXCL);
  }
  return backup;
}

async function swapAll(staged: readonly Staged[], leftovers: Leftovers, steps: FileSteps): Promise<void> {
  const done: Staged[] = [];
  for (const one of staged) {
    try {
      await (one.next === undefined ? steps.unlink(one.path) : steps.rename(one.next, one.path));
      done.push(one);
    } catch (error) {
      const lost = await undoAll(done.toReversed(), leftovers);
      const state = lost.length === 0 ? 'Nothing was changed.' : lost.join(' ');
      throw new ToolError(`${pathError(one.path, error).message} ${state}`, { cause: error });
    }
  }
}

/** Says for each file that could not be put back where its old content is. */
async function undoAll(done: readonly Staged[], leftovers: Leftovers): Promise<readonly string[]> {
  const lost: string[] = [];
  for (const { path, backup } of done) {
    try {
      await (backup === undefined ? fs.unlink(path) : fs.rename(backup, path));
    } catch (error) {
      const where = backup === undefined ? 'It was new.' : `Its old content is in ${backup}.`;
      lost.push(`${path} was changed and could not be put back (${messageOf(error)}). ${where}`);
      if (backup !== undefined) leftovers.files.delete(backup);
    }
  }
  return lost;
}

/** What has to go in the end, whatever happened. */
class Leftovers {
  readonly files = new Set<string>();
  readonly folders: { readonly top: string; readonly bottom: string }[] = [];

  nameBeside(path: string): string {
    const name = join(dirname(path), `.greenroom-${randomUUID()}.tmp`);
    this.files.add(name);
    return name;
  }

  async clear(): Promise<void> {
    for (const file of this.files) await fs.rm(file, { force: true }).catch(() => undefined);
    for (const { top, bottom } of this.folders.toReversed()) await removeEmpty(bottom, top);
  }
}

async function removeEmpty(bottom: string, top: string): Promise<void> {
  for (let folder = bottom; folder.length >= top.length; folder = dirname(folder)) {
    // Folders with something in them stay: a new file after success, or what somebody else put there.
    await fs.rmdir(folder).catch(() => undefined);
  }
}
