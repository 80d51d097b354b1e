/**
 * Changes several files as one.
 *
 * Guarantees:
 * - Every file is replaced by a rename in its own folder: a reader sees the old content or the new one, never a part.
 * - All changes or none: when one fails, those before it are undone, with the old files themselves put back.
 * - A replaced file keeps its mode, and its owner where the operating system allows that.
 * - Nothing temporary stays behind, folders made on the way included.
 *
 * - A folder that is swapped for a link meanwhile leads nothing elsewhere: where that can be told (on Linux always), the
 *   change fails.
 *
 * Paths are absolute and real: a link given here would be replaced by a file.
 */
import { randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { ToolError, messageOf } from '../errors.ts';
import { anchorFolder, type AnchoredFolder } from './anchored-folder.ts';
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
  /** The same file, reached through its open folder. */
  readonly file: string;
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
    if (bytes !== null) await leftovers.makeFolder(dirname(path));
    const folder = await leftovers.anchor(dirname(path));
    const file = folder.at(basename(path));
    const old = await statOrNone(file);
    if (old !== undefined) await fs.access(file, constants.W_OK);
    const next = bytes === null ? undefined : await writeBeside(folder, bytes, old ?? change.like, leftovers);
    const backup = old === undefined ? undefined : await secondName(file, folder, leftovers);
    return { path, file, next, backup };
  } catch (error) {
    throw error instanceof ToolError ? error : pathError(path, error);
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
  folder: AnchoredFolder,
  bytes: Uint8Array,
  like: Stats | undefined,
  leftovers: Leftovers,
): Promise<string> {
  const next = leftovers.nameIn(folder);
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

async function secondName(file: string, folder: AnchoredFolder, leftovers: Leftovers): Promise<string> {
  const backup = leftovers.nameIn(folder);
  try {
    await fs.link(file, backup);
  } catch {
    // Some file systems have no hard links.
    await fs.copyFile(file, backup, constants.COPYFILE_EXCL);
  }
  return backup;
}

async function swapAll(staged: readonly Staged[], leftovers: Leftovers, steps: FileSteps): Promise<void> {
  const done: Staged[] = [];
  for (const one of staged) {
    try {
      await (one.next === undefined ? steps.unlink(one.file) : steps.rename(one.next, one.file));
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
  for (const { path, file, backup } of done) {
    try {
      await (backup === undefined ? fs.unlink(file) : fs.rename(backup, file));
    } catch (error) {
      const where =
        backup === undefined ? 'It was new.' : `Its old content is in ${dirname(path)}/${basename(backup)}.`;
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

  readonly #anchors: AnchoredFolder[] = [];

  async makeFolder(folder: string): Promise<void> {
    const made = await fs.mkdir(folder, { recursive: true });
    if (made !== undefined) this.folders.push({ top: made, bottom: folder });
  }

  async anchor(folder: string): Promise<AnchoredFolder> {
    const anchored = await anchorFolder(folder);
    this.#anchors.push(anchored);
    return anchored;
  }

  nameIn(folder: AnchoredFolder): string {
    const name = folder.at(`.greenroom-${randomUUID()}.tmp`);
    this.files.add(name);
    return name;
  }

  async clear(): Promise<void> {
    for (const file of this.files) await fs.rm(file, { force: true }).catch(() => undefined);
    for (const anchor of this.#anchors) await anchor.close();
    for (const { top, bottom } of this.folders.toReversed()) await removeEmpty(bottom, top);
  }
}

async function removeEmpty(bottom: string, top: string): Promise<void> {
  for (let folder = bottom; folder.length >= top.length; folder = dirname(folder)) {
    // Folders with something in them stay: a new file after success, or what somebody else put there.
    await fs.rmdir(folder).catch(() => undefined);
  }
}
