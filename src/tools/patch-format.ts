/** The Codex patch format (`*** Begin Patch` … `*** End Patch`): its text and what it means. */
import { posix } from 'node:path';

/** One line of a hunk. `keep` lines show where it goes, `remove` lines go, `add` lines come. */
export interface HunkLine {
  readonly kind: 'keep' | 'remove' | 'add';
  readonly text: string;
}

/** One place to change. */
export interface Hunk {
  /** The `@@` lines above it, outermost first. */
  readonly hints: readonly string[];
  readonly lines: readonly HunkLine[];
  /** `*** End of File`: it reaches to the end of the file. */
  readonly atEnd: boolean;
  /** Its first line in the patch, counted from 1. */
  readonly line: number;
}

/** What a patch does to one file. Paths are as they were written. */
export type PatchSection =
  | { readonly kind: 'add'; readonly path: string; readonly lines: readonly string[] }
  | { readonly kind: 'delete'; readonly path: string }
  | {
      readonly kind: 'update';
      readonly path: string;
      readonly moveTo: string | undefined;
      readonly hunks: readonly Hunk[];
    };

/** A patch, or why it is none: `line` counts from 1 in the patch's text. */
export type ParsedPatch =
  | { readonly ok: true; readonly sections: readonly PatchSection[] }
  | { readonly ok: false; readonly line: number; readonly message: string };

const marks = {
  begin: '*** Begin Patch',
  end: '*** End Patch',
  add: '*** Add File:',
  delete: '*** Delete File:',
  update: '*** Update File:',
  move: '*** Move to:',
  endOfFile: '*** End of File',
} as const;

class FormatError extends Error {
  readonly line: number;
  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** Reads a patch. Never throws: text that is no patch comes back as a message that says what to write instead. */
export function parsePatch(text: string): ParsedPatch {
  try {
    return { ok: true, sections: checkPaths(new Reader(text).sections()) };
  } catch (error) {
    if (error instanceof FormatError) return { ok: false, line: error.line, message: error.message };
    throw error;
  }
}

/** Every path a section touches. */
export function pathsOf(section: PatchSection): readonly string[] {
  return section.kind === 'update' && section.moveTo !== undefined ? [section.path, section.moveTo] : [section.path];
}

function checkPaths(sections: readonly PatchSection[]): readonly PatchSection[] {
  const seen = new Set<string>();
  for (const path of sections.flatMap(pathsOf)) {
    if (path.includes('\0')) throw new FormatError(1, 'A path contains a NUL byte.');
    const file = posix.normalize(path);
    if (seen.has(file)) throw new FormatError(1, `${path} is touched twice. Put all changes of a file in one section.`);
    seen.add(file);
  }
  return sections;
}

/** Walks the lines between the first and the last mark. */
class Reader {
  readonly #lines: readonly string[];
  #at: number;
  readonly #end: number;

  constructor(text: string) {
    this.#lines = text.split(/\r?\n/);
    const begin = this.#lines.findIndex((line) => line.trim() !== '' && !isWrapping(line));
    if (this.#lines[begin]?.trim() !== marks.begin) {
      throw new FormatError(Math.max(begin, 0) + 1, `A patch starts with the line "${marks.begin}".`);
    }
    const end = this.#lines.findLastIndex((line) => line.trim() !== '' && !isWrapping(line));
    if (this.#lines[end]?.trim() !== marks.end) {
      throw new FormatError(end + 1, `A patch ends with the line "${marks.end}"; this one may have been cut off.`);
    }
    this.#at = begin + 1;
    this.#end = end;
  }

  sections(): readonly PatchSection[] {
    const sections: PatchSection[] = [];
    for (this.#skipBlank(); this.#at < this.#end; this.#skipBlank()) sections.push(this.#section());
    if (sections.length === 0) throw this.#error('The patch changes no file.');
    return sections;
  }

  #section(): PatchSection {
    const path = this.#value(marks.add);
    if (path !== undefined) return { kind: 'add', path, lines: this.#addedLines() };
    const deleted = this.#value(marks.delete);
    if (deleted !== undefined) return { kind: 'delete', path: deleted };
    const updated = this.#value(marks.update);
    if (updated !== undefined) return this.#update(updated);
    const known = [marks.add, marks.delete, marks.update].map((mark) => `"${mark} <path>"`).join(', ');
    throw this.#error(`A section starts with one of ${known}; this line is ${quote(this.#line)}.`);
  }

  #addedLines(): readonly string[] {
    const lines: string[] = [];
    for (; this.#inSection(); this.#at += 1) {
      if (this.#line.startsWith('+')) lines.push(this.#line.slice(1));
      else if (this.#line.trim() !== '' || this.#blankBeforeMore('+')) {
        throw this.#error(`Every line of a new file starts with "+"; this line is ${quote(this.#line)}.`);
      }
    }
    return lines;
  }

  /** True when more of a new file follows a blank line: the line was meant to be in it. */
  #blankBeforeMore(sign: string): boolean {
    const next = this.#lines.slice(this.#at, this.#end).find((line) => line.trim() !== '');
    return next?.startsWith(sign) === true;
  }

  #update(path: string): PatchSection {
    const moveTo = this.#value(marks.move);
    const start = this.#at;
    const hunks: Hunk[] = [];
    for (this.#skipBlank(); this.#inSection(); this.#skipBlank()) hunks.push(this.#hunk());
    if (hunks.length === 0 && moveTo === undefined) {
      throw new FormatError(start, `${path} is to be updated, but no change is given.`);
    }
    return { kind: 'update', path, moveTo, hunks };
  }

  #hunk(): Hunk {
    const line = this.#at + 1;
    const hints: string[] = [];
    for (; this.#inSection() && this.#line.startsWith('@@'); this.#at += 1) {
      const hint = hintOf(this.#line);
      if (hint !== '') hints.push(hint);
    }
    const start = this.#at;
    while (this.#inSection() && !this.#line.startsWith('@@') && !this.#isEndOfFile()) this.#at += 1;
    // Bare blank lines at the end part this hunk from what follows; a blank line of the file has a space before it.
    const last = this.#lines.slice(start, this.#at).findLastIndex((text) => text !== '');
    const lines = this.#lines.slice(start, start + last + 1).map((text, index) => hunkLine(text, start + index + 1));
    const atEnd = this.#inSection() && this.#isEndOfFile();
    if (atEnd) this.#at += 1;
    if (lines.every(({ kind }) => kind === 'keep')) {
      throw new FormatError(line, 'A hunk has no line that starts with "+" or "-", so it changes nothing.');
    }
    return { hints, lines, atEnd, line };
  }

  get #line(): string {
    return this.#lines[this.#at] ?? '';
  }

  #inSection(): boolean {
    return this.#at < this.#end && (!this.#line.startsWith('*** ') || this.#isEndOfFile());
  }

  #isEndOfFile(): boolean {
    return this.#line.trimEnd() === marks.endOfFile;
  }

  #skipBlank(): void {
    while (this.#at < this.#end && this.#line.trim() === '') this.#at += 1;
  }

  /** The rest of this line after a mark, and on to the next line; `undefined` when the line has another mark. */
  #value(mark: string): string | undefined {
    if (this.#at >= this.#end || !this.#line.startsWith(mark)) return undefined;
    const value = this.#line.slice(mark.length).trim();
    if (value === '') throw this.#error(`"${mark}" needs a path.`);
    this.#at += 1;
    return value;
  }

  #error(message: string): FormatError {
    return new FormatError(this.#at + 1, message);
  }
}

const kinds: ReadonlyMap<string, HunkLine['kind']> = new Map([
  ['', 'keep'],
  [' ', 'keep'],
  ['-', 'remove'],
  ['+', 'add'],
]);

function hunkLine(text: string, line: number): HunkLine {
  const kind = kinds.get(text.slice(0, 1));
  if (kind !== undefined) return { kind, text: text.slice(1) };
  const rule = 'Every line of a hunk starts with " " (kept), "-" (removed) or "+" (added)';
  throw new FormatError(line, `${rule}; this line is ${quote(text)}.`);
}

/** Models also write the headers of unified diffs; their line numbers are never trusted. */
const unifiedHeader = /^-\d+(,\d+)? \+\d+(,\d+)?( @@.*)?$/;

function hintOf(line: string): string {
  const hint = line.slice(2).trim();
  return unifiedHeader.test(hint) ? '' : hint.replace(/\s@@$/, '').trim();
}

/** A code fence or a shell here-document around the patch. */
function isWrapping(line: string): boolean {
  return /^\s*(```\w*|[^<]*<<-?\s*['"]?\w+['"]?|EOF)\s*$/.test(line);
}

function quote(line: string): string {
  return JSON.stringify(line.length > 80 ? `${line.slice(0, 80)}…` : line);
}
