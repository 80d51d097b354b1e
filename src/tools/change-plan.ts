/** What a change of files will leave on the disk on its way, worked out before anything is written. */
import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PlannedChange, ToolEffect } from '../events.ts';
import { hashOfBytes } from './regular-file.ts';
import { codeOf, pathError } from './workspace-path.ts';

/** One file's change. `like` gives a new file the mode of another; `bytes: null` removes the file. */
export interface FileChange {
  readonly path: string;
  readonly bytes: Uint8Array | null;
  readonly like?: Stats;
}

/** A change of files, as it is recorded. */
export type FilesEffect = Extract<ToolEffect, { kind: 'files' }>;

/**
 * Chooses the temporary names, and names the folders that have to be made. Writes nothing.
 * @throws ToolError when a path cannot be looked at.
 */
export async function planChanges(changes: readonly FileChange[]): Promise<FilesEffect> {
  const planned: PlannedChange[] = [];
  const folders = new Set<string>();
  for (const { path, bytes } of changes) {
    if (bytes !== null) for (const folder of await missingFolders(dirname(path))) folders.add(folder);
    planned.push({
      path,
      ...(bytes === null ? {} : { next: nameBeside(path) }),
      ...((await isThere(path)) ? { backup: nameBeside(path) } : {}),
      hash: bytes === null ? null : hashOfBytes(bytes),
    });
  }
  return { kind: 'files', changes: planned, folders: [...folders] };
}

function nameBeside(path: string): string {
  return join(dirname(path), `.greenroom-${randomUUID()}.tmp`);
}

/** The outermost first. */
async function missingFolders(folder: string): Promise<readonly string[]> {
  if (await isThere(folder)) return [];
  return [...(await missingFolders(dirname(folder))), folder];
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw pathError(path, error);
  }
}
