/** JSON-like values: comparison, and deep frozen copies. */

const MAX_DEPTH = 64;

/** True for `{…}` as JSON makes it: no class instance, no array. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The own property, so that a name chosen by a model never reaches a prototype. */
export function ownValue(record: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** Equality of JSON-like values. A key whose value is `undefined` counts as absent; other objects equal only themselves. */
export function deepEqual(left: unknown, right: unknown): boolean {
  // not Object.is: JSON knows no -0, so a saved rule would lose its own call
  if (left === right || (Number.isNaN(left) && Number.isNaN(right))) return true;
  if (typeof left !== 'object' || typeof right !== 'object') return false;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => deepEqual(item, right[index]));
  }
  if (!isPlainObject(left) || !isPlainObject(right)) return false;
  for (const key of Object.keys(left)) if (!deepEqual(left[key], ownValue(right, key))) return false;
  for (const key of Object.keys(right)) if (right[key] !== undefined && !Object.hasOwn(left, key)) return false;
  return true;
}

/**
 * A deep copy, frozen through and through.
 * @throws TypeError for anything JSON cannot hold (functions, class instances, cycles).
 */
export function frozenCopy(value: unknown, depth = 0): unknown {
  if (value === null || value === undefined) return value;
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return value;
  if (depth > MAX_DEPTH) throw new TypeError(`a value nested more than ${MAX_DEPTH} deep`);
  if (Array.isArray(value)) return Object.freeze(value.map((item) => frozenCopy(item, depth + 1)));
  if (!isPlainObject(value)) throw new TypeError('a value that JSON cannot hold');
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  // fromEntries defines properties, so a key `__proto__` stays a plain key
  return Object.freeze(Object.fromEntries(entries.map(([key, item]) => [key, frozenCopy(item, depth + 1)])));
}
