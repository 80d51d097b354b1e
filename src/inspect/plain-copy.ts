/**
 * A small copy of any value for viewers, as JSON can hold it: secrets are redacted, and long parts are cut and marked.
 *
 * Guarantees:
 * - It never throws. Depth, width and bytes are bounded, and a cycle is marked.
 * - No getter, `toJSON` or other method of the value is called.
 * - Texts are redacted before they are cut, and values under names such as `apiKey` are left out.
 * - A long list becomes its count and its last items; actors and tools appear by name.
 * - The JSON is at most about as long as allowed.
 */
import { isSecret, REDACTED, redactedText } from '../diagnostics/redact.ts';
import { classOf, dataOf, isActorRef, isPlain, isTool, mapOf, setOf, textIn } from './own-values.ts';

/** Characters of a text that are shown. */
const MAX_TEXT = 500;
const MAX_NAME = 100;
/** Characters read beyond the cut, so that a secret across it (a long JWT) is recognised. */
const CUT_MARGIN = 4096;
const MAX_DEPTH = 9;
/** The longest list that is shown whole. */
const MAX_ITEMS = 8;
const LAST_ITEMS = 4;
const MAX_FIELDS = 40;
/** Overhead of a field or an item, in bytes. */
const FIELD_BYTES = 6;
/** Replaces what no bytes are left for. */
const CUT = '[cut]';

interface Copying {
  /** Bytes left for the JSON. */
  bytes: number;
  /** The objects around the current one. */
  readonly above: Set<object>;
}

/** @param bytes The length of the JSON. */
export function plainCopy(value: unknown, bytes: number): unknown {
  return copyOf(value, { bytes, above: new Set() });
}

/** A text without secrets, cut with a note of the number of missing characters. */
export function shownText(text: string, max = MAX_TEXT): string {
  const near = text.slice(0, max + CUT_MARGIN);
  const clean = redactedText(near);
  if (text.length <= max) return clean;
  // a secret at the end of the characters read may not be recognised
  const sure = near === text ? clean.length : Math.max(0, clean.length - CUT_MARGIN);
  return `${clean.slice(0, Math.min(max, sure)).toWellFormed()}… (${text.length - max} more characters)`;
}

function copyOf(value: unknown, copying: Copying): unknown {
  if (copying.bytes <= 0) return CUT;
  switch (typeof value) {
    case 'string':
      return paid(shownText(value), copying);
    case 'number':
      return paid(Number.isFinite(value) ? value : String(value), copying);
    case 'bigint':
      return paid(`${shownText(String(value))}n`, copying);
    case 'boolean':
      return paid(value, copying);
    case 'object':
      return value === null ? paid(null, copying) : copyOfObject(value, copying);
    default:
      return undefined; // functions, symbols, nothing
  }
}

/** Subtracts the cost of a value; `CUT` when too few bytes are left. */
function paid<T>(leaf: T, copying: Copying): T | typeof CUT {
  copying.bytes -= Buffer.byteLength(JSON.stringify(leaf)) + FIELD_BYTES;
  return copying.bytes < 0 ? CUT : leaf;
}

function copyOfObject(value: object, copying: Copying): unknown {
  const { above } = copying;
  if (above.has(value)) return paid('[circular]', copying);
  if (above.size >= MAX_DEPTH) return paid('[too deep]', copying);
  // one object may take half of the bytes, so that its siblings appear too
  const bytes = above.size === 0 ? copying.bytes : Math.ceil(copying.bytes / 2);
  const inside: Copying = { bytes, above };
  above.add(value);
  try {
    return copyOfKind(value, inside);
  } catch {
    return paid('[unreadable]', inside); // e.g. a proxy that throws
  } finally {
    above.delete(value);
    copying.bytes -= bytes - inside.bytes + FIELD_BYTES;
  }
}

function copyOfKind(value: object, copying: Copying): unknown {
  if (Array.isArray(value)) return copyOfList(value, copying);
  if (isActorRef(value)) return paid({ xstate$$type: 1, id: nameIn(value, 'id') }, copying); // as XState writes it
  if (value instanceof Error) return copyOfFields(errorFields(value), copying);
  if (value instanceof Set) return copyOfSet(value, copying);
  const map = mapOf(value);
  if (map !== undefined) return copyOfFields(mapFields(map.entries), copying, map.size);
  if (value instanceof Date) return paid(`[Date ${Date.prototype.getTime.call(value)}]`, copying);
  if (ArrayBuffer.isView(value)) return paid(`[${value.byteLength} bytes]`, copying);
  if (!isPlain(value)) return paid(`[${shownText(classOf(value), MAX_NAME)}]`, copying);
  if (isTool(value)) return paid(`[tool ${nameIn(value, 'name')}]`, copying);
  const keys = Object.keys(value);
  return copyOfFields(dataFields(value, keys), copying, keys.length);
}

function copyOfList(list: readonly unknown[], copying: Copying): unknown {
  const { length } = list;
  const from = length > MAX_ITEMS ? length - LAST_ITEMS : 0;
  const items: unknown[] = [];
  for (let index = from; index < length; index += 1) {
    items.push(copyOf(dataOf(list, String(index)), copying) ?? null);
  }
  return from > 0 ? { count: length, last: items } : items;
}

function copyOfSet(set: ReadonlySet<unknown>, copying: Copying): unknown {
  const { values, size } = setOf(set);
  const items = values.take(MAX_ITEMS).map((item) => copyOf(item, copying) ?? null);
  return size > MAX_ITEMS ? { count: size, first: [...items] } : [...items];
}

/** @param count The number of all fields; only the first ones are read. */
function copyOfFields(fields: Iterator<readonly [string, unknown]>, copying: Copying, count = 0): unknown {
  const shown: [string, unknown][] = [];
  for (const [name, value] of Iterator.from(fields).take(MAX_FIELDS)) {
    if (copying.bytes <= 0) break;
    const copy = isSecret(name, value) ? paid(REDACTED, copying) : copyOf(value, copying);
    if (copy === undefined) continue;
    const key = shownText(name, MAX_NAME);
    copying.bytes -= Buffer.byteLength(key) + FIELD_BYTES;
    shown.push([key, copy]);
  }
  const isCut = count > MAX_FIELDS || copying.bytes <= 0;
  return Object.fromEntries(isCut ? [...shown, ['…', `${count} in all`]] : shown);
}

function* dataFields(value: object, keys: readonly string[]): Generator<readonly [string, unknown]> {
  for (const key of keys) yield [key, dataOf(value, key)];
}

function* mapFields(entries: Iterator<readonly [unknown, unknown]>): Generator<readonly [string, unknown]> {
  for (const [key, value] of Iterator.from(entries)) {
    yield [typeof key === 'string' ? key : `[${typeof key}]`, value];
  }
}

function* errorFields(error: Error): Generator<readonly [string, unknown]> {
  for (const key of ['name', 'code', 'message']) yield [key, textIn(error, key)];
}

const nameIn = (value: object, key: string): string => shownText(textIn(value, key) ?? '', MAX_NAME);
