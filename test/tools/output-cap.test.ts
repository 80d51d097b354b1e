import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OutputCap } from '../../src/tools/output-cap.ts';

const fixed = { seed: 1, numRuns: 300 };
const marker = /\n\[… (\d+) characters left out …\]\n/;

function capped(limit: number, chunks: readonly string[]): string {
  const cap = new OutputCap(limit);
  for (const chunk of chunks) cap.push(chunk);
  return cap.text();
}

describe('output cap', () => {
  test('a text of exactly the limit comes out unchanged', () => {
    expect(capped(9, ['abc', 'defghi'])).toBe('abcdefghi');
  });

  test('one character more loses the middle, and the middle is counted', () => {
    expect(capped(9, ['abcdefghij'])).toBe('abc\n[… 1 characters left out …]\nefghij');
  });

  test('no character is cut in half', () => {
    const text = capped(9, ['ab😀', 'x'.repeat(50), '😀vwxyz']);
    expect(text).toBe('ab\n[… 54 characters left out …]\nvwxyz');
    expect(text.isWellFormed()).toBe(true);
  });

  test('the result does not depend on the chunks', () => {
    const chunks = fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { maxLength: 40 });
    fc.assert(
      fc.property(chunks, fc.integer({ min: 3, max: 60 }), (parts, limit) => {
        expect(capped(limit, parts)).toBe(capped(limit, [parts.join('')]));
      }),
      fixed,
    );
  });

  test('head, middle and tail add up to the whole', () => {
    const check = (whole: string, limit: number) => {
      const text = capped(limit, [whole]);
      const [head = '', missing, tail = ''] = whole.length <= limit ? [text, '0'] : text.split(marker);
      expect(whole.startsWith(head)).toBe(true);
      expect(whole.endsWith(tail)).toBe(true);
      expect(head.length + Number(missing) + tail.length).toBe(whole.length);
      expect(head.length + tail.length).toBeLessThanOrEqual(limit);
    };
    const texts = fc.string({ unit: 'grapheme', maxLength: 200 });
    fc.assert(fc.property(texts, fc.integer({ min: 3, max: 60 }), check), fixed);
  });

  test('a million one-character chunks are counted', () => {
    const cap = new OutputCap(300);
    for (let pushed = 0; pushed < 1_000_000; pushed += 1) cap.push('x');
    expect(cap.total).toBe(1_000_000);
    expect(cap.text()).toHaveLength(300 + '\n[… 999700 characters left out …]\n'.length);
  });
});
