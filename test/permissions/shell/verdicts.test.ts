import { expect, test } from 'vitest';
import { bash, decided } from '../calls.ts';
import { verdictCases } from './verdict-cases.ts';

/** The commands that run, by the rule that lets them; every other one asks. */
function allowed(): string {
  const lines: string[] = [];
  let last = '';
  for (const { rule, command } of verdictCases()) {
    const policy = { allowlist: [{ tool: 'bash', params: { command: rule } }] };
    if (decided(bash(command, { workspace: '/ws' }), { policy }).type !== 'allow') continue;
    if (rule !== last) lines.push(rule);
    last = rule;
    lines.push(`  ${command}`);
  }
  return `${lines.join('\n')}\n`;
}

/**
 * Not what is right (that is in the corpora and in arguments.jsonl) but what changed: a verdict that becomes another one
 * shows here, and has to be looked at. `npx vitest run test/permissions/shell/verdicts.test.ts -u` takes the new ones.
 */
test('of many thousand commands, the same ones run under a wildcard as before', async () => {
  await expect(allowed()).toMatchFileSnapshot('./verdicts.txt');
});
