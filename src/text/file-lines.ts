/** Lines of a file that remember how each of them ended. */
import { isUtf8 } from 'node:buffer';

/** A text file. `join` of what `split` gave is the same text, byte for byte. */
export interface TextLines {
  readonly lines: readonly string[];
  /** The line end after each line: `\n`, `\r\n`, or nothing after a last line without one. */
  readonly ends: readonly string[];
  /** A byte order mark, or nothing. */
  readonly mark: string;
}

/** Splits text into lines. An empty text has none. */
export function splitLines(text: string): TextLines {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const lines: string[] = [];
  const ends: string[] = [];
  let start = mark.length;
  while (start < text.length) {
    const feed = text.indexOf('\n', start);
    if (feed === -1) {
      lines.push(text.slice(start));
      ends.push('');
      break;
    }
    const isCrLf = feed > start && text[feed - 1] === '\r';
    lines.push(text.slice(start, isCrLf ? feed - 1 : feed));
    ends.push(isCrLf ? '\r\n' : '\n');
    start = feed + 1;
  }
  return { lines, ends, mark };
}

/** The text of some lines. */
export function joinLines({ lines, ends, mark }: TextLines): string {
  return mark + lines.map((line, index) => line + (ends[index] ?? '')).join('');
}

/** The text of a file, its byte order mark kept; `undefined` when the bytes are not UTF-8 text. */
export function decodeText(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0) || !isUtf8(bytes)) return undefined;
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}
