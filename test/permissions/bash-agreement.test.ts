import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { parsePlainCommand } from '../../src/permissions/shell/plain-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'greenroom-bash-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The words bash really hands to `prog`, a function that prints its arguments; nothing else can be found on the path. */
function argvByBash(commands: readonly string[]): string[][] {
  const script = commands.map((text) => `${text}\nprintf '\\1'`).join('\n');
  const source = `PATH=/nowhere\nprog() { for word in "$@"; do printf '%s\\0' "$word"; done; }\n${script}\n`;
  const { stdout, stderr } = spawnSync('bash', ['--noprofile', '--norc'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' },
    input: source,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout
    .split('\u0001')
    .slice(0, -1)
    .map((block) => (block === '' ? [] : block.split('\0').slice(0, -1)));
}

test('what is judged plain runs in bash with exactly the words that were judged', () => {
  const text = fc.string({
    maxLength: 14,
    unit: fc.constantFrom(...'ab1 -_./:,+@%^=\'"\'"  \t\n;&|<>()$`\\*?[]{}~#!é✓\u00a0'),
  });
  const plain = fc.sample(text, { seed: 1, numRuns: 40_000 }).flatMap((tail) => {
    const command = `prog ${tail}`;
    const parsed = parsePlainCommand(command);
    return parsed.ok ? [{ command, argv: parsed.argv.slice(1) }] : [];
  });
  expect(plain.length).toBeGreaterThan(500);
  expect(argvByBash(plain.map(({ command }) => command))).toEqual(plain.map(({ argv }) => argv));
});
