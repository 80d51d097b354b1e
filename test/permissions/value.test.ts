import { describe, expect, test } from 'vitest';
import { deepEqual, frozenCopy, isPlainObject, ownValue } from '../../src/permissions/value.ts';

const nested = (depth: number): unknown => {
  let value: unknown = 'x';
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
};

describe('two values', () => {
  test.each<[unknown, unknown]>([
    [1, 1],
    [0, -0],
    [Number.NaN, Number.NaN],
    ['a', 'a'],
    [null, null],
    [[], []],
    [
      [1, [2]],
      [1, [2]],
    ],
    [
      { a: 1, b: { c: [null] } },
      { b: { c: [null] }, a: 1 },
    ],
    [{ a: 1, b: undefined }, { a: 1 }],
    [{ a: 1 }, { a: 1, b: undefined }],
    [{ a: undefined }, { b: undefined }],
    [{}, Object.create(null)],
  ])('%j and %j are equal', (left, right) => {
    expect(deepEqual(left, right)).toBe(true);
    expect(deepEqual(right, left)).toBe(true);
  });

  test.each<[unknown, unknown]>([
    [1, 2],
    [1, '1'],
    [1, Number.NaN],
    ['a', 'b'],
    [null, {}],
    [null, undefined],
    [0, null],
    [{}, []],
    [[], {}],
    [[1], [1, 2]],
    [
      [1, 2],
      [1, 3],
    ],
    [
      [1, 2],
      [2, 2],
    ],
    [[1], { 0: 1 }],
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { a: 1, b: 2 }],
    [
      { a: 1, b: 2 },
      { a: 1, b: 3 },
    ],
    [
      { a: 1, b: 2 },
      { a: 2, b: 2 },
    ],
    [{ a: 1 }, { b: 1 }],
    [{ a: 1 }, 'a'],
    ['a', { a: 1 }],
    [new Date(0), new Date(0)],
    [{ a: 1 }, new Map([['a', 1]])],
    [new Map(), {}],
  ])('%j and %j differ', (left, right) => {
    expect(deepEqual(left, right)).toBe(false);
    expect(deepEqual(right, left)).toBe(false);
  });

  test('that are the same object are equal, whatever it is', () => {
    const date = new Date(0);
    expect(deepEqual(date, date)).toBe(true);
  });
});

describe('a frozen copy', () => {
  test('is equal, shares nothing, and cannot be changed at any depth', () => {
    const value = { a: [{ b: 1 }, null, true, 'x'], c: undefined };
    const copy = frozenCopy(value);
    expect(copy).toStrictEqual({ a: [{ b: 1 }, null, true, 'x'] });
    value.a.push('y');
    expect(copy).toStrictEqual({ a: [{ b: 1 }, null, true, 'x'] });
    const [first] = (copy as typeof value).a;
    expect([copy, (copy as typeof value).a, first].every((part) => Object.isFrozen(part))).toBe(true);
  });

  test('of null and undefined is that', () => {
    expect(frozenCopy(null)).toBe(null);
    expect(frozenCopy(undefined)).toBe(undefined);
  });

  test('keeps a key "__proto__" as a plain key', () => {
    const copy = frozenCopy(JSON.parse('{"__proto__":{"a":1}}'));
    expect(Object.keys(copy as object)).toEqual(['__proto__']);
    expect(copy).not.toHaveProperty('a');
  });

  test('is made of 65 levels, of lists and of records, and not of one more', () => {
    const records = (depth: number) =>
      JSON.parse(JSON.stringify(nested(depth)).replaceAll('[', '{"a":').replaceAll(']', '}')) as unknown;
    for (const made of [nested, records]) {
      expect(deepEqual(frozenCopy(made(65)), made(65))).toBe(true);
      expect(() => frozenCopy(made(66))).toThrow('a value nested more than 64 deep');
    }
  });

  test.each([[() => 1], [new Date(0)], [Symbol('x')], [1n], [[new Map()]], [{ a: () => 1 }]])(
    'is not made of %o',
    (value) => {
      expect(() => frozenCopy(value)).toThrow('a value that JSON cannot hold');
    },
  );
});

test('a plain object is one that JSON makes', () => {
  for (const value of [{}, { a: 1 }, Object.create(null)]) expect(isPlainObject(value)).toBe(true);
  for (const value of [null, undefined, 'a', 1, [], new Date(0), () => 1, Object.create({ a: 1 })]) {
    expect(isPlainObject(value)).toBe(false);
  }
});

test('names on the prototype are no values of a record', () => {
  expect(ownValue({ a: 1 }, 'a')).toBe(1);
  expect(ownValue({ a: 1 }, 'toString')).toBe(undefined);
});
