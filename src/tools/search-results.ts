/** What a search found, collected up to a limit and written for a model. */
import * as z from 'zod';

/** Characters of one line that are shown, around the match. */
const LINE_LIMIT = 300;
const LEAD = 80;
/** Characters of all lines together. */
const TEXT_LIMIT = 30_000;

/** One matching line. */
export interface SearchMatch {
  /** Relative to the workspace, absolute outside of it. */
  readonly path: string;
  readonly line: number;
  /** The line, cut to about 300 characters around the first match. */
  readonly text: string;
}

const Text = z.union([
  z.object({ text: z.string() }).transform((it) => it.text),
  // ripgrep writes what is not UTF-8 as base64.
  z.object({ bytes: z.base64() }).transform((it) => Buffer.from(it.bytes, 'base64').toString('utf8')),
]);

/** A line of `rg --json` (grep-printer's JSON format), of the kinds that matter here. */
const Record = z.object({
  type: z.enum(['match', 'context']),
  data: z.object({
    path: Text,
    lines: Text,
    line_number: z.number().nullable(),
    submatches: z.array(z.object({ start: z.number() })),
  }),
});

/** Collects the records of `rg --json` until there are `maxResults` matches or 30 000 characters. */
export class TextResults {
  readonly matches: SearchMatch[] = [];
  /** True when there was more than fits. */
  isFull = false;
  readonly #lines: string[] = [];
  readonly #maxResults: number;
  readonly #nameOf: (found: string) => string | null;
  #size = 0;
  #last: { readonly path: string; readonly line: number } | undefined;

  /** `nameOf` gives the name of a file to show, or `null` for a file that is not wanted. */
  constructor(maxResults: number, nameOf: (found: string) => string | null) {
    this.#maxResults = maxResults;
    this.#nameOf = nameOf;
  }

  get files(): number {
    return new Set(this.matches.map((match) => match.path)).size;
  }

  /** Takes one record; returns false when no more is wanted. */
  add(record: string, isCut: boolean): boolean {
    const parsed = isCut ? parseCut(record) : parse(record);
    const path = parsed === undefined ? null : this.#nameOf(parsed.path);
    if (parsed === undefined || path === null) return true;
    if (this.#size >= TEXT_LIMIT || (parsed.isMatch && this.matches.length >= this.#maxResults)) {
      // A line of context past the end is no reason to say that there is more.
      this.isFull = parsed.isMatch;
      return !parsed.isMatch;
    }
    if (parsed.isMatch) this.matches.push({ path, line: parsed.line, text: parsed.text });
    this.#write(path, parsed);
    return true;
  }

  text(): string {
    return this.#lines.join('\n');
  }

  #write(path: string, { line, text, isMatch }: Parsed): void {
    const last = this.#last;
    if (last !== undefined && last.path !== path) this.#lines.push('');
    const mark = isMatch ? ':' : '-';
    const written = `${path}${mark}${line}${mark}${text}`;
    this.#lines.push(written);
    this.#size += written.length + 1;
    this.#last = { path, line };
  }
}

interface Parsed {
  readonly path: string;
  readonly line: number;
  readonly text: string;
  readonly isMatch: boolean;
}

function parse(record: string): Parsed | undefined {
  // Most records of a big search are `begin` and `end`; do not parse them twice.
  if (!record.startsWith('{"type":"match"') && !record.startsWith('{"type":"context"')) return undefined;
  const { type, data } = Record.parse(JSON.parse(record));
  const line = data.lines.replace(/\r?\n$/, '');
  const start = data.submatches[0]?.start ?? 0;
  return { path: data.path, line: data.line_number ?? 0, text: cutAround(line, start), isMatch: type === 'match' };
}

/** Of a record that is too long to keep, the path stands at its start and the line number is lost. */
function parseCut(record: string): Parsed | undefined {
  const path = /^\{"type":"match","data":\{"path":\{"text":("(?:[^"\\]|\\.)*")/.exec(record)?.[1];
  if (path === undefined) return undefined;
  return {
    path: z.string().parse(JSON.parse(path)),
    line: 0,
    text: '(a match in a line too long to show)',
    isMatch: true,
  };
}

function cutAround(line: string, startByte: number): string {
  if (line.length <= LINE_LIMIT) return line;
  const start = Buffer.from(line).subarray(0, startByte).toString().length;
  const from = Math.max(0, Math.min(start - LEAD, line.length - LINE_LIMIT));
  const to = from + LINE_LIMIT;
  return `${from > 0 ? '…' : ''}${line.slice(from, to)}${to < line.length ? '…' : ''}`;
}
