import { describe, expect, test } from 'vitest';
import { arePlainPaths, hidesText, isPlainCommand } from '../../src/permissions/readable.ts';

describe('a command as a human would read it', () => {
  test.each(['a b', 'a\nb', 'a\n b', 'é', "a 'b c'", 'a '])('%j is plain', (text) =>
    expect(isPlainCommand(text)).toBe(true),
  );
  test.each(['a  b', 'a\tb', 'a\t\tb', 'a \tb', 'a\n\n\nb', 'a\u202eb', 'a\u200bb', 'a\u00a0b', 'a\u{e0100}b'])(
    '%j is not',
    (text) => {
      expect(isPlainCommand(text)).toBe(false);
    },
  );
});

describe('a path as a human would read it', () => {
  test.each(['a b', '/a/é.ts', '.', 'a.b/c'])('%j is plain', (path) => expect(arePlainPaths(path)).toBe(true));
  test.each(['a\\b', 'a /b', 'a ', 'a\nb', 'a\u034fb', 'a\u00a0b'])('%j is not, beside a plain one neither', (path) => {
    expect(arePlainPaths(path)).toBe(false);
    expect(arePlainPaths('a', path)).toBe(false);
  });
});

describe('what a rule holds', () => {
  const nested = (depth: number, value: unknown): unknown => (depth === 0 ? value : [nested(depth - 1, value)]);

  test.each<[unknown]>([['a'], [1], [null], [undefined], ['a\nb\tc'], [{ a: ['b'] }], [[]], [{}], [true]])(
    '%j hides nothing',
    (value) => {
      expect(hidesText(value)).toBe(false);
    },
  );

  test.each<[unknown]>([
    ['a\u202e'],
    [['a', 'b\u202e']],
    [{ a: { b: '\u200b' } }],
    [{ 'a\u200b': 1 }],
    [[[['\u0000']]]],
  ])('%j hides text', (value) => {
    expect(hidesText(value)).toBe(true);
  });

  test('is looked at 64 levels deep; what lies deeper counts as hidden', () => {
    expect(hidesText(nested(64, 'a'))).toBe(false);
    expect(hidesText(nested(65, 1))).toBe(false);
    expect(hidesText(nested(66, 'a'))).toBe(true);
    expect(hidesText(nested(66, 1))).toBe(true);
    expect(hidesText(nested(60, '\u202e'))).toBe(true);
  });
});
