/** Access to objects of any origin without running their code: data properties only, no getter, no method. */
import { Map as PersistentMap, OrderedMap } from 'immutable';

/** Prototypes that are searched. */
const MAX_CHAIN = 10;

const PERSISTENT: ReadonlySet<unknown> = new Set(
  [PersistentMap(), OrderedMap()].map((map) => Reflect.getPrototypeOf(map)),
);

/** The value of an own property; getters are not called. */
export function dataOf(value: object, key: string): unknown {
  const own = Reflect.getOwnPropertyDescriptor(value, key);
  if (own === undefined) return undefined;
  return 'value' in own ? own.value : '[computed]';
}

/** The value of a property, own or inherited, if it is a text. */
export function textIn(value: object, key: string): string | undefined {
  let place: object | null = value;
  for (let step = 0; place !== null && step < MAX_CHAIN; step += 1) {
    if (Object.hasOwn(place, key)) {
      const found = dataOf(place, key);
      return typeof found === 'string' ? found : undefined;
    }
    place = Reflect.getPrototypeOf(place);
  }
  return undefined;
}

/** Whether a value is an object literal, of any realm. */
export function isPlain(value: object): boolean {
  const prototype = Reflect.getPrototypeOf(value);
  return prototype === null || Reflect.getPrototypeOf(prototype) === null;
}

export function classOf(value: object): string {
  const prototype = Reflect.getPrototypeOf(value);
  const made = prototype === null ? undefined : dataOf(prototype, 'constructor');
  const name = typeof made === 'function' ? dataOf(made, 'name') : undefined;
  return typeof name === 'string' && name !== '' ? name : 'object';
}

/** Whether a value is an actor; its properties lead to the whole system. */
export const isActorRef = (value: object): boolean =>
  typeof dataOf(value, 'sessionId') === 'string' && typeof dataOf(value, 'id') === 'string' && 'getSnapshot' in value;

export const isTool = (value: object): boolean =>
  typeof dataOf(value, 'name') === 'string' && typeof dataOf(value, 'execute') === 'function';

/** The entries of a map: of the language, or one of the package `immutable`, in which machines keep what grows. */
export function mapOf(
  value: object,
): { readonly entries: Iterator<readonly [unknown, unknown]>; readonly size: number } | undefined {
  if (value instanceof Map) {
    return { entries: Map.prototype.entries.call(value), size: Reflect.get(Map.prototype, 'size', value) };
  }
  return isPersistentMap(value) ? { entries: value.entries(), size: value.size } : undefined;
}

/** The values of a set, without methods that its class may override. */
export const setOf = (set: ReadonlySet<unknown>) => ({
  values: Iterator.from<unknown>(Set.prototype.values.call(set)),
  size: Reflect.get(Set.prototype, 'size', set),
});

const isPersistentMap = (value: object): value is PersistentMap<unknown, unknown> =>
  PERSISTENT.has(Reflect.getPrototypeOf(value));
