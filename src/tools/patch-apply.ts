/** The text of a file after the hunks of a patch. Pure. */
import type { Hunk } from './patch-format.ts';
import { tolerances } from './patch-match.ts';
import { placeHunks, type Placed } from './patch-seek.ts';
import { type TextLines, joinLines, splitLines } from '../text/file-lines.ts';

/** The new text, or why there is none. */
export type Applied =
  | {
      readonly ok: true;
      readonly text: string;
      /** Where a hunk only fitted with some tolerance. */
      readonly notes: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Applies hunks to a text, all of them placed in the text as it was. Kept lines stay as the file has them, byte for byte;
 * new lines end like their neighbours, and a file without a newline at its end stays without.
 */
export function applyHunks(text: string, hunks: readonly Hunk[]): Applied {
  const before = splitLines(text);
  const placement = placeHunks(before.lines, hunks);
  if (!placement.ok) return placement;
  const edits = new Edits();
  for (const placed of placement.placed) edits.take(placed);
  if (edits.problems.length > 0) return { ok: false, problems: edits.problems };
  return { ok: true, text: joinLines(rebuild(before, edits)), notes: placement.placed.flatMap(noteOf) };
}

function noteOf({ at, tolerance, hunk }: Placed): readonly string[] {
  if (tolerance === 0) return [];
  return [`the hunk at line ${hunk.line} of the patch fitted line ${at + 1} only ${tolerances[tolerance]?.name}`];
}

/** What happens to each line of the old file. */
class Edits {
  readonly removed = new Map<number, Hunk>();
  readonly #kept = new Map<number, Hunk>();
  /** New lines that come before the old line of this number. */
  readonly added = new Map<number, { readonly hunk: Hunk; readonly lines: string[] }>();
  readonly problems: string[] = [];

  take({ hunk, at }: Placed): void {
    let line = at;
    for (const { kind, text } of hunk.lines) {
      if (kind === 'add') this.#add(hunk, line, text);
      else {
        const others = kind === 'remove' ? [this.removed.get(line), this.#kept.get(line)] : [this.removed.get(line)];
        this.#check(hunk, line, ...others);
        (kind === 'remove' ? this.removed : this.#kept).set(line, hunk);
        line += 1;
      }
    }
  }

  #add(hunk: Hunk, line: number, text: string): void {
    const there = this.added.get(line);
    this.#check(hunk, line, there?.hunk);
    if (there === undefined) this.added.set(line, { hunk, lines: [text] });
    else there.lines.push(text);
  }

  #check(hunk: Hunk, line: number, ...others: readonly (Hunk | undefined)[]): void {
    for (const other of others) {
      if (other === undefined || other === hunk) continue;
      const problem = `The hunks at lines ${other.line} and ${hunk.line} of the patch both change line ${line + 1}. Make them one.`;
      if (!this.problems.includes(problem)) this.problems.push(problem);
    }
  }
}

function rebuild(before: TextLines, edits: Edits): TextLines {
  const lines: string[] = [];
  const ends: string[] = [];
  const usual = before.ends[0] || '\n';
  const add = (at: number) => {
    const end = before.ends[at - 1] || before.ends[at] || usual;
    for (const line of edits.added.get(at)?.lines ?? []) {
      lines.push(line);
      ends.push(end);
    }
  };
  for (const [at, line] of before.lines.entries()) {
    add(at);
    if (edits.removed.has(at)) continue;
    lines.push(line);
    ends.push(before.ends[at] ?? '');
  }
  add(before.lines.length);
  return { lines, ends: closed(ends, before, usual), mark: before.mark };
}

/** Every line but the last has an end; the last has one unless the old file's last had none. */
function closed(ends: readonly string[], before: TextLines, usual: string): readonly string[] {
  const last = before.ends.at(-1) === '' ? '' : undefined;
  return ends.map((end, at) => (at === ends.length - 1 ? (last ?? (end || usual)) : end || usual));
}
