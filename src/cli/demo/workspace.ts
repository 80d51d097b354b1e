/** The folder of the demo: a copy of the sample project, its journal, and the diff of what changed. */
import { cpSync, rmSync } from 'node:fs';
import { mkdtemp, readdir, readFile, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { v7 as uuidv7 } from 'uuid';
import type { Journal } from '../../journal/index.ts';
import { newJournal } from '../sessions/files.ts';

export const SAMPLE = fileURLToPath(new URL('../../../demo/workspace', import.meta.url));

/** Makes a new folder with the sample in it. */
export async function copyOfSample(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'greenroom-demo-')));
  fillWithSample(folder);
  return folder;
}

/** Replaces the content of a folder with the sample. */
export function fillWithSample(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  cpSync(SAMPLE, folder, { recursive: true });
}

/** Makes `node --test` of the agents run on the Node of this process, not on another one of the machine. */
export function putOwnNodeFirst(): void {
  process.env['PATH'] = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
}

/** The journal that records the demo, if one is named. */
export const demoJournal = (file: string | undefined, workspace: string): Journal | undefined =>
  file === undefined ? undefined : newJournal({ file, id: uuidv7(), title: 'the demo', workspace, env: process.env });

/** The changes between two small folders of text files as a unified diff; empty when nothing changed. */
export async function folderDiff(before: string, after: string): Promise<string> {
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = await import('diff');
  const names = new Set([...(await filesIn(before)), ...(await filesIn(after))]);
  const patches: string[] = [];
  for (const name of [...names].toSorted()) {
    const [old, now] = await Promise.all([textOf(join(before, name)), textOf(join(after, name))]);
    if (old === now) continue;
    const from = old === undefined ? '/dev/null' : `a/${name}`;
    const to = now === undefined ? '/dev/null' : `b/${name}`;
    const options = { context: 2, headerOptions: FILE_HEADERS_ONLY };
    patches.push(createTwoFilesPatch(from, to, old ?? '', now ?? '', undefined, undefined, options));
  }
  return patches.join('');
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

async function textOf(path: string): Promise<string | undefined> {
  return await readFile(path, 'utf8').catch(() => undefined);
}
