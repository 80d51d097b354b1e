import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { callDetail, callLabel } from '../../src/read-model/call-text.ts';
import { redactedFields, redactedText } from '../../src/diagnostics/redact.ts';
import { lineBuffer } from '../../src/cli/output/text.ts';
import { shortLine } from '../../src/text/columns.ts';
import { visibleLine, visibleLines } from '../../src/text/visible.ts';

test('no text has a control, format or direction character left once it is made visible, emoji joiners apart', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const left = visibleLine(text).replaceAll(/\u{200D}|\u{FE0F}/gu, '');
      expect(left).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test.each([
  ['plain text, with ümlauts and 漢字', 'plain text, with ümlauts and 漢字'],
  ['⚠️ 👩‍💻', '⚠️ 👩‍💻'],
  ['a\u{200d}b\u{fe0f}c', 'a\\u{200d}b\\u{fe0f}c'],
  ['a\tb', 'a  b'],
  ['soft\u{ad}hyphen\u{3164}', 'soft\\u{ad}hyphen\\u{3164}'],
  ['\u{1b}[31mred', '\\u{1b}[31mred'],
])('%j is shown as %j', (text, shown) => {
  expect(visibleLine(text)).toBe(shown);
});

test('lines end as on any system, and a last line end adds none', () => {
  expect(visibleLines('a\r\nb\nc\rd\n')).toEqual(['a', 'b', 'c\\u{d}d']);
});

test('a line is cut by columns, wide characters counting two, emoji whole', () => {
  expect(shortLine('abcdef', 4)).toBe('abc…');
  expect(shortLine('漢字漢字', 5)).toBe('漢…');
  expect(shortLine('ab👩‍💻', 4)).toBe('ab👩‍💻');
});

test('however a text is cut into pieces, its lines are the same', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', ' ', '\n'), maxLength: 20 })), (pieces) => {
      const joined = (parts: readonly string[]) => {
        const buffer = lineBuffer(() => undefined);
        return [...parts.flatMap((part) => buffer.push(part)), ...buffer.end()];
      };
      expect(joined(pieces)).toEqual(joined([pieces.join('')]));
    }),
    { seed: 1, numRuns: 200 },
  );
});

// FAILURES: what ran was not what was shown.
test('a question shows every argument: what its tool has no picture for is shown as JSON', () => {
  expect(callDetail('bash', { command: 'a\nb', cwd: 'docs', timeoutMs: 5 })).toEqual(['a', 'b', 'in docs']);
  expect(callDetail('write', { path: 'a.txt', content: 'x\ny\n' })).toEqual(['a.txt:', '+x', '+y']);
  expect(callDetail('bash', { command: 'a', sudo: true }).join('')).toContain('"sudo": true');
  expect(callDetail('post', { url: 'u' })).toEqual(['{', '  "url": "u"', '}']);
  expect(callLabel('patch', { patch: '*** Begin Patch\n*** Add File: a\n+x\n*** Delete File: b\n*** End Patch' })).toBe(
    'patch a, b',
  );
});

test('secrets are taken out by the name they stand under, numbers are left', () => {
  expect(
    redactedFields({
      apiKey: 'x',
      OPENAI_API_KEY: 'y',
      nested: [{ Authorization: 'z', password: { a: 1 } }],
      inputTokens: 7,
      monkey: 'm',
      privateKey: 'p',
    }),
  ).toEqual({
    apiKey: '[redacted]',
    OPENAI_API_KEY: '[redacted]',
    nested: [{ Authorization: '[redacted]', password: '[redacted]' }],
    inputTokens: 7,
    monkey: 'm',
    privateKey: '[redacted]',
  });
});

test.each(['sk-ant-api03-abcdefgh', 'ghp_abcdefghijklmnopqrst', 'AKIAABCDEFGHIJKLMNOP', 'xoxb-123456789-abc'])(
  '%s is taken out of any text',
  (secret) => {
    expect(redactedText(`key ${secret}, used`)).toBe('key [redacted], used');
    expect(JSON.stringify(redactedFields({ message: `Bearer ${secret}`, list: [secret] }))).not.toContain(secret);
  },
);
