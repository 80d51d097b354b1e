/**
 * Where each hunk of a patch goes.
 *
 * Guarantee: never a guess. A hunk goes to a place only when it is the one place that fits; among places that fit
 * equally well (under the strictest comparison that fits anywhere) only `@@` lines and `*** End of File` choose. The one
 * exception leaves nothing to choose: as many equal hunks as there are equal places.
 */
import type { Hunk } from './patch-format.ts';
import { LineIndex, tolerances } from './patch-match.ts';
import { scopesOf, type Region } from './patch-scope.ts';

/** A hunk with its place. `at` counts lines from 0. */
export interface Placed {
  readonly hunk: Hunk;
  readonly at: number;
  /** Index into `tolerances`. */
  readonly tolerance: number;
}

/** All hunks placed, or what is wrong with each that could not be. */
export type Placement =
  | { readonly ok: true; readonly placed: readonly Placed[] }
  | { readonly ok: false; readonly problems: readonly string[] };

interface Candidates {
  readonly hunk: Hunk;
  readonly places: readonly number[];
  readonly tolerance: number;
}

/** Places every hunk in the lines of a file. */
export function placeHunks(lines: readonly string[], hunks: readonly Hunk[]): Placement {
  const index = new LineIndex(lines);
  const found = hunks.map((hunk) => candidatesOf(index, hunk));
  const all = found.filter((one) => typeof one !== 'string');
  const problems = found.flatMap((one) => {
    if (typeof one === 'string') return [one];
    return one.places.length === 1 || twinsOf(one, all).length === one.places.length ? [] : [ambiguous(one)];
  });
  if (problems.length > 0) return { ok: false, problems };
  const placed = all.map((one) => ({
    hunk: one.hunk,
    at: one.places[one.places.length === 1 ? 0 : twinsOf(one, all).indexOf(one)] ?? 0,
    tolerance: one.tolerance,
  }));
  return { ok: true, placed };
}

/** The hunks, this one included, that look for the same lines in the same places. */
function twinsOf(one: Candidates, all: readonly Candidates[]): readonly Candidates[] {
  const key = (other: Candidates) => JSON.stringify([other.places, oldLines(other.hunk)]);
  return all.filter((other) => key(other) === key(one));
}

/** The lines of the file that a hunk names. */
export function oldLines(hunk: Hunk): readonly string[] {
  return hunk.lines.filter(({ kind }) => kind !== 'add').map(({ text }) => text);
}

function newLines(hunk: Hunk): readonly string[] {
  return hunk.lines.filter(({ kind }) => kind !== 'remove').map(({ text }) => text);
}

function candidatesOf(index: LineIndex, hunk: Hunk): Candidates | string {
  const scopes = scopesOf(index, hunk.hints);
  if ('missing' in scopes) return hintMissing(index, hunk, scopes.missing);
  if ('vague' in scopes) return `The hint "@@ ${scopes.vague}" stands in too many places. Write more of its line.`;
  const { regions } = scopes;
  const old = oldLines(hunk);
  if (old.length === 0) return { hunk, places: insertionPoints(index, hunk, regions), tolerance: 0 };
  const first = regions[0]?.start ?? 0;
  const after = (place: number) => place + leadingContext(hunk) >= first;
  const inside = (place: number) => regions.some((region) => changesInside(hunk, place, region));
  const atEnd = (place: number) => place + old.length === index.lines.length && after(place);
  for (const fits of hunk.atEnd ? [atEnd, inside, after] : [inside, after]) {
    for (const tolerance of tolerances.keys()) {
      const places = index.find(old, tolerance).filter(fits);
      if (places.length > 0) return { hunk, places, tolerance };
    }
  }
  return notFound(index, hunk);
}

/** Without any line of the file to go by: after the line of the last hint, else at the end of the file. */
function insertionPoints(index: LineIndex, hunk: Hunk, regions: readonly Region[]): readonly number[] {
  if (hunk.hints.length === 0 || hunk.atEnd) return [index.lines.length];
  return regions.map(({ start }) => start + 1);
}

/** True when the first change of a hunk at `place` is inside a region; context may reach out of it. */
function changesInside(hunk: Hunk, place: number, { start, end }: Region): boolean {
  const change = place + leadingContext(hunk);
  const isInsertion = hunk.lines.find(({ kind }) => kind !== 'keep')?.kind === 'add';
  return start <= change && (change < end || (isInsertion && change === end));
}

function leadingContext(hunk: Hunk): number {
  return hunk.lines.findIndex(({ kind }) => kind !== 'keep');
}

// ---------------------------------------------------------------- what to tell the model

function ambiguous({ hunk, places }: Candidates): string {
  const size = oldLines(hunk).length;
  const shown = places.slice(0, 8).map((place) => (size > 1 ? `${place + 1}–${place + size}` : `${place + 1}`));
  const more = places.length > shown.length ? ` and ${places.length - shown.length} more` : '';
  return (
    `The hunk at line ${hunk.line} of the patch fits equally well in ${places.length} places: lines ${shown.join(', ')}${more}. ` +
    'Add more context lines, or "@@" lines naming what surrounds the right one (class, then function).'
  );
}

function hintMissing(index: LineIndex, hunk: Hunk, hint: string): string {
  const near = index.mostSimilar(hint);
  const likely = near === undefined ? '' : ` The nearest line is ${numbered(index, near)}.`;
  return `The hint "@@ ${hint}" of the hunk at line ${hunk.line} of the patch is nowhere in the file.${likely}`;
}

function notFound(index: LineIndex, hunk: Hunk): string {
  const old = oldLines(hunk);
  const where = hunk.hints.length === 0 ? 'in the file' : `at or after "@@ ${hunk.hints.at(-1)}"`;
  const shown = old.slice(0, 20).map((line) => `  | ${line}`);
  if (old.length > shown.length) shown.push(`  … ${old.length - shown.length} more lines`);
  return [
    `The hunk at line ${hunk.line} of the patch was not found ${where}. These are its lines:`,
    ...shown,
    ...nearest(index, hunk, old),
  ].join('\n');
}

function nearest(index: LineIndex, hunk: Hunk, old: readonly string[]): readonly string[] {
  const isTelling = hunk.lines.some(({ kind, text }) => kind === 'add' && text.trim() !== '');
  const applied = isTelling ? index.find(newLines(hunk), 0)[0] : undefined;
  if (applied !== undefined) return [`The file already has the result of this hunk, at line ${applied + 1}.`];
  const place = index.closest(old);
  const offset = place === undefined ? 0 : old.findIndex((line, at) => index.lines[place + at] !== line);
  if (place !== undefined && offset === -1)
    return [`They are at line ${place + 1}, which is not where the hint points.`];
  const line = place === undefined ? index.mostSimilar(old.find((text) => text.trim() !== '') ?? '') : place + offset;
  if (line === undefined || index.lines.length === 0) return [];
  return [`The nearest line is ${numbered(index, Math.min(Math.max(line, 0), index.lines.length - 1))}.`];
}

function numbered(index: LineIndex, place: number): string {
  const line = index.lines[place] ?? '';
  return `${place + 1}: ${JSON.stringify(line.length > 200 ? `${line.slice(0, 200)}…` : line)}`;
}
