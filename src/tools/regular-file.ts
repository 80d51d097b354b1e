/** Opens, reads and hashes files without ever hanging on a pipe or a device. */
import { createHash, hash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { ToolError } from '../errors.ts';
import { refuseMoved } from './anchored-folder.ts';
import { pathError, codeOf } from './workspace-path.ts';

/** Files beyond this many bytes are not taken into memory: 10 MiB. */
export const maxFileBytes = 10 * 1024 * 1024;

/** An open regular file; `stats` were taken from the handle, so they belong to the bytes that it reads. */
export interface OpenFile {
  readonly handle: FileHandle;
  readonly stats: Stats;
}

/**
 * Opens a regular file for reading. With `isReal` the path is what was judged, every link resolved: a link that was put
 * in the way since is refused.
 * @throws the system's own error with code `ENOENT` when there is none; a ToolError for a folder, pipe, socket or device,
 *   and for every other failure.
 */
export async function openRegular(path: string, { isReal = false } = {}): Promise<OpenFile> {
  let handle: FileHandle | undefined;
  try {
    // Looked at before it is opened, because opening a device can already do something.
    refuseOthers(path, await stat(path));
    // O_NONBLOCK: a pipe put there in between returns at once instead of waiting for a writer.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | (isReal ? constants.O_NOFOLLOW : 0));
    if (isReal) await refuseMoved(handle, path);
    const stats = await handle.stat();
    refuseOthers(path, stats);
    return { handle, stats };
  } catch (error) {
    await handle?.close();
    throw error instanceof ToolError || codeOf(error) === 'ENOENT' ? error : pathError(path, error);
  }
}

function refuseOthers(path: string, stats: Stats): void {
  if (stats.isFile()) return;
  const what = stats.isDirectory()
    ? 'a folder'
    : stats.isFIFO()
      ? 'a pipe'
      : stats.isSocket()
        ? 'a socket'
        : 'a device';
  throw new ToolError(`${path} is ${what}, not a regular file.`);
}

/** Everything from an open file, or `undefined` when there are more than `limit` bytes. Stops when `signal` aborts. */
export async function readAll(
  { handle }: OpenFile,
  { limit = maxFileBytes, signal }: { readonly limit?: number; readonly signal?: AbortSignal } = {},
): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let total = 0;
  // Read to the end rather than to the size: a file may grow, and those under /proc say they are empty.
  for (;;) {
    throwIfCancelled(signal);
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(256 * 1024));
    if (bytesRead === 0) return Buffer.concat(chunks);
    total += bytesRead;
    if (total > limit) return undefined;
    chunks.push(buffer.subarray(0, bytesRead));
  }
}

/** A file that a tool is about to change. */
export interface ExistingFile {
  readonly bytes: Buffer;
  readonly stats: Stats;
}

/**
 * The whole of a file, or `null` when it does not exist.
 * @throws ToolError when it is not a regular file or is bigger than `maxFileBytes`.
 */
export async function readExisting(
  path: string,
  signal?: AbortSignal,
  options: { readonly isReal?: boolean } = {},
): Promise<ExistingFile | null> {
  let file: OpenFile;
  try {
    file = await openRegular(path, options);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    const bytes = await readAll(file, signal === undefined ? {} : { signal });
    if (bytes !== undefined) return { bytes, stats: file.stats };
  } finally {
    await file.handle.close();
  }
  throw new ToolError(`${path} is bigger than 10 MiB, too big for the file tools. Change it with a command.`);
}

/** @throws ToolError with status `cancelled` once `signal` has aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new ToolError('The call was cancelled.', { status: 'cancelled' });
}

/** The SHA-256 of a content in hex, as `SeenFile` and `PlannedChange` carry it. */
export function hashOfBytes(bytes: Uint8Array): string {
  return hash('sha256', bytes);
}

/** The SHA-256 of everything an open file holds, in bounded memory. */
export async function hashOfHandle(handle: FileHandle): Promise<string> {
  const digest = createHash('sha256');
  const buffer = Buffer.allocUnsafe(256 * 1024);
  for (;;) {
    const { bytesRead } = await handle.read(buffer);
    if (bytesRead === 0) return digest.digest('hex');
    digest.update(buffer.subarray(0, bytesRead));
  }
}
