import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const sample = fileURLToPath(new URL('../../demo/workspace', import.meta.url));
let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'greenroom-sample-')));
  cpSync(sample, folder, { recursive: true });
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function runItsTests(): { readonly status: number | null; readonly output: string } {
  const { status, stdout } = spawnSync(process.execPath, ['--test', '--test-reporter=tap'], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  return { status, output: stdout };
}

test('the sample project has exactly one failing test, and its output shows what was expected', () => {
  const { status, output } = runItsTests();
  expect(status).toBe(1);
  expect(output.match(/^not ok .*$/gm)).toEqual([expect.stringContaining('twelve tins get the bulk price')]);
  expect(output).toContain('5400 !== 4860');
  expect(output).toContain('# pass 10');
});

test('changing the one wrong line of the sample project makes all its tests pass', () => {
  const file = join(folder, 'src/pricing.js');
  const source = readFileSync(file, 'utf8');
  expect(source.split('quantity > BULK_QUANTITY')).toHaveLength(2);
  writeFileSync(file, source.replace('quantity > BULK_QUANTITY', 'quantity >= BULK_QUANTITY'));

  const { status, output } = runItsTests();
  expect(status).toBe(0);
  expect(output).toContain('# pass 11');
  expect(output).toContain('# fail 0');
});
