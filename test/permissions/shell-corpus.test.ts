import { expect, test } from 'vitest';
import { bash, decided } from './calls.ts';
import { shellCases, type ShellCase } from './corpus.ts';

function answer({ allow, command }: ShellCase): 'allow' | 'relay' {
  const allowlist = allow
    .filter((pattern) => pattern !== '')
    .map((pattern) => ({ tool: 'bash', params: { command: pattern } }));
  return decided(bash(command), { policy: { allowlist } }).type === 'allow' ? 'allow' : 'relay';
}

const cases = shellCases();
const wrong = (expected: 'allow' | 'relay', level: 'core' | 'policy') =>
  cases.filter((one) => one.expect === expected && one.level === level && answer(one) !== expected);

/** Programs that execute, write or reach elsewhere by their arguments: a person's wildcard over them is followed as written. */
const byArguments = ({ tag, command }: ShellCase) =>
  ['arg-exec', 'arg-write', 'wrapper'].includes(tag) || command.startsWith('env ');

test('no separator, substitution, expansion, redirection or builtin of the corpus slips through a wildcard', () => {
  expect(cases).toHaveLength(399);
  expect(
    wrong('relay', 'core')
      .filter((one) => !byArguments(one))
      .map(({ id }) => id),
  ).toEqual([]);
  expect(
    wrong('relay', 'policy')
      .filter((one) => !byArguments(one))
      .map(({ id }) => id),
  ).toEqual([
    'shell-389', // cat .env: a protected path, not shell syntax
  ]);
});

test('what a wildcard still lets through are arguments of the program a person named', () => {
  expect(wrong('relay', 'core').length).toBe(63);
});

test('harmless commands that are one plain call run; the others ask', () => {
  expect(wrong('allow', 'core')).toHaveLength(20);
  expect(wrong('allow', 'policy')).toHaveLength(6);
  for (const { command } of [...wrong('allow', 'core'), ...wrong('allow', 'policy')])
    expect(command).toMatch(/[;&|<>\\*#!\n]/);
});
