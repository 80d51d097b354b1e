import { expect, test } from 'vitest';
import { coveredBy, proposalFor } from '../../src/permissions/proposal.ts';
import { bash, call, decided, grant } from './calls.ts';

test('without a rule of the tool "always" covers exactly these arguments', () => {
  const proposal = proposalFor(bash('a; b'), undefined);
  expect(proposal).toEqual([{ tool: 'bash', params: { command: 'a; b' }, exact: true }]);
  expect(coveredBy(bash('a; b'), proposal ?? [])).toBe(true);
  expect(coveredBy(bash('a; c'), proposal ?? [])).toBe(false);
});

test('a rule of the tool is kept when it covers its own call', () => {
  const rule = { tool: 'bash', params: { command: 'git status *' } };
  expect(proposalFor(bash('git status -s'), rule)).toEqual([rule]);
  expect(proposalFor(bash('git status -s'), [rule, rule])).toEqual([rule, rule]);
});

test('it is null when the tool says so, the rule is broken, or it misses its own call', () => {
  expect(proposalFor(bash('ls'), null)).toBe(null);
  expect(proposalFor(bash('ls'), { tool: 'bash', params: { command: '' } })).toBe(null);
  expect(proposalFor(bash('ls'), { tool: 'bash', params: { command: 'cat *' } })).toBe(null);
  expect(proposalFor(bash('ls'), { tool: 'read' })).toBe(null);
  expect(proposalFor(bash('ls'), [])).toBe(null);
  expect(proposalFor(call('odd', 'not an object'), undefined)).toBe(null);
});

test('every subject must be covered, by the rules together', () => {
  const request = call('patch', {}, { subjects: [{ path: '/a' }, { path: '/b' }] });
  const rule = (path: string) => ({ tool: 'patch', params: { path } });
  expect(proposalFor(request, [rule('/a')])).toBe(null);
  expect(proposalFor(request, [rule('/a'), rule('/b')])).toHaveLength(2);
});

test('a proposal shares nothing with the call ("the caller\'s object was mutated")', () => {
  const input = { command: 'ls', list: ['a'] };
  const proposal = proposalFor(call('bash', input), undefined) ?? [];
  input.list.push('b');
  expect(proposal[0]?.params).toEqual({ command: 'ls', list: ['a'] });
  expect(Object.isFrozen(input)).toBe(false);
});

test('what it would release is what its grants really release', () => {
  const proposal = proposalFor(bash('git status'), { tool: 'bash', params: { command: 'git status *' } }) ?? [];
  const grants = proposal.map((permission) => grant(permission));
  for (const command of ['git status -s', 'git push', 'git status; ls']) {
    expect(coveredBy(bash(command), proposal)).toBe(decided(bash(command), { grants }).type === 'allow');
  }
});

test.each([
  'git\u202e status',
  'git\u200b status',
  'git status\u0007',
  'git status\r',
  'git  status',
  'git\tstatus',
  'a\u00a0b',
])('a command with something hidden is not made permanent, whatever the tool proposes: %j', (command) => {
  for (const tool of ['bash', 'sh'])
    for (const rule of [undefined, { tool }, { tool, params: { command: 'git *' } }])
      expect(proposalFor(call(tool, { command }), rule)).toBe(null);
});

test('nor is a call whose rule would hold hidden characters, in a value or in a name', () => {
  expect(proposalFor(call('fetch', { url: 'https://a\u200b.org' }), undefined)).toBe(null);
  expect(proposalFor(call('fetch', { 'u\u202erl': 'x' }), undefined)).toBe(null);
  expect(proposalFor(call('fetch', { deep: [{ url: '\u0007' }] }), undefined)).toBe(null);
  expect(proposalFor(call('note', { text: 'two\n  lines' }), undefined)).not.toBe(null);
});
