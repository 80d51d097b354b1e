import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { GreenroomError } from '../../src/errors.ts';
import { compileRule } from '../../src/permissions/rules.ts';
import { bash, call, under } from './calls.ts';

const command = (pattern: string) => ({ tool: 'bash', params: { command: pattern } });
const runs = (pattern: string, text: string) => under(command(pattern), bash(text)) === 'allow';

describe('command patterns', () => {
  test.each([
    ['git status *', 'git status'],
    ['git status *', 'git status -s --branch'],
    ['git status*', 'git status'],
    ['git status*', 'git status -s'],
    ['git **', 'git log'],
    ['git * --oneline', 'git log --oneline'],
    ['cat src/*', 'cat src/a.ts'],
    ['npm run lint:*', 'npm run lint:fix'],
    ['git log --format=*', "git log --format='%h %s'"],
    ['*', 'ls -la'],
    ["grep 'a b' *", 'grep "a b" x'],
    ['git status', 'git  status '],
    ['npm run build && npm test', 'npm run build && npm test'],
    ['ls \\*.md', 'ls *.md'],
    ["find . -name '*.ts'", "find . -name '*.ts'"],
    ["echo it's *", "echo it's *"],
  ])('%j covers %j', (pattern, text) => expect(runs(pattern, text)).toBe(true));

  test.each([
    ['git status*', 'git statusx'],
    ['git status *', 'git log'],
    ['git * status', 'git a b status'],
    ['cat src/*', 'cat src/a.ts /etc/passwd'],
    ['cat src/*', 'cat'],
    ['git status', 'git status -s'],
    ['ls*', 'lsof -i'],
    ['*git status', 'touch PWNED; git status'],
    ['npm run build && npm test', 'npm run build  && npm test'],
    ['ls \\*.md', 'ls \\*.md'],
    ['cat src/?.ts', 'cat src/a.ts'],
    ['A=*', 'A=b'],
    ['time *', 'time touch x'],
    ['exec *', 'exec touch x'],
  ])('%j does not cover %j', (pattern, text) => expect(runs(pattern, text)).toBe(false));

  test.each([
    'git x; rm -rf ~',
    'git status && rm -rf b',
    'git $(rm b)',
    'git `rm b`',
    'git log > b',
    'git log | sh',
    'git a\nrm b',
  ])('`git **` does not cover %j ("git ** from approving git status allowed git x; rm -rf ~")', (text) =>
    expect(runs('git **', text)).toBe(false),
  );

  test('`cat **` does not cover `cat a && rm -rf b` or `cat $(…)`', () => {
    expect(runs('cat **', 'cat a b')).toBe(true);
    expect(runs('cat **', 'cat a && rm -rf b')).toBe(false);
    expect(runs('cat **', 'cat $(rm b)')).toBe(false);
  });

  test('`./x **` matches ("./x ** and patch rules never matched anything")', () => {
    expect(runs('./x **', './x a b')).toBe(true);
  });

  test('a leading ! is literal and never negates ("A rule that began with ! allowed nearly everything")', () => {
    for (const text of ['ls', 'rm -rf x', '! git status', '!git status']) expect(runs('!git *', text)).toBe(false);
    expect(under({ tool: 'read', params: { path: '!/secret/**' } }, call('read', { path: '/etc/hosts' }))).toBe('ask');
    expect(under({ tool: 'fetch', params: { url: '!http*' } }, call('fetch', { url: 'x' }))).toBe('ask');
    expect(under({ tool: 'fetch', params: { url: '!http*' } }, call('fetch', { url: '!http://a' }))).toBe('allow');
  });

  test('hidden and odd characters are never plain', () => {
    for (const text of [
      'git\u00a0status',
      '\u200bgit status',
      'git status\r',
      'git status \u202ex',
      'git\u000bstatus',
      'git status \0',
    ]) {
      expect(runs('git*', text)).toBe(false);
      expect(runs('*', text)).toBe(false);
    }
  });

  test('words are compared after quote removal, so quotes hide nothing', () => {
    expect(runs('grep -n *', "grep '-n' x")).toBe(true);
    expect(runs("grep 'a *' *", "grep 'a b' x")).toBe(false);
  });
});

describe('the folder of a command', () => {
  const workspace = realpathSync(mkdtempSync(join(tmpdir(), 'greenroom-cwd-')));
  afterAll(() => rmSync(workspace, { recursive: true }));
  mkdirSync(join(workspace, 'src/deep'), { recursive: true });
  const at = (cwd: string | undefined) =>
    call('bash', { command: 'ls', ...(cwd !== undefined && { cwd }) }, { workspace });
  const inFolder = (cwd: string) => ({ tool: 'bash', params: { command: 'ls', cwd } });

  test('a rule without cwd covers the workspace root only', () => {
    expect(under(command('ls'), at(undefined))).toBe('allow');
    expect(under(command('ls'), at(workspace))).toBe('allow');
    expect(under(command('ls'), at('.'))).toBe('allow');
    expect(under(command('ls'), at('src'))).toBe('ask');
    expect(under({ tool: 'bash' }, at('src'))).toBe('allow');
  });

  test('a rule with cwd covers the folders it matches', () => {
    expect(under(inFolder('src/**'), at('src/deep'))).toBe('allow');
    expect(under(inFolder('src/**'), at('src'))).toBe('allow');
    expect(under(inFolder('src'), at('src/deep'))).toBe('ask');
    expect(under(inFolder('src'), at(undefined))).toBe('ask');
    expect(under(inFolder('**'), at(undefined))).toBe('allow');
  });

  test('a folder that is none asks', () => {
    expect(under(inFolder('**'), at('nowhere'))).toBe('ask');
  });
});

describe('other parameters', () => {
  test('the tool is compared exactly ("Always for one approved unrelated ones by tool name")', () => {
    expect(under({ tool: 'read' }, call('Read', {}))).toBe('ask');
    expect(under({ tool: 're*' }, call('read', {}))).toBe('ask');
  });

  test('a string matches as text: * is any run of characters, \\ escapes, both ends are anchored', () => {
    const url = (pattern: string, value: unknown) =>
      under({ tool: 'fetch', params: { url: pattern } }, call('fetch', { url: value }));
    expect(url('https://a.example/*', 'https://a.example/x/y')).toBe('allow');
    expect(url('https://a.example/*', 'xhttps://a.example/x')).toBe('ask');
    expect(url('a*b', 'ab')).toBe('allow');
    expect(url('ab*ba', 'aba')).toBe('ask');
    expect(url('a\\*', 'a*')).toBe('allow');
    expect(url('a\\*', 'ab')).toBe('ask');
    expect(url('*', 7)).toBe('ask');
  });

  test('a value that is no string matches by deep equality', () => {
    const rule = { tool: 'fetch', params: { retries: 3, headers: { a: ['b'] } } };
    expect(under(rule, call('fetch', { retries: 3, headers: { a: ['b'] }, more: 1 }))).toBe('allow');
    expect(under(rule, call('fetch', { retries: 3, headers: { a: ['b', 'c'] } }))).toBe('ask');
    expect(under(rule, call('fetch', { retries: 3 }))).toBe('ask');
  });

  test('exact compares the whole input, without patterns, an undefined key counting as absent', () => {
    const rule = { tool: 'bash', params: { command: 'ls *' }, exact: true };
    expect(under(rule, bash('ls *'))).toBe('allow');
    expect(under(rule, bash('ls a'))).toBe('ask');
    expect(under(rule, call('bash', { command: 'ls *', cwd: undefined }))).toBe('allow');
    expect(under(rule, call('bash', { command: 'ls *', timeoutMs: 1 }))).toBe('ask');
    expect(under({ tool: 'bash', exact: true }, bash('ls'))).toBe('ask');
  });

  test('names on the prototype are no parameters', () => {
    expect(under({ tool: 'fetch', params: { toString: '*' } }, call('fetch', {}))).toBe('ask');
    expect(under({ tool: 'fetch', params: { constructor: '*' } }, call('fetch', {}))).toBe('ask');
  });

  test('realPath and realRoot are never taken from the arguments of a model', () => {
    const request = call('fetch', { realPath: '/ok/a', realRoot: '/' });
    expect(under({ tool: 'fetch', params: { realPath: '/ok/a' } }, request)).toBe('ask');
  });
});

describe('rules that cannot be used', () => {
  const failure = (params: Record<string, unknown>, tool = 'bash') => {
    try {
      compileRule({ tool, params }, 'permissions.allowlist.0');
    } catch (error) {
      return error;
    }
    return undefined;
  };

  test.each([
    ['command', ''],
    ['command', '  '],
    ['command', 'npm test && *'],
    ['command', 'echo $a *'],
    ['path', ''],
    ['path', 'src/[a'],
    ['path', 'src/{a,b'],
    ['path', 'src/{a}'],
    ['path', 'src/**.ts'],
    ['path', 'src/'],
    ['path', '../x'],
    ['path', '~/x'],
    ['path', 'a\\'],
    ['path', '[b-a]'],
    ['path', '[a/b]'],
    ['path', '{a,b}'.repeat(9)],
    ['url', ''],
    ['url', 'a\\'],
  ])('%s=%j is an invalid_rule that names its place ("an empty one made every later check throw")', (key, pattern) => {
    const error = failure({ [key]: pattern });
    expect(error).toBeInstanceOf(GreenroomError);
    expect(error).toMatchObject({ code: 'invalid_rule', path: `permissions.allowlist.0.params.${key}` });
  });

  test('empty params and values that JSON cannot hold are refused', () => {
    expect(failure({})).toMatchObject({ code: 'invalid_rule', path: 'permissions.allowlist.0.params' });
    expect(failure({ a: () => 1 })).toMatchObject({ code: 'invalid_rule' });
  });
});
