import { describe, expect, test } from 'vitest';
import { hasHidden, hidesText, isPlainCommand, visibleJson, visibleText } from '../../src/permissions/visible-text.ts';

const HIDDEN = [
  '\u0000',
  '\n',
  '\t',
  '\u007f',
  '\u00a0',
  '\u00ad',
  '\u200b',
  '\u202e',
  '\u2028',
  '\u2029',
  '\u3000',
  '\ue000',
];
const HIDDEN_PAIRS = ['\u{e0001}', '\ud800', '\u{10ffff}'];

describe.each([...HIDDEN, ...HIDDEN_PAIRS])('%j', (char) => {
  test('is hidden wherever it stands, and is shown as an escape', () => {
    for (const text of [char, `a${char}`, `${char}b`, `a${char}b`]) expect(hasHidden(text)).toBe(true);
    const shown = visibleText(`a${char}b`);
    expect(hasHidden(shown)).toBe(false);
    expect(JSON.parse(`"${shown}"`)).toBe(`a${char}b`);
  });
});

test.each(['', 'a b', 'é', '😀', '¿', '_', '漢', 'a\u0301'])('%j hides nothing and is shown as it is', (text) => {
  expect(hasHidden(text)).toBe(false);
  expect(visibleText(text)).toBe(text);
});

test('a value as JSON shows what is hidden in it, and nothing as null', () => {
  expect(visibleJson({ a: 'x\u202ey' })).toBe(String.raw`{"a":"x\u202ey"}`);
  expect(visibleJson(undefined)).toBe('null');
  expect(visibleText('a\n')).toBe(String.raw`a\u000a`);
});

describe('a command as a human would read it', () => {
  test.each(['a b', 'a\nb', 'a\n b', 'é', "a 'b c'", 'a '])('%j is plain', (text) =>
    expect(isPlainCommand(text)).toBe(true),
  );
  test.each(['a  b', 'a\tb', 'a\t\tb', 'a \tb', 'a\u202eb', 'a\u200bb', 'a\u00a0b'])('%j is not', (text) => {
    expect(isPlainCommand(text)).toBe(false);
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
