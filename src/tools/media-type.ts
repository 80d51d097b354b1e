/** What kind of file some bytes are, from the bytes alone: names lie. */

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
