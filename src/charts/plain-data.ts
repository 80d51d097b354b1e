/** Data as JSON can hold it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A copy without what JSON cannot say: functions, symbols, `undefined`, and what lies in itself. */
export function plainData(value: unknown, around: readonly unknown[] = []): Json | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'object' || around.includes(value)) return undefined;
  const inside = [...around, value];
  if (Array.isArray(value)) return value.flatMap((item: unknown) => plainData(item, inside) ?? []);
  return withoutUndefined(Object.entries(value).map(([key, item]) => [key, plainData(item, inside)]));
}

/** The entries that have a value, as an object, in their order. */
export function withoutUndefined(
  entries: readonly (readonly [string, Json | undefined])[],
): Readonly<Record<string, Json>> {
  return Object.fromEntries(entries.flatMap(([key, item]) => (item === undefined ? [] : [[key, item] as const])));
}
