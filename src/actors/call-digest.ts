/** What was approved is what runs: a digest over tool, final arguments and workspace. */
import { createHash } from 'node:crypto';

/** The same text for the same value, whatever the order of its keys. */
export function canonicalJson(value: unknown): string {
  const sorted = (_key: string, item: unknown): unknown =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : item;
  return JSON.stringify(value, sorted) ?? 'undefined';
}

export function callDigest(call: {
  readonly tool: string;
  readonly input: unknown;
  readonly workspace: string;
}): string {
  return createHash('sha256').update(canonicalJson(call)).digest('hex');
}
