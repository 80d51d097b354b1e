/** What was approved is what runs: a digest over tool, final arguments, workspace and what they touch. */
import { createHash } from 'node:crypto';

/** The same text for the same value, whatever the order of its keys. Takes what JSON cannot hold but a schema can make. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => plain(item)) ?? 'undefined';
}

function plain(item: unknown): unknown {
  if (typeof item === 'bigint') return `${item}n`;
  if (item instanceof Map || item instanceof Set) return [...item];
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
  return Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

export function callDigest(call: {
  readonly tool: string;
  readonly input: unknown;
  readonly workspace: string;
  readonly subjects: unknown;
}): string {
  return createHash('sha256').update(canonicalJson(call)).digest('hex');
}
