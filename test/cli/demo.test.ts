/** `greenroom demo` as a pipe or CI sees it. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Envelope } from '../../src/index.ts';
import { greenroom, start, temporaryFolder } from './cli.ts';

test('the demo in a pipe: questions are answered and printed, a stale edit is repaired, the tests pass, the diff is shown', async () => {
  using folder = temporaryFolder();
  const { code, stdout, stderr } = await greenroom(['demo'], { env: { TMPDIR: folder.path } });
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout).toContain('The model is scripted');
  expect(stdout).toContain('sends nothing over the network');
  expect(stdout).not.toContain('\u{1b}');

  const answers = stdout.match(/answered: .*/g) ?? [];
  expect(answers).toContain('answered: always, by the scripted human: bash(node --test)');
  expect(answers).toContain('answered: yes: an earlier "always" covers it');
  expect(answers).toContain('answered: yes, by the scripted human');
  expect(answers.join('\n')).toMatch(/answered: no, by the scripted human: The test is right/);
  expect(stdout).toContain('and would release: ');

  expect(stdout).toContain('wants 4860 and gets 5400');
  expect(stdout).toMatch(/CHANGELOG\.md was changed by agent "docs" since you last read it/);
  expect(stdout).toContain('+  if (quantity >= BULK_QUANTITY) {');
  expect(stdout).toContain('+* Fixed: twelve tins get the bulk price');
  expect(stdout).toContain('Tests    11 pass, 0 fail');

  const [name = ''] = readdirSync(folder.path).filter((entry) => entry.startsWith('greenroom-demo-'));
  const worked = join(folder.path, name);
  expect(stdout).toContain(`Folder   ${worked}`);
  expect(readFileSync(join(worked, 'CHANGELOG.md'), 'utf8')).toContain('The README says what shipping costs');
  const env = { PATH: process.env['PATH'] };
  expect(spawnSync(process.execPath, ['--test'], { cwd: worked, env }).status).toBe(0);
});

test('the demo with --json prints envelopes and nothing else, their seq without gaps', async () => {
  using folder = temporaryFolder();
  const { code, stdout, stderr } = await greenroom(['demo', '--json'], { env: { TMPDIR: folder.path } });
  expect(code).toBe(0);
  expect(stderr).toBe('');
  const entries = stdout
    .trimEnd()
    .split('\n')
    .map((line) => Envelope.parse(JSON.parse(line)));
  expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_entry, at) => at + 1));
  const relays = entries.filter(({ event }) => event.type === 'relay');
  expect(relays.length).toBeGreaterThanOrEqual(3);
  const subagents = entries.filter(({ event }) => event.type === 'harness_start' && event.parentId !== undefined);
  expect(subagents).toHaveLength(2);
});

test('a reader that leaves after one line ends the demo quietly', async () => {
  using folder = temporaryFolder();
  const { child, end } = start(['demo'], { env: { TMPDIR: folder.path } });
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const { stderr } = await end.catch(async () => ({ stderr: '' }));
  expect(stderr).toBe('');
  if (child.exitCode === null) await once(child, 'exit');
  expect(child.exitCode).toBe(141);
});

test('the demo in which nothing may ask ends honestly: nothing repaired, nothing changed but the price list', async () => {
  using folder = temporaryFolder();
  const { code, stdout } = await greenroom(['demo', '--on-ask', 'deny'], { env: { TMPDIR: folder.path } });
  expect(code).toBe(0);
  expect(stdout).toContain('The bug stays.');
  expect(stdout.match(/^\+\+\+ .*$/gm)).toEqual(['+++ b/PRICES.md']);
  expect(stdout).toContain('Tests    did not run');
});

test('the demo with --on-ask fail ends with exit code 3', async () => {
  using folder = temporaryFolder();
  const { code } = await greenroom(['demo', '--on-ask', 'fail'], { env: { TMPDIR: folder.path } });
  expect(code).toBe(3);
});
