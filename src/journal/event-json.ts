/** An event as JSON, whatever an application put into it: a value that JSON cannot hold must not end a run. */
import type { HarnessEvent } from '../events.ts';

/** Always JSON. What it cannot hold is told in its place: a bigint as its digits, the rest as a note in brackets. */
export function eventJson(event: HarnessEvent): string {
  try {
    return JSON.stringify(event);
  } catch {
    return JSON.stringify(plain(event, []));
  }
}

function plain(value: unknown, above: readonly object[]): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (above.includes(value)) return '[a value that contains itself]';
  const inside = [...above, value];
  try {
    if ('toJSON' in value && typeof value.toJSON === 'function') return JSON.parse(JSON.stringify(value)) as unknown;
    if (Array.isArray(value)) return value.map((item: unknown) => plain(item, inside));
    return Object.fromEntries(Object.keys(value).map((key) => [key, plain(Reflect.get(value, key), inside)]));
  } catch {
    return '[a value that JSON cannot hold]';
  }
}
