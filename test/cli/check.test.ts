import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { greenroom, temporaryFolder } from './cli.ts';

const check = (args: readonly string[], cwd?: string) =>
  greenroom(['check', ...args], cwd === undefined ? {} : { cwd });

describe('check of one call', () => {
  test('prints decision, reason, rule and what "always" would save', async () => {
    const { code, stdout, stderr } = await check(['--allow', 'git log *', '--tool', 'bash', '--command', 'git log -1']);
    expect(stdout).toMatch(/^allow: bash: git log -1\n/);
    expect(stdout).toContain('permissions.allowlist[0]');
    expect(stdout).toContain('bash(git log *)');
    expect(stdout).toMatch(/always {2}would save bash\(git log/);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test.each([
    ['a command that nothing allows asks', ['--tool', 'bash', '--command', 'id'], 'ask'],
    // FAILURES: approving `git status` allowed `git x; rm -rf ~`
    ['a second command behind an allowed one asks', ['--allow', 'git *', '--command', 'git x; rm -rf ~'], 'ask'],
    ['a whole rule counts as it is', ['--allow', 'bash(git log *)', '--command', 'git log'], 'allow'],
    ['a rule as JSON too', ['--allow', '{"tool":"bash"}', '--command', 'id'], 'allow'],
    ['a rule of another tool does not', ['--allow', 'read', '--command', 'id'], 'ask'],
    [
      'a pattern that begins like a tool is a pattern',
      ['--allow', 'agent -p1 *', '--command', 'agent -p1 -i x'],
      'allow',
    ],
    ['a pattern for a file tool is a path', ['--allow', '{src,test}/**', '--tool', 'read', '--path', 'src/a'], 'allow'],
    ['a patch needs its path only', ['--allow', 'src/**', '--tool', 'patch', '--path', 'src/a'], 'allow'],
    [
      'a patch cannot be smuggled into a path',
      ['--allow', '**', '--tool', 'patch', '--path', 'a\n*** Delete File: /b'],
      'ask',
    ],
    ['a path that a patch would trim asks', ['--allow', '**', '--tool', 'patch', '--path', ' a'], 'ask'],
    ['a deny beats an allow', ['--allow', 'bash', '--deny', 'git push *', '--command', 'git push'], 'deny'],
    [
      'all arguments can be given',
      ['--allow', 'bash(command=id, cwd=src)', '--tool', 'bash', '--params', '{"command":"id","cwd":"src"}'],
      'allow',
    ],
  ])('%s', async (_title, args, decision) => {
    using folder = temporaryFolder();
    mkdirSync(join(folder.path, 'src'));
    const { code, stdout } = await check([...args, '--json'], folder.path);
    expect(JSON.parse(stdout)).toMatchObject({ decision });
    expect(code).toBe(0);
  });

  test('relative paths start in --cwd, relative patterns in --workspace', async () => {
    using folder = temporaryFolder();
    mkdirSync(join(folder.path, 'src'));
    writeFileSync(join(folder.path, 'src', 'a.ts'), '');
    const call = ['--tool', 'read', '--path', 'a.ts', '--cwd', join(folder.path, 'src'), '--json'];
    const below = await check(['--allow', 'src/*', ...call, '--workspace', folder.path]);
    expect(JSON.parse(below.stdout)).toMatchObject({
      decision: 'allow',
      proposal: [{ tool: 'read', params: { path: 'src/a.ts' } }],
    });
    expect(JSON.parse((await check(['--allow', 'src/*', ...call])).stdout)).toMatchObject({ decision: 'ask' });
  });

  test('nothing in a command reaches the terminal unescaped', async () => {
    const { stdout } = await check(['--command', 'echo \u{1b}[2J \u{202e}x']);
    expect(stdout).not.toContain('\u{1b}');
    expect(stdout).not.toContain('\u{202e}');
    expect(stdout).toContain('always  is not possible for this call');
  });

  test.each([
    ['no call', [], /name the call/],
    ['a tool without arguments', ['--tool', 'read'], /--command, --path or --params/],
    ['a command for another tool', ['--tool', 'read', '--command', 'x'], /--command is only for/],
    ['params that are no JSON', ['--tool', 'read', '--params', 'x'], /--params is not JSON/],
    ['a rule that cannot be used', ['--allow', 'bash(', '--command', 'x'], /write bash or bash\(pattern\)/],
    ['an empty pattern', ['--allow', '', '--command', 'x'], /permissions\.allowlist\.0/],
    ['both a line and lines', ['--jsonl', '--command', 'x'], /cannot be used with option/],
  ])('%s ends with exit code 2, says what to do, and prints nothing else', async (_what, args, remedy) => {
    const { code, stdout, stderr } = await check(args);
    expect(stderr).toMatch(remedy);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});
