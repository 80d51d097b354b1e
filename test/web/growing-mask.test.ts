import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redactedText } from '../../src/diagnostics/redact.ts';
import { GrowingMask, maskedText } from '../../src/web/thread/growing-mask.ts';

const grown = (pieces: readonly string[]): string => {
  const mask = new GrowingMask();
  return pieces.reduce((_before, piece) => mask.add(piece), '');
};

describe('a text that grows', () => {
  test('shows no secret that came in two pieces', () => {
    expect(grown(['The key is sk-ab', 'cdefgh12345, keep it'])).toBe('The key is [redacted], keep it');
  });

  test('is masked as if it had come at once', () => {
    const word = fc.constantFrom(
      'word',
      'token',
      '=',
      ':',
      '"',
      'Bearer',
      'sk-abcdefgh1234',
      'password: hunter2',
      '\n',
      '   ',
    );
    const text = fc.array(word, { maxLength: 3000, size: 'max' }).map((words) => words.join(' '));
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 700 }), (whole, size) => {
        const pieces = whole.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
        expect(grown(pieces)).toBe(redactedText(whole));
      }),
      { numRuns: 40 },
    );
  });

  test('is not looked at from its beginning for every piece', () => {
    const mask = new GrowingMask();
    const began = performance.now();
    for (let at = 0; at < 20_000; at += 1) mask.add('some words and 0123456789 more of them, again and again\n');
    expect(performance.now() - began).toBeLessThan(10_000); // from its beginning it would be minutes
  });

  test('without a blank is masked in bounded time', () => {
    expect(maskedText('x'.repeat(1_000_000))).toHaveLength(1_000_000);
    expect(maskedText(`${'x'.repeat(9000)} sk-abcdefgh1234`)).not.toContain('sk-');
  });

  test('that is cut to its end keeps growing', () => {
    const mask = new GrowingMask();
    mask.add('word '.repeat(20_000));
    mask.keepLast(1000);
    const text = mask.add('end');
    expect(text.length).toBeLessThan(8000);
    expect(text).toMatch(/word end$/);
  });
});
