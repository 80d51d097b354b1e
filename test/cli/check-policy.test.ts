import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { policyFolders } from '../policy/folders.ts';
import { greenroom } from './cli.ts';

type Folders = ReturnType<typeof policyFolders>;
const run = ({ workspace, env }: Folders, ...args: string[]) =>
  greenroom(args, { cwd: workspace, env: { ...env, XDG_CONFIG_HOME: '', XDG_STATE_HOME: '' } });

describe('check --policy', () => {
  test('runs the tests of both files and says how many there were', async () => {
    using folders = policyFolders();
    mkdirSync(join(folders.workspace, 'src'));
    folders.write('user', {
      version: 1,
      allowlist: [
        {
          rule: 'bash(git log *)',
          match: ['git log -1'],
          notMatch: ['git log; id', { params: { command: 'git log', cwd: 'src' } }],
        },
      ],
    });
    folders.write('workspace', {
      version: 1,
      deny: [{ tool: 'read', params: { path: '**/.env' }, match: ['.env', 'src/.env'], notMatch: ['src/env'] }],
      allowlist: [{ tool: 'patch', params: { path: 'src/**' }, match: ['src/a.ts'], notMatch: ['../a.ts'] }],
    });
    const { code, stdout } = await run(folders, 'check', '--policy');
    expect(stdout).toContain(`ok: ${folders.places.user} (1 allowed, 0 denied): 0 of 3 tests failed`);
    expect(stdout).toContain(`ok: ${folders.places.workspace} (1 allowed, 1 denied): 0 of 5 tests failed`);
    expect(code).toBe(0);
  });

  test('a test that fails is shown with file, place, rule, call and reason; the exit code is 1', async () => {
    using folders = policyFolders();
    const file = join(folders.base, 'own.json');
    writeFileSync(
      file,
      JSON.stringify({
        version: 1,
        allowlist: ['read', { rule: 'bash(git *)', match: ['git log', 'git x; id'], notMatch: ['git status'] }],
      }),
    );
    const { code, stdout } = await run(folders, 'check', '--policy', file);
    expect(stdout).toContain(`${file}: allowlist.1.match.1: bash(git *): bash: git x; id\n`);
    expect(stdout).toContain(`${file}: allowlist.1.notMatch.0: bash(git *): bash: git status\n`);
    expect(stdout).toContain('must not');
    expect(stdout).toContain('2 of 3 tests failed');
    expect(code).toBe(1);
    const json = await run(folders, 'check', '--policy', file, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ tests: 3, failures: [{ place: 'allowlist.1.match.1' }, {}] });
  });

  test('no policy file is said, and fails nothing', async () => {
    using folders = policyFolders();
    const { code, stdout } = await run(folders, 'check', '--policy');
    expect(stdout).toContain('There is no policy file');
    expect(code).toBe(0);
  });

  test.each([
    ['a broken file', '{"version":1,"deny":["bash("]}', /deny\.0/],
    ['a file that is no JSON', 'x', /it is not JSON/],
  ])('%s ends with exit code 2 and its name', async (_what, text, problem) => {
    using folders = policyFolders();
    folders.write('workspace', text);
    const { code, stdout, stderr } = await run(folders, 'check', '--policy');
    expect(stderr).toContain(folders.places.workspace);
    expect(stderr).toMatch(problem);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect((await run(folders, 'check', '--policy', join(folders.base, 'none.json'))).code).toBe(2);
  });
});

describe('trust', () => {
  test('shows what is trusted from now on, and takes it back', async () => {
    using folders = policyFolders();
    folders.write('workspace', { version: 1, allowlist: ['bash(npm test)'], deny: ['read(**/.env)'] });
    const trusted = await run(folders, 'trust');
    expect(trusted.stdout).toContain(folders.places.workspace);
    expect(trusted.stdout).toContain('allows bash(npm test)');
    expect(trusted.stdout).toContain('denies read(**/.env)');
    expect(readFileSync(folders.places.trust, 'utf8')).toContain(folders.workspace);
    expect((await run(folders, 'trust', '--revoke', folders.workspace)).stdout).toContain('no longer trusted');
    expect((await run(folders, 'trust', '--revoke')).stdout).toContain('was not trusted');
  });

  test('without a policy file there is nothing to trust: exit code 2', async () => {
    using folders = policyFolders();
    const { code, stderr } = await run(folders, 'trust');
    expect(stderr).toContain('nothing to trust');
    expect(code).toBe(2);
  });
});

describe('run', () => {
  test('says which policy files hold, and what an untrusted one may not', async () => {
    using folders = policyFolders();
    folders.write('user', { version: 1, deny: ['bash(git push *)'] });
    folders.write('workspace', { version: 1, allowlist: ['bash'] });
    const before = await run(folders, 'run', 'hello');
    expect(before.stdout).toContain(`Policy: ${folders.places.user} (0 allowed, 1 denied).`);
    expect(before.stdout).toContain('allow rules take effect after greenroom trust');
    await run(folders, 'trust');
    const after = await run(folders, 'run', 'hello');
    expect(after.stdout).toContain(`Policy: ${folders.places.workspace} (1 allowed, 0 denied).`);
    expect(after.code).toBe(0);
  });

  test('starts nothing with a broken policy file', async () => {
    using folders = policyFolders();
    folders.write('workspace', { version: 1, deny: ['bsh'] });
    const { code, stdout, stderr } = await run(folders, 'run', 'hello');
    expect(stderr).toMatch(/policy\.json: deny\.0: .*no tool "bsh"/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});
