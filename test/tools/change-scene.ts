/** Three files to be changed as one, and what is on record of it. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { FileChange, FilesEffect } from '../../src/tools/change-plan.ts';

/** The files of the scene before the change, and after it, by their names. */
export const before = { changed: 'old', gone: 'old gone' };
export const after = { changed: 'new', 'deep/er/made': 'made' };

export function makeScene(folder: string): void {
  fs.mkdirSync(join(folder, 'files'), { recursive: true });
  for (const [name, text] of Object.entries(before)) fs.writeFileSync(join(folder, 'files', name), text);
}

export function sceneChanges(folder: string): readonly FileChange[] {
  const at = (name: string) => join(folder, 'files', name);
  return [
    { path: at('changed'), bytes: Buffer.from(after.changed) },
    { path: at('deep/er/made'), bytes: Buffer.from(after['deep/er/made']) },
    { path: at('gone'), bytes: null },
  ];
}

/** Everything below the folder of the files: contents by name, and `null` for a folder with nothing in it. */
export function sceneFiles(folder: string): Readonly<Record<string, string | null>> {
  const top = join(folder, 'files');
  const found: Record<string, string | null> = {};
  for (const entry of fs.readdirSync(top, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(top.length + 1);
    if (!entry.isDirectory()) found[name] = fs.readFileSync(path, 'utf8');
    else if (fs.readdirSync(path).length === 0) found[name] = null;
  }
  return found;
}

const record = (folder: string) => join(folder, 'effect.json');

export function recordEffect(folder: string, effect: FilesEffect): void {
  const file = fs.openSync(record(folder), 'wx');
  fs.writeSync(file, JSON.stringify(effect));
  fs.fsyncSync(file);
  fs.closeSync(file);
}

/** An empty one when nothing was recorded. */
export function readEffect(folder: string): FilesEffect {
  if (!fs.existsSync(record(folder))) return { kind: 'files', changes: [], folders: [] };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as `recordEffect` wrote it
  return JSON.parse(fs.readFileSync(record(folder), 'utf8')) as FilesEffect;
}

/** A scene as another one is, its record included. */
export function copyScene(from: string, to: string): void {
  fs.cpSync(from, to, { recursive: true });
  fs.writeFileSync(record(to), fs.readFileSync(record(from), 'utf8').replaceAll(from, to));
}
