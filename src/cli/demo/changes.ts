/** What changed between two folders, as a unified diff. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** Empty when nothing changed. Text files only; the folders are small. */
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
