/** Lines of a byte stream, however it was cut into chunks. */

/** One line, without its end (`\n` or `\r\n`) and without a byte order mark at the start of the stream. */
export type ByteLine = { readonly number: number } & ({ readonly text: string } | { readonly problem: string });

/** Longest line in bytes. A longer one is not kept. */
export const MAX_LINE_BYTES = 8 * 1024 * 1024;

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/**
 * Yields the lines of each chunk as it arrives. The last line needs no line end. A line that is not UTF-8 or longer than
 * `maxBytes` gives a `problem`; the next line is read as usual.
 */
export async function* byteLines(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes = MAX_LINE_BYTES,
): AsyncGenerator<readonly ByteLine[]> {
  const reader = new LineReader(maxBytes);
  for await (const chunk of chunks) {
    const lines = reader.take(chunk);
    if (lines.length > 0) yield lines;
  }
  const last = reader.end();
  if (last !== undefined) yield [last];
}

class LineReader {
  readonly #maxBytes: number;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #parts: Uint8Array[] = [];
  #length = 0;
  #number = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  take(chunk: Uint8Array): readonly ByteLine[] {
    const lines: ByteLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.#keep(chunk.subarray(start, end));
      lines.push(this.#line());
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
    return lines;
  }

  end(): ByteLine | undefined {
    return this.#length === 0 ? undefined : this.#line();
  }

  #keep(part: Uint8Array): void {
    this.#length += part.length;
    if (this.#length > this.#maxBytes) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part);
  }

  #line(): ByteLine {
    this.#number += 1;
    const number = this.#number;
    const [only] = this.#parts;
    const bytes = this.#parts.length === 1 && only !== undefined ? only : Buffer.concat(this.#parts);
    const isLong = this.#length > this.#maxBytes;
    this.#parts = [];
    this.#length = 0;
    if (isLong) return { number, problem: `it is longer than ${this.#maxBytes} bytes` };
    try {
      const text = this.#decoder.decode(bytes.at(-1) === RETURN ? bytes.subarray(0, -1) : bytes);
      return { number, text: number === 1 ? text.replace(/^\u{feff}/u, '') : text };
    } catch {
      return { number, problem: 'it is not UTF-8' };
    }
  }
}
