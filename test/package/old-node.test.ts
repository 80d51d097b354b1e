import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bin = join(root, 'src/cli/bin.ts');
const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { engines: { node: string } };

/** Runs the command in an empty home, as a Node of this version would. */
function runAs(version: string, ...args: string[]) {
  const home = mkdtempSync(join(tmpdir(), 'greenroom-home-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`, bin, ...args],
    { cwd: home, encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: home } },
  );
  return { status, stdout, stderr, created: readdirSync(home) };
}

describe('the command', () => {
  test.each(['20.20.2', '22.17.9', '18.0.0'])(
    'on Node %s says in one line what it needs, and creates nothing',
    (version) => {
      expect(runAs(version, 'run', 'hello')).toEqual({
        status: 2,
        stdout: '',
        stderr: `greenroom needs Node ${engines.node.replace('>=', '')} or newer; this is Node ${version}.\n`,
        created: [],
      });
    },
  );

  test.each(['22.18.0', '23.0.0', '24.1.0'])('on Node %s runs', (version) => {
    expect(runAs(version, '--version')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: '',
    });
  });
});
