/** Fingerprints of the files a call names: taken before a human is asked, compared right before the start. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { SealedFile } from '../events.ts';
import type { PermissionContext, Tool } from '../tools/tool.ts';

/** Files beyond this many bytes are not read: identity, size and times are their fingerprint. */
const MAX_BYTES = 4 * 1024 * 1024;
/** Files hashed at most; identity, size and times are the fingerprint of the rest, so that a call with thousands stays quick. */
const MAX_READ = 64;

/** The fingerprints of the files that the tool names for this call; none when the tool throws. */
export async function sealFiles(
  tool: Tool,
  input: unknown,
  context: PermissionContext,
): Promise<readonly SealedFile[]> {
  let paths: readonly string[];
  try {
    paths = tool.files?.(input, context) ?? [];
  } catch {
    return [];
  }
  const files = [...new Set(paths.map((path) => resolve(context.workspace, path)))];
  return Promise.all(
    files.map(async (path, index) => ({ path, seal: await sealOf(path, index < MAX_READ ? MAX_BYTES : 0) })),
  );
}

/** The files whose content differs now. */
export function alteredFiles(before: readonly SealedFile[], now: readonly SealedFile[]): readonly string[] {
  const seals = new Map(now.map(({ path, seal }) => [path, seal]));
  const known = new Set(before.map(({ path }) => path));
  const changed = before.filter(({ path, seal }) => seals.get(path) !== seal);
  return [...changed, ...now.filter(({ path }) => !known.has(path))].map(({ path }) => path);
}

async function sealOf(path: string, maxBytes: number): Promise<string> {
  let handle: FileHandle | undefined;
  try {
    // O_NONBLOCK: opening a pipe must not wait
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = await handle.stat({ bigint: true });
    if (!stats.isFile()) return `no file ${stats.mode}`;
    if (stats.size > maxBytes) return `big ${stats.dev} ${stats.ino} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs}`;
    return createHash('sha256')
      .update(await handle.readFile())
      .digest('hex');
  } catch (error) {
    return `none ${error instanceof Error && 'code' in error ? String(error.code) : ''}`;
  } finally {
    await handle?.close();
  }
}
