/** What changed in a file, for people, programs and models. */
import { splitLines } from '../text/file-lines.ts';

/** Beyond this many changed lines a minimal diff costs too much: all old lines go out and all new ones come in. */
const maxEdits = 1500;

export interface TextDiff {
  /** Lines that came in. */
  readonly added: number;
  /** Lines that went. */
  readonly removed: number;
  /** A unified diff with three lines of context; empty when nothing changed. */
  readonly diff: string;
}

export interface DiffParams {
  /** The new name, as it is shown. */
  readonly path: string;
  /** The old name when the file was moved. Default: `path`. */
  readonly from?: string;
  /** `null`: there was no file. */
  readonly before: string | null;
  /** `null`: there is no file any more. */
  readonly after: string | null;
}

/** Compares two versions of a text file. */
export async function diffText({ path, from = path, before, after }: DiffParams): Promise<TextDiff> {
  if (before === after) return { added: 0, removed: 0, diff: '' };
  // Loaded late: most runs start without ever comparing files.
  const { structuredPatch } = await import('diff');
  const names = [before === null ? '/dev/null' : `a/${from}`, after === null ? '/dev/null' : `b/${path}`] as const;
  const options = { context: 3, maxEditLength: maxEdits };
  const patch = structuredPatch(...names, before ?? '', after ?? '', undefined, undefined, options);
  const hunks = patch === undefined ? [wholeHunk(before ?? '', after ?? '')] : patch.hunks;
  const lines = hunks.flatMap((hunk) => [header(hunk), ...hunk.lines]);
  return {
    added: lines.filter((line) => line.startsWith('+')).length,
    removed: lines.filter((line) => line.startsWith('-')).length,
    diff: lines.length === 0 ? '' : `--- ${names[0]}\n+++ ${names[1]}\n${lines.join('\n')}\n`,
  };
}

interface Hunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly lines: readonly string[];
}

// Unified diffs name the line before an empty range.
function header({ oldStart, oldLines, newStart, newLines }: Hunk): string {
  const range = (start: number, count: number) => `${count === 0 ? start - 1 : start}${count === 1 ? '' : `,${count}`}`;
  return `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`;
}

function wholeHunk(before: string, after: string): Hunk {
  const old = marked(before, '-');
  const next = marked(after, '+');
  const count = (lines: readonly string[]) => lines.filter((line) => !line.startsWith('\\')).length;
  return { oldStart: 1, oldLines: count(old), newStart: 1, newLines: count(next), lines: [...old, ...next] };
}

function marked(text: string, sign: string): readonly string[] {
  const { lines, ends } = splitLines(text);
  const signed = lines.map((line) => sign + line);
  return ends.at(-1) === '' ? [...signed, '\\ No newline at end of file'] : signed;
}

/** At most `limit` lines of a diff, and how many more there are. */
export function shortDiff(diff: string, limit = 40): string {
  const lines = diff.trimEnd().split('\n');
  if (lines.length <= limit) return lines.join('\n');
  return [...lines.slice(0, limit), `… ${lines.length - limit} more lines of diff`].join('\n');
}
