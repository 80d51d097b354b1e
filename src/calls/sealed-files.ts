/** What stands in the files a call names: taken before a human is asked, compared right before the call starts. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { SealedFile } from '../events.ts';
import type { PermissionContext, Tool } from '../tools/tool.ts';

/** Files beyond this many bytes are not read: their identity, size and times stand for their content. */
const MAX_BYTES = 4 * 1024 * 1024;
/** So many are read; of the others, too, identity, size and times are sealed. A text made to name thousands must not keep everybody waiting. */
const MAX_READ = 64;

/** The files that the tool says this call names, sealed. A tool that cannot say names none. */
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

/** Which of the files have another content now. */
export function alteredFiles(before: readonly SealedFile[], now: readonly SealedFile[]): readonly string[] {
  const seals = new Map(now.map(({ path, seal }) => [path, seal]));
  const known = new Set(before.map(({ path }) => path));
  const changed = before.filter(({ path, seal }) => seals.get(path) !== seal);
  return [...changed, ...now.filter(({ path }) => !known.has(path))].map(({ path }) => path);
}

async function sealOf(path: string, maxBytes: number): Promise<string> {
  let handle: FileHandle | undefined;
  try {
    // O_NONBLOCK: a pipe in its place must not make us wait
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
