/** What to say about a path that does not exist. */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ToolError } from '../errors.ts';
import { displayPath } from './workspace-path.ts';

/** An error that says how far the path exists, and which names there are like the wanted one. */
export async function missingFile(workspace: string, path: string): Promise<ToolError> {
  let wanted = path;
  let names = await namesIn(dirname(wanted));
  while (names === undefined && dirname(wanted) !== wanted) {
    wanted = dirname(wanted);
    names = await namesIn(dirname(wanted));
  }
  const shown = displayPath(workspace, path);
  const what = wanted === path ? shown : `${shown} (there is no ${displayPath(workspace, wanted)})`;
  const alike = similarNames(basename(wanted), names ?? []);
  const found = alike.map((name) => displayPath(workspace, join(dirname(wanted), name))).join(', ');
  return new ToolError(`${what} does not exist.${found === '' ? '' : ` Did you mean: ${found}?`}`);
}

async function namesIn(folder: string): Promise<readonly string[] | undefined> {
  return readdir(folder).catch(() => undefined);
}

/** At most three names, the nearest first. */
function similarNames(wanted: string, names: readonly string[]): readonly string[] {
  const target = wanted.toLowerCase();
  return names
    .map((name) => ({ name, distance: distanceOf(target, name.toLowerCase()) }))
    .filter(({ distance }) => distance < wanted.length && distance <= Math.max(2, wanted.length / 3))
    .toSorted((left, right) => left.distance - right.distance || (left.name < right.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name);
}

/** Levenshtein's distance; the same name with another ending, or one that begins with the other, counts as near. */
function distanceOf(left: string, right: string): number {
  const stem = (name: string) => name.replace(/\.[^.]*$/, '') || name;
  if (stem(left) === stem(right) || (left.length > 2 && (right.startsWith(left) || left.startsWith(right)))) return 1;
  let row = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (const [at, letter] of left.split('').entries()) {
    const next = [at + 1];
    for (const [column, other] of right.split('').entries()) {
      const swapped = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(swapped, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
