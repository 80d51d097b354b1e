/** A file as a model reads it: its kind, its size, and numbered lines with notes on what is not shown. */
import { isUtf8 } from 'node:buffer';
import { ToolError } from '../errors.ts';
import type { TextLines } from '../text/file-lines.ts';

/** Characters of a line that are shown. */
const maxLineLength = 2000;
/** Characters shown in all; a line that would pass this is left for the next read. */
const maxShown = 100_000;

export interface TextView {
  readonly context: string;
  readonly from: number;
  readonly to: number;
  readonly totalLines: number;
}

export interface TextViewParams {
  /** As it is shown. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly text: TextLines;
  /** First line, counted from 1. */
  readonly offset: number;
  readonly limit: number;
}

/**
 * Numbers the lines from `offset`.
 * @throws ToolError when the file has no line `offset`.
 */
export function showLines({ path, bytes, text, offset, limit }: TextViewParams): TextView {
  const totalLines = text.lines.length;
  if (totalLines === 0) return { context: `${path} is empty.`, from: 1, to: 0, totalLines };
  if (offset > totalLines) {
    const lines = totalLines === 1 ? 'only one line' : `only ${totalLines} lines`;
    throw new ToolError(`${path} has ${lines}; there is no line ${offset}.`);
  }
  const shown: string[] = [];
  const cut: number[] = [];
  let size = 0;
  for (const line of text.lines.slice(offset - 1, offset - 1 + limit)) {
    const number = offset + shown.length;
    const row = `${number}\t${cutLine(line)}`;
    if (shown.length > 0 && size + row.length > maxShown) break;
    if (line.length > maxLineLength) cut.push(number);
    shown.push(row);
    size += row.length + 1;
  }
  const to = offset + shown.length - 1;
  const notes = [...moreNote(offset, to, totalLines), ...cutNote(path, cut), ...formNotes(bytes, text)];
  const context = notes.length === 0 ? shown.join('\n') : `${shown.join('\n')}\n\n(${notes.join(' ')})`;
  return { context, from: offset, to, totalLines };
}

function cutLine(line: string): string {
  if (line.length <= maxLineLength) return line;
  return `${line.slice(0, maxLineLength)}… [cut: ${line.length - maxLineLength} of ${line.length} characters not shown]`;
}

function moreNote(from: number, to: number, total: number): readonly string[] {
  if (to < total) return [`Lines ${from}–${to} of ${total}. Continue with offset ${to + 1}.`];
  return from > 1 ? [`Lines ${from}–${to} of ${total}: the end of the file.`] : [];
}

function cutNote(path: string, cut: readonly number[]): readonly string[] {
  const first = cut[0];
  if (first === undefined) return [];
  const which = cut.length === 1 ? `Line ${first} is` : `Lines ${cut.slice(0, 10).join(', ')} are`;
  const quoted = `'${path.replaceAll("'", `'\\''`)}'`;
  return [
    `${which} cut after ${maxLineLength} characters; see more with: sed -n ${first}p ${quoted} | cut -c${maxLineLength + 1}-${2 * maxLineLength}`,
  ];
}

/** What a model has to know to write the file back as it is. */
function formNotes(bytes: Uint8Array, { ends, mark }: TextLines): readonly string[] {
  const crLf = ends.filter((end) => end === '\r\n').length;
  const notes: string[] = [];
  if (crLf > 0) notes.push(crLf >= ends.length - 1 ? 'Lines end in CRLF.' : 'Some lines end in CRLF, others in LF.');
  if (ends.at(-1) === '') notes.push('No newline at the end of the file.');
  if (mark !== '') notes.push('Begins with a byte order mark.');
  if (!isUtf8(bytes)) notes.push('Not valid UTF-8: broken characters are shown as \uFFFD, and patch cannot edit it.');
  return notes;
}

/** Media types that reach a model as parts. */
export type PartMediaType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp' | 'application/pdf';

/** The media type of an image or PDF that models can see; `undefined` for everything else. */
export function sniffMediaType(bytes: Buffer): PartMediaType | undefined {
  const has = (text: string, at = 0) => bytes.toString('latin1', at, at + text.length) === text;
  if (has('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (has('\xff\xd8\xff')) return 'image/jpeg';
  if (has('GIF87a') || has('GIF89a')) return 'image/gif';
  if (has('RIFF') && has('WEBP', 8)) return 'image/webp';
  return has('%PDF-') ? 'application/pdf' : undefined;
}

/** True for bytes that are no text in any encoding this tool shows: a NUL byte near the start says so, as in git. */
export function isBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 8000).includes(0);
}

/** A size as people write it: `340 bytes`, `12.3 kB`, `1.5 MB`. */
export function sizeOf(bytes: number): string {
  if (bytes === 1) return '1 byte';
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
