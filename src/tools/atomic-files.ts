/**
 * Changes several files as one.
 *
 * Guarantees:
 * - Every file is replaced by a rename in its own folder: a reader sees the old content or the new one, never a part.
 * - All changes or none: when one fails, those before it are undone, with the old files themselves put back.
 * - What is left when the process is killed in between is on record before anything is written, and `settleChanges` makes
 *   all or none of it.
 * - A replaced file keeps its mode, and its owner where the operating system allows that.
 * - Nothing temporary stays behind, folders made on the way included.
 * - A folder that is swapped for a link meanwhile leads nothing elsewhere: where that can be told (on Linux always), the
 *   change fails.
 *
 * Paths are absolute and real: a link given here would be replaced by a file.
 */
import { constants, type Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import { dirname } from 'node:path';
import { faultPoint } from '../diagnostics/fault-points.ts';
import { ToolError, messageOf } from '../errors.ts';
import type { PlannedChange } from '../events.ts';
import { AnchoredFolders, syncFolder } from './anchored-folder.ts';
import { planChanges, type FileChange, type FilesEffect } from './change-plan.ts';
import { codeOf, pathError } from './workspace-path.ts';

/** The step that changes what others see; a test can make it fail. */
export interface FileSteps {
  rename(from: string, to: string): Promise<void>;
}

export interface ChangeOptions {
  /** Records what is about to be done (see `ToolContext.effect`). When it throws, nothing is done. */
  readonly effect: (effect: FilesEffect) => void;
  readonly steps?: FileSteps | undefined;
}

/** A change with its temporary files, each reached through its open folder. It is made by one rename. */
interface Staged {
  readonly planned: PlannedChange;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Where the old file is once the change is made; none when there was no file. */
  readonly backup: string | undefined;
}

/**
 * Makes all the changes.
 * @throws ToolError when one could not be made. Everything is as before then, unless the message says which file could
 *   not be put back and where its old content is.
 */
export async function changeFiles(changes: readonly FileChange[], options: ChangeOptions): Promise<void> {
  if (changes.length === 0) return;
  const plan = await planChanges(changes);
  options.effect(plan);
  faultPoint('beforeStage');
  const leftovers = new Leftovers();
  try {
    const staged: Staged[] = [];
    for (const [at, change] of changes.entries()) {
      const planned = plan.changes[at];
      if (planned !== undefined) staged.push(await stage(change, planned, leftovers));
    }
    await swapAll(staged, leftovers, options.steps ?? fs);
    await leftovers.sync();
  } finally {
    faultPoint('beforeTidy');
    await leftovers.clear();
  }
}

async function stage({ path, bytes, like }: FileChange, planned: PlannedChange, leftovers: Leftovers): Promise<Staged> {
  try {
    if (bytes !== null) await leftovers.makeFolder(dirname(path));
    const file = await leftovers.folders.at(path);
    const old = await statOrNone(file);
    if ((old === undefined) !== (planned.backup === undefined)) {
      throw new ToolError(
        `${path} was ${old === undefined ? 'removed' : 'made'} by another process just now. Nothing was changed. Read it again.`,
      );
    }
    if (old !== undefined) await fs.access(file, constants.W_OK);
    if (bytes === null) {
      const backup = await leftovers.take(planned.backup);
      if (backup === undefined) throw new ToolError(`${path} does not exist. Nothing was changed.`);
      return { planned, file, from: file, to: backup, backup };
    }
    // The new content before the second name of the old one: by that order a later process knows what was done.
    const next = await leftovers.take(planned.next);
    if (next === undefined) throw new TypeError('a new content without a name was planned');
    await writeNew(next, bytes, old ?? like);
    const backup = await leftovers.take(planned.backup);
    if (backup !== undefined) await giveSecondName(file, backup);
    return { planned, file, from: next, to: file, backup };
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

async function writeNew(path: string, bytes: Uint8Array, like: Stats | undefined): Promise<void> {
  const handle = await fs.open(path, 'wx');
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
}

async function giveSecondName(file: string, name: string): Promise<void> {
  try {
    await fs.link(file, name);
  } catch {
    // Some file systems have no hard links.
    await fs.copyFile(file, name, constants.COPYFILE_EXCL);
    const handle = await fs.open(name, constants.O_RDONLY);
    await handle.sync().catch(() => undefined);
    await handle.close();
  }
}

/** Removals first: while anything is left to be done, a new content waits, and by that a later process knows. */
async function swapAll(staged: readonly Staged[], leftovers: Leftovers, steps: FileSteps): Promise<void> {
  const done: Staged[] = [];
  const isWrite = ({ planned }: Staged) => Number(planned.next !== undefined);
  for (const one of staged.toSorted((a, b) => isWrite(a) - isWrite(b))) {
    try {
      faultPoint('beforeRename');
      await steps.rename(one.from, one.to);
      done.push(one);
      faultPoint('afterRename');
    } catch (error) {
      const lost = await undoAll(done.toReversed(), leftovers);
      const state = lost.length === 0 ? 'Nothing was changed.' : lost.join(' ');
      throw new ToolError(`${pathError(one.planned.path, error).message} ${state}`, { cause: error });
    }
  }
}

/** Says for each file that could not be put back where its old content is. */
async function undoAll(done: readonly Staged[], leftovers: Leftovers): Promise<readonly string[]> {
  const lost: string[] = [];
  for (const { planned, file, backup } of done) {
    try {
      await (backup === undefined ? fs.unlink(file) : fs.rename(backup, file));
    } catch (error) {
      const where = backup === undefined ? 'It was new.' : `Its old content is in ${planned.backup}.`;
      lost.push(`${planned.path} was changed and could not be put back (${messageOf(error)}). ${where}`);
      if (backup !== undefined) leftovers.keep(backup);
    }
  }
  return lost;
}

/** Temporary files and folders to remove in the end, after success and failure alike. */
class Leftovers {
  readonly folders = new AnchoredFolders();
  readonly #files = new Set<string>();
  readonly #made: string[] = [];

  async makeFolder(folder: string): Promise<void> {
    const top = await fs.mkdir(folder, { recursive: true });
    if (top === undefined) return;
    for (let made = folder; made.length >= top.length; made = dirname(made)) this.#made.push(made);
  }

  /** A planned name, reached through its open folder; what will be there has to go. */
  async take(path: string | undefined): Promise<string | undefined> {
    if (path === undefined) return undefined;
    const name = await this.folders.at(path);
    this.#files.add(name);
    return name;
  }

  keep(file: string): void {
    this.#files.delete(file);
  }

  /** After this the changes also outlast a power cut. */
  async sync(): Promise<void> {
    await this.folders.sync();
    for (const folder of new Set(this.#made.map((made) => dirname(made)))) await syncFolder(folder);
  }

  async clear(): Promise<void> {
    // A backup before its new content: one that stands alone means that its file was renamed.
    for (const file of [...this.#files].toReversed()) await fs.rm(file, { force: true }).catch(() => undefined);
    await this.folders.close();
    const deepestFirst = this.#made.toSorted((one, other) => other.length - one.length);
    // Folders with something in them stay: a new file after success, or a file of another process.
    for (const folder of deepestFirst) await fs.rmdir(folder).catch(() => undefined);
  }
}
