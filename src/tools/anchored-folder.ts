/**
 * A folder held open, so that nothing put in its place meanwhile can lead what is done in it elsewhere. On Linux every
 * name below is taken relative to the open folder itself; on other systems, which give a program no way to do that from
 * here, its name is looked at once more and that is all.
 */
import { constants, existsSync } from 'node:fs';
import { open, readlink, realpath, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolError } from '../errors.ts';

const OPEN_FILES = '/proc/self/fd';

export interface AnchoredFolder {
  /** A path by which this process reaches `name` in the folder that was opened. */
  at(name: string): string;
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
  return { at: (name) => join(base, name), close: () => handle.close() };
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
