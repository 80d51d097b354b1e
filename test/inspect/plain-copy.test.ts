/** What viewers are shown of a context. */
import { Map as PersistentMap, OrderedMap } from 'immutable';
import { createActor, createMachine } from 'xstate';
import { expect, test } from 'vitest';
import { readTool } from '../../src/index.ts';
import { plainCopy, shownText } from '../../src/inspect/plain-copy.ts';

const KEY = 'sk-abcdefghijklmnop1234';
const copy = (value: unknown) => plainCopy(value, 100_000);

test('plain data is copied as it is', () => {
  const data = {
    text: 'hello',
    count: 3,
    yes: true,
    none: null,
    list: [1, [2], { three: 3 }],
    nested: { deep: ['x'] },
  };
  expect(copy(data)).toEqual(data);
});

test('secrets are blacked out, by the name they stand under and by what they look like', () => {
  expect(copy({ apiKey: 'x1', headers: { authorization: 'abc', 'x-id': 'me' }, maxTokens: 5 })).toEqual({
    apiKey: '[redacted]',
    headers: { authorization: '[redacted]', 'x-id': 'me' },
    maxTokens: 5,
  });
  expect(copy(`use ${KEY} now`)).toBe('use [redacted] now');
  expect(copy(new Map([['password', 'hunter2']]))).toEqual({ password: '[redacted]' });
  expect(copy(new Set([`Bearer ${'t'.repeat(20)}`]))).toEqual(['Bearer [redacted]']);
  expect(JSON.stringify(copy({ [KEY]: 1 }))).not.toContain(KEY);
  expect(JSON.stringify(copy(new Error(`it failed with ${KEY}`)))).not.toContain(KEY);
});

test('a secret that lies across the cut of a long text is not shown in part', () => {
  for (const place of [480, 490, 499, 500]) {
    const text = `${'x'.repeat(place)} ${KEY} ${'y'.repeat(9000)}`;
    expect(shownText(text)).not.toMatch(/sk-|abcdef/);
  }
  const jwt = `eyJ${'a'.repeat(40)}.${'b'.repeat(2000)}.${'c'.repeat(43)}`;
  expect(shownText(`${'x'.repeat(400)} ${jwt}`)).not.toContain('bbb');
  const manySecrets = `${`${KEY} `.repeat(300)}sk-begun`;
  expect(shownText(manySecrets)).not.toMatch(/sk-/);
});

test('a long text is cut, and says how much is missing', () => {
  expect(copy('a'.repeat(500))).toBe('a'.repeat(500));
  expect(copy('a'.repeat(1500))).toBe(`${'a'.repeat(500)}… (1000 more characters)`);
});

test('of a long list there are its count and its last few, of a set and a record the first', () => {
  const messages = Array.from({ length: 40 }, (_, index) => ({ role: 'user', content: `message ${index}` }));
  expect(copy({ messages })).toEqual({ messages: { count: 40, last: messages.slice(-4) } });
  expect(copy(new Set(Array.from({ length: 20 }, (_, index) => index)))).toEqual({
    count: 20,
    first: [0, 1, 2, 3, 4, 5, 6, 7],
  });
  const record = copy(Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`key${index}`, index])));
  expect(Object.keys(record as object)).toHaveLength(41);
  expect(record).toMatchObject({ key39: 39, '…': '100 in all' });
});

test('maps are shown as records, those of the package immutable too', () => {
  expect(copy(new Map<unknown, unknown>([['a', 1], [{ an: 'object' }, 2]]))).toEqual({ a: 1, '[object]': 2 }); // prettier-ignore
  expect(copy(PersistentMap({ a: { b: 1 } }))).toEqual({ a: { b: 1 } });
  expect(copy(OrderedMap([['z', 1], ['y', 2]] as const))).toEqual({ z: 1, y: 2 }); // prettier-ignore
});

test('tools are shown by name, actors by id, other objects by their class, functions not at all', () => {
  class Client {
    readonly token = 'x';
  }
  const actor = createActor(createMachine({ context: { token: KEY } }), { id: 'worker' });
  expect(copy({ tools: [readTool], actor, client: new Client(), run: () => 1, [Symbol('s')]: 1 })).toEqual({
    tools: ['[tool read]'],
    actor: { xstate$$type: 1, id: 'worker' },
    client: '[Client]',
  });
});

test('what JSON cannot hold is named', () => {
  expect(copy({ big: 12n, not: Number.NaN, at: new Date(5), bytes: new Uint8Array(7), gone: undefined })).toEqual({
    big: '12n',
    not: 'NaN',
    at: '[Date 5]',
    bytes: '[7 bytes]',
  });
  expect(copy(Object.assign(new TypeError('broken'), { code: 'E1' }))).toEqual({
    name: 'TypeError',
    code: 'E1',
    message: 'broken',
  });
});

test('a cycle ends, and so does what is too deep', () => {
  const cyclic: Record<string, unknown> = { name: 'a' };
  cyclic['self'] = cyclic;
  expect(copy(cyclic)).toEqual({ name: 'a', self: '[circular]' });
  const shared = { x: 1 };
  expect(copy({ one: shared, two: shared })).toEqual({ one: { x: 1 }, two: { x: 1 } });
  let deep: object = { end: true };
  for (let level = 0; level < 5000; level += 1) deep = { deep };
  expect(JSON.stringify(copy(deep))).toContain('[too deep]');
});

test('nothing of what is copied is run: no getter, no toJSON, no iterator', () => {
  const ran: string[] = [];
  const trap = (name: string) => () => {
    ran.push(name);
    throw new Error(name);
  };
  class SlyMap extends Map<string, unknown> {
    override entries = trap('entries') as () => MapIterator<[string, unknown]>;
    override get size() {
      return trap('size')();
    }
    override [Symbol.iterator] = trap('iterator') as () => MapIterator<[string, unknown]>;
  }
  const hostile = {
    toJSON: trap('toJSON'),
    toString: trap('toString'),
    [Symbol.toPrimitive]: trap('toPrimitive'),
    map: new SlyMap([['a', 1]]),
    list: Object.defineProperty([1, 2], 0, { get: trap('item'), enumerable: true }),
    error: Object.defineProperty(new Error('x'), 'message', { get: trap('message') }),
    get getter() {
      return trap('getter')();
    },
  };
  expect(copy(hostile)).toEqual({
    map: { a: 1 },
    list: ['[computed]', 2],
    error: { name: 'Error', message: '[computed]' },
    getter: '[computed]',
  });
  expect(ran).toEqual([]);
});

test('a proxy that throws at everything, and a revoked one, are named and harm nothing beside them', () => {
  const fail = () => {
    throw new Error('no');
  };
  const hostile = new Proxy({}, { get: fail, ownKeys: fail, getPrototypeOf: fail, getOwnPropertyDescriptor: fail });
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  expect(copy({ hostile, revoked: proxy, ok: 1 })).toEqual({ hostile: '[unreadable]', revoked: '[unreadable]', ok: 1 });
});

test('a name such as __proto__ is data and nothing else', () => {
  const copied = copy(JSON.parse('{"__proto__":{"polluted":true}}')) as object;
  expect(Object.keys(copied)).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(copied)).toBe(Object.prototype);
});

test.each([
  ['wide', () => Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`k${index}`, 'é'.repeat(5000)]))],
  ['bushy', () => bush(9)],
  ['all escapes', () => Array.from({ length: 8 }, () => '\u0001"\\'.repeat(2000))],
])('its JSON is not longer than it may be, and what comes late has its place, too: %s', (_name, make) => {
  const bytes = 10_000;
  const copied = plainCopy({ big: make(), late: 'seen' }, bytes);
  expect(Buffer.byteLength(JSON.stringify(copied))).toBeLessThan(bytes * 1.1);
  expect(copied).toMatchObject({ late: 'seen' });
});

function bush(depth: number): object {
  return depth === 0
    ? { leaf: 'x'.repeat(100) }
    : Object.fromEntries(['a', 'b', 'c'].map((key) => [key, bush(depth - 1)]));
}
