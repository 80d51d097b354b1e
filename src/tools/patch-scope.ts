/** What an `@@` line points at: the block of lines that it opens. */
import { tolerances, type LineIndex } from './patch-match.ts';

/** Lines `start` to `end` (not included), counted from 0. */
export interface Region {
  readonly start: number;
  readonly end: number;
}

/** More places than this say nothing, and cost a search in each. */
const maxRegions = 500;

/** The regions that a chain of hints can mean, in the file's order; or the hint that is nowhere, or nearly everywhere. */
export type Scopes =
  { readonly regions: readonly Region[] } | { readonly missing: string } | { readonly vague: string };

/**
 * Follows hints from the outermost inwards. A hint that stands in several places gives several regions: which of them is
 * meant is for the lines of the hunk to say.
 */
export function scopesOf(index: LineIndex, hints: readonly string[]): Scopes {
  let regions: readonly Region[] = [{ start: 0, end: index.lines.length }];
  for (const hint of hints) {
    const found = occurrences(index, hint, regions);
    if (found.length === 0) return { missing: hint };
    if (found.length > maxRegions) return { vague: hint };
    regions = found.map((start) => ({ start, end: blockEnd(index.lines, start) }));
  }
  return { regions };
}

/** Where a hint stands inside the regions; in text without indentation a block has no inside, so also after them. */
function occurrences(index: LineIndex, hint: string, regions: readonly Region[]): readonly number[] {
  const isInside = (place: number) => regions.some(({ start, end }) => start <= place && place < end);
  const isAfter = (place: number) => place >= (regions[0]?.start ?? 0);
  for (const fits of [isInside, isAfter]) {
    for (const tolerance of tolerances.keys()) {
      const places = index.find([hint], tolerance).filter(fits);
      if (places.length > 0) return places;
    }
    const places = index.findPart(hint).filter(fits);
    if (places.length > 0) return places;
  }
  return [];
}

/**
 * The end of the block that a line opens. A line that ends in an opening bracket opens a block up to the closing one at
 * its own indentation, whatever else stands that far left (labels, directives, texts); any other line opens one up to the
 * next line that is not indented deeper.
 */
function blockEnd(lines: readonly string[], start: number): number {
  const opener = lines[start] ?? '';
  const indent = indentOf(opener);
  const isBracketed = /[{([]\s*$/.test(opener) || lines[nextFilled(lines, start + 1)]?.trim() === '{';
  for (let at = nextFilled(lines, start + 1); at < lines.length; at = nextFilled(lines, at + 1)) {
    const line = lines[at] ?? '';
    if (indentOf(line) > indent) continue;
    const text = line.trim();
    const closes = /^[}\])]/.test(text);
    // `} else {` and `) {` go on with the same block.
    if (closes && /[{([:]$/.test(text)) continue;
    if (closes) return indentOf(line) === indent ? at + 1 : at;
    if (!isBracketed && !/^(#|\/\/|\/\*|\*)/.test(text)) return at;
  }
  return lines.length;
}

function nextFilled(lines: readonly string[], from: number): number {
  let at = from;
  while (at < lines.length && lines[at]?.trim() === '') at += 1;
  return at;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
