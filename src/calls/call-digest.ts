/** The digest that binds an approval: over tool, arguments, workspace and subjects. */
import { createHash } from 'node:crypto';

/** JSON with sorted keys: the same text for the same value. Also takes bigints, maps and sets, which a schema can make. */
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
