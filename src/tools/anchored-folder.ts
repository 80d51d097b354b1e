/**
 * A folder held open, so that nothing put in its place meanwhile can lead what is done in it elsewhere. On Linux every
 * name below is taken relative to the open folder itself; on other systems, which give a program no way to do that from
 * here, its name is looked at once more and that is all.
 */
import { constants, existsSync } from 'node:fs';
import { open, readlink, realpath, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ToolError } from '../errors.ts';

const OPEN_FILES = '/proc/self/fd';

export interface AnchoredFolder {
  /** A path by which this process reaches `name` in the folder that was opened. */
  at(name: string): string;
  /** Puts the names in it on the disk, where the system can do that. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a folder by its real path.
 * @throws ToolError when the path now leads to another folder; the system's own error when it cannot be opened.
 */
export async function anchorFolder(folder: string): Promise<AnchoredFolder> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await refuseMoved(handle, folder);
  } catch (error) {
    await handle.close();
    throw error;
  }
  const base = hasOpenFiles() ? `${OPEN_FILES}/${handle.fd}` : folder;
  return {
    at: (name) => join(base, name),
    // Some systems and file systems sync no folders; they say so with different errors.
    sync: () => handle.sync().catch(() => undefined),
    close: () => handle.close(),
  };
}

/** Folders that are held open together, each opened once. */
export class AnchoredFolders {
  readonly #open = new Map<string, AnchoredFolder>();

  /**
   * A path by which this process reaches the file of this path in its anchored folder.
   * @throws what `anchorFolder` throws.
   */
  async at(path: string): Promise<string> {
    const name = dirname(path);
    let folder = this.#open.get(name);
    if (folder === undefined) {
      folder = await anchorFolder(name);
      this.#open.set(name, folder);
    }
    return folder.at(basename(path));
  }

  async sync(): Promise<void> {
    for (const folder of this.#open.values()) await folder.sync();
  }

  async close(): Promise<void> {
    for (const folder of this.#open.values()) await folder.close();
    this.#open.clear();
  }
}

/** Puts the names in a folder on the disk, where the system can do that. Never throws. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY).catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/**
 * Makes sure that an open file or folder is the one its path was judged by.
 * @throws ToolError when it is not: a link was put in the way.
 */
export async function refuseMoved(handle: FileHandle, path: string): Promise<void> {
  const real = hasOpenFiles() ? await readlink(`${OPEN_FILES}/${handle.fd}`) : await realpath(path);
  if (real !== path) throw movedError(path, real);
}

export function movedError(path: string, real: string): ToolError {
  return new ToolError(
    `${path} was judged, but it now leads to ${real}: something was put in its place meanwhile. Nothing was done.`,
  );
}

function hasOpenFiles(): boolean {
  return process.platform === 'linux' && existsSync(OPEN_FILES);
}
