import { describe, expect, test } from 'vitest';
import { bash, call, decided } from './calls.ts';

const why = (request: Parameters<typeof decided>[0]) => {
  const decision = decided(request, {});
  return decision.type === 'ask' ? decision.why : decision.type;
};
const told = (tool: string, subject: object) => ({ ...call(tool, {}), subjects: [{ ...subject }] });

test('a run of blanks in a command is counted in the reason, so that nothing behind it is out of sight', () => {
  const decision = decided(call('bash', { command: `echo a${' '.repeat(300)}; rm -rf b` }), {});
  expect(decision).toMatchObject({ type: 'ask', why: expect.stringContaining('[300 blanks]; rm -rf b') });
});

describe('a call that nothing allows says what it would do', () => {
  test.each([
    [bash('ls'), 'nothing allows bash to run ls'],
    [bash('ls; pwd'), 'nothing allows bash to run ls (in ls; pwd)'],
    [bash('ls $x'), 'nothing allows bash to run ls $x (only an exact rule can cover it: "$" starts an expansion)'],
    [call('fetch', { url: 'x' }), 'nothing allows this fetch call'],
    [call('fetch', {}, { subjects: null }), 'it cannot be said for certain what this fetch call touches'],
    [told('read', { path: '/a' }), 'nothing allows read on /a'],
    [told('read', { path: '/a', realPath: '/a' }), 'nothing allows read on /a'],
    [told('read', { path: '/a', realPath: '/b' }), 'nothing allows read on /a (really /b)'],
    [told('read', { path: '/a', realPath: 5 }), 'nothing allows read on /a'],
    [told('read', { path: 5 }), 'nothing allows this read call'],
    [
      told('read', { path: '/a', guard: 'named', guardedAs: 'a key' }),
      '/a is a key: only a rule that names it can allow read there',
    ],
    [
      told('write', { path: '/a', realPath: '/b', guard: 'never', guardedAs: 'a key' }),
      '/a (really /b) is a key: no rule can allow write there',
    ],
    [told('write', { guard: 'never', guardedAs: 'a key' }), 'nothing allows this write call'],
    [told('read', { path: '/a\u202e' }), String.raw`nothing allows read on /a\u202e`],
    [told('read', { path: `/${'a'.repeat(199)}` }), `nothing allows read on /${'a'.repeat(199)}`],
    [told('read', { path: `/${'a'.repeat(200)}` }), `nothing allows read on /${'a'.repeat(199)}…`],
  ])('%#', (request, expected) => expect(why(request)).toBe(expected));

  test('and what kept a rule that fits its words from covering it, whatever the order of the rules', () => {
    const rules = ['git *', 'git log *'].map((command) => ({ tool: 'bash', params: { command } }));
    for (const allowlist of [rules, rules.toReversed()]) {
      expect(decided(bash('git log -o x'), { policy: { allowlist } })).toHaveProperty(
        'why',
        'nothing allows bash to run git log -o x: only a wildcard covers "-o", which is not known to be harmless there',
      );
    }
  });
});
