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
const wrong = (expected: 'allow' | 'relay', level?: 'core' | 'policy') =>
  cases
    .filter(
      (one) => one.expect === expected && (level === undefined || one.level === level) && answer(one) !== expected,
    )
    .map(({ id, command }) => `${id}: ${command}`);

test('nothing of the corpus escapes: no operator, expansion, redirection, builtin, wrapper or argument', () => {
  expect(cases).toHaveLength(399);
  expect(wrong('relay', 'core')).toEqual([]);
  expect(wrong('relay', 'policy')).toEqual([]);
});

test('at most 3 % of the harmless commands ask', () => {
  const harmless = cases.filter((one) => one.expect === 'allow').length;
  const asked = wrong('allow');
  console.log(`shell corpus: ${wrong('relay').length} escapes, ${asked.length} of ${harmless} harmless commands asked`);
  expect(asked.length, asked.join('\n')).toBeLessThanOrEqual(Math.floor(harmless * 0.03));
});
