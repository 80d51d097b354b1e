/** The name of a content: its SHA-256 in hex, as `SeenFile` and `PlannedChange` carry it. */
import { createHash, hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

export function hashOfBytes(bytes: Uint8Array): string {
  return hash('sha256', bytes);
}

/** Of everything an open file holds, in bounded memory. */
export async function hashOfHandle(handle: FileHandle): Promise<string> {
  const digest = createHash('sha256');
  const buffer = Buffer.allocUnsafe(256 * 1024);
  for (;;) {
    const { bytesRead } = await handle.read(buffer);
    if (bytesRead === 0) return digest.digest('hex');
    digest.update(buffer.subarray(0, bytesRead));
  }
}
