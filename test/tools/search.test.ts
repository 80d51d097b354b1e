import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type * as z from 'zod';
import { ToolError } from '../../src/errors.ts';
import { runRipgrep } from '../../src/tools/ripgrep.ts';
import { searchTool } from '../../src/tools/search.ts';
import { permissionsOfCall } from './permissions.ts';
import { temporaryFolder, toolContext } from './context.ts';

type Files = Readonly<Record<string, string | Buffer>>;

async function folderWith(files: Files): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(`${folder}/${name}`), { recursive: true });
    await writeFile(`${folder}/${name}`, content);
  }
  return folder;
}

async function search(workspace: string, input: z.input<typeof searchTool.schema>) {
  const { ctx } = toolContext({ workspace });
  return searchTool.execute(searchTool.schema.parse(input), ctx);
}

async function textOf(files: Files, input: z.input<typeof searchTool.schema>): Promise<unknown> {
  return (await search(await folderWith(files), input)).context;
}

describe('searching text', () => {
  test('lines come as file:line:text, by file, in the order of paths', async () => {
    const files = { 'b.ts': 'no\nfoo(1)\nfoo(2)\n', 'a/c.ts': 'a foo\r\n' };
    const { context, result } = await search(await folderWith(files), { pattern: 'foo' });
    expect(context).toBe('a/c.ts:1:a foo\n\nb.ts:2:foo(1)\nb.ts:3:foo(2)\n\n3 matches in 2 files.');
    expect(result).toEqual({
      mode: 'text',
      matches: [
        { path: 'a/c.ts', line: 1, text: 'a foo' },
        { path: 'b.ts', line: 2, text: 'foo(1)' },
        { path: 'b.ts', line: 3, text: 'foo(2)' },
      ],
      isTruncated: false,
    });
  });

  test('context lines are told from matches', async () => {
    const context = await textOf({ a: '1\n2\nfoo\n4\n5\n' }, { pattern: 'foo', context: 1 });
    expect(context).toBe('a-2-2\na:3:foo\na-4-4\n\n1 match in 1 file.');
  });

  test('case counts, unless it is told to ignore it', async () => {
    const files = { a: 'Foo\nfoo\n' };
    expect(await textOf(files, { pattern: 'foo' })).toContain('1 match in');
    expect(await textOf(files, { pattern: 'foo', ignoreCase: true })).toContain('2 matches in');
  });

  test('finding nothing is an answer', async () => {
    const { context, result } = await search(await folderWith({ a: 'b' }), { pattern: 'nowhere', glob: '*.ts' });
    expect(context).toBe('No line matches nowhere in the workspace (glob *.ts).');
    expect(result).toEqual({ mode: 'text', matches: [], isTruncated: false });
  });

  test('a long line is cut around its match', async () => {
    const { result } = await search(await folderWith({ 'min.js': `${'ä'.repeat(5000)}NEEDLE${'b'.repeat(5000)}\n` }), {
      pattern: 'NEEDLE',
    });
    expect(result).toMatchObject({ matches: [{ text: `…${'ä'.repeat(80)}NEEDLE${'b'.repeat(214)}…` }] });
  });

  test('a match in a line of megabytes is named and not shown, and the search goes on', async () => {
    const files = { 'a.json': `NEEDLE${'x'.repeat(3_000_000)}\nNEEDLE\n`, 'b.txt': 'NEEDLE\n' };
    const context = await textOf(files, { pattern: 'NEEDLE' });
    expect(context).toContain('a.json:0:(a match in a line too long to show)\na.json:2:NEEDLE\n\nb.txt:1:NEEDLE');
  });

  test('at most maxResults matches come, and the answer says that there are more', async () => {
    const folder = await folderWith({ a: 'foo\n'.repeat(4) });
    const three = await search(folder, { pattern: 'foo', maxResults: 3 });
    expect(three.context).toContain('3 matches in 1 file.\nThere are more:');
    expect(three.result).toMatchObject({ isTruncated: true, matches: [{ line: 1 }, { line: 2 }, { line: 3 }] });
    const four = await search(folder, { pattern: 'foo', maxResults: 4 });
    expect(four.context).not.toContain('There are more');
    expect(four.result).toMatchObject({ isTruncated: false });
  });

  test('a flood of matches ends early and stays small', async () => {
    const folder = await folderWith({ a: `${'y'.repeat(200)}\n`.repeat(200_000) });
    const { context, result } = await search(folder, { pattern: 'y', maxResults: 1000, context: 20 });
    expect(result).toMatchObject({ isTruncated: true });
    expect(context?.length).toBeLessThan(31_000);
  });

  test('what is not UTF-8 is shown as well as it can be', async () => {
    const context = await textOf({ latin: Buffer.from('caf\xe9 foo\n', 'latin1') }, { pattern: 'foo' });
    expect(context).toContain('latin:1:caf\ufffd foo');
  });
});

describe('which files are searched', () => {
  const files = {
    '.gitignore': 'built/\n*.log\n',
    'vendor/.git/config': 'foo',
    '.github/ci.yml': 'foo',
    'built/out.js': 'foo',
    'debug.log': 'foo',
    'src/a.ts': 'foo',
    'src/a.test.ts': 'foo',
    'src/deep/b.tsx': 'foo',
    'c.ts': 'foo',
  };
  async function filesFound(input: Partial<z.input<typeof searchTool.schema>>): Promise<readonly string[]> {
    const { result } = await search(await folderWith(files), { pattern: 'foo', ...input });
    return result?.mode === 'text' ? result.matches.map((match) => match.path) : [];
  }

  test('ignore files are honoured without a git repository, .git is never searched, other hidden files are', async () => {
    expect(await filesFound({})).toEqual(['.github/ci.yml', 'c.ts', 'src/a.test.ts', 'src/a.ts', 'src/deep/b.tsx']);
  });

  test.each([
    ['*.ts', ['c.ts', 'src/a.test.ts', 'src/a.ts']],
    ['src/*.ts', ['src/a.test.ts', 'src/a.ts']],
    ['./src/**/*.{ts,tsx}', ['src/a.test.ts', 'src/a.ts', 'src/deep/b.tsx']],
    ['{src/a,c}.ts', ['c.ts', 'src/a.ts']],
    ['!*.test.ts', ['.github/ci.yml', 'c.ts', 'src/a.ts', 'src/deep/b.tsx']],
    // A glob narrows; it does not bring back what is ignored.
    ['*.log', []],
    ['**/*', ['.github/ci.yml', 'c.ts', 'src/a.test.ts', 'src/a.ts', 'src/deep/b.tsx']],
    ['**/.git/**', []],
  ])('glob %s', async (glob, expected) => {
    expect(await filesFound({ glob })).toEqual(expected);
  });

  test('a folder, and globs are relative to it', async () => {
    expect(await filesFound({ path: 'src', glob: 'deep/*' })).toEqual(['src/deep/b.tsx']);
  });

  test('a single file, even an ignored one: it was named', async () => {
    expect(await filesFound({ path: 'debug.log' })).toEqual(['debug.log']);
  });

  test('links inside are not followed', async () => {
    const outside = await folderWith({ 'secret.txt': 'foo' });
    const workspace = await folderWith({ a: 'foo' });
    await symlink(outside, `${workspace}/link`);
    expect((await search(workspace, { pattern: 'foo' })).context).toBe('a:1:foo\n\n1 match in 1 file.');
  });

  test('a folder outside of the workspace is shown with its absolute path', async () => {
    const outside = await folderWith({ a: 'foo' });
    const { context } = await search(await temporaryFolder(), { pattern: 'foo', path: outside });
    expect(context).toContain(`${outside}/a:1:foo`);
  });

  test('a configuration file of ripgrep changes nothing', async () => {
    const folder = await folderWith({ a: 'foo', rc: '--invert-match\n' });
    const before = process.env.RIPGREP_CONFIG_PATH;
    process.env.RIPGREP_CONFIG_PATH = `${folder}/rc`;
    onTestFinished(() => {
      if (before === undefined) delete process.env.RIPGREP_CONFIG_PATH;
      else process.env.RIPGREP_CONFIG_PATH = before;
    });
    expect((await search(folder, { pattern: 'foo' })).context).toBe('a:1:foo\n\n1 match in 1 file.');
  });
});

describe('listing files', () => {
  const files = {
    'src/a.ts': '',
    'src/deep/b.ts': '',
    'README.md': '',
    'built/x.ts': '',
    '.gitignore': 'built',
    '-n.ts': '',
  };
  test.each([
    ['*.ts', '-n.ts\nsrc/a.ts\nsrc/deep/b.ts\n\n3 files.'],
    ['src/*.ts', 'src/a.ts\n\n1 file.'],
    ['**/deep/**', 'src/deep/b.ts\n\n1 file.'],
    ['*.py', 'No file matches *.py in the workspace. A glob without / is matched against file names.'],
  ])('pattern %s', async (pattern, expected) => {
    expect(await textOf(files, { mode: 'files', pattern })).toBe(expected);
  });

  test('glob, ignoreCase and maxResults hold here too', async () => {
    expect(await textOf(files, { mode: 'files', pattern: 'readme*', ignoreCase: true })).toContain('README.md');
    expect(await textOf(files, { mode: 'files', pattern: '*.ts', glob: 'src/**' })).toContain('2 files.');
    const { context, result } = await search(await folderWith(files), {
      mode: 'files',
      pattern: '*.ts',
      maxResults: 1,
    });
    expect(context).toContain('-n.ts\n\n1 file.\nThere are more:');
    expect(result).toEqual({ mode: 'files', files: ['-n.ts'], isTruncated: true });
  });
});

describe('bad input', () => {
  test('a pattern that is no regex is an error in the words of ripgrep', async () => {
    const call = textOf({ a: 'b' }, { pattern: 'fo(' });
    await expect(call).rejects.toThrow(ToolError);
    await expect(call).rejects.toThrow(/regex parse error[^]*unclosed group/);
  });

  test.each(['--files', '--pre=sh', '-e', '--'])('the pattern %s is a pattern and no flag', async (pattern) => {
    expect(await textOf({ a: `x ${pattern} y\n` }, { pattern })).toBe(`a:1:x ${pattern} y\n\n1 match in 1 file.`);
  });

  test('a glob and a path that look like flags are none', async () => {
    expect(await textOf({ '--help': 'foo', b: 'foo' }, { pattern: 'foo', glob: '--help' })).toContain('--help:1:foo');
    expect(await textOf({ '--help': 'foo', b: 'foo' }, { pattern: 'foo', path: '--help' })).toContain('--help:1:foo');
  });

  test('a path that does not exist is an error that names it', async () => {
    await expect(textOf({}, { pattern: 'a', path: 'nowhere' })).rejects.toThrow(/no file or folder "nowhere"/);
  });

  test.each([
    ['an empty pattern', { pattern: '' }],
    ['a NUL', { pattern: 'a\0' }],
    ['too many results', { pattern: 'a', maxResults: 1001 }],
    ['an unknown mode', { pattern: 'a', mode: 'count' }],
    ['a stranger', { pattern: 'a', flags: ['--pre=sh'] }],
  ])('%s is refused', (_what, input) => {
    expect(searchTool.schema.safeParse(input).success).toBe(false);
  });
});

describe('a search that is stopped', () => {
  /** Opening a pipe that nobody writes to blocks, so this search never ends by itself. */
  async function endless(limits: { readonly signal: AbortSignal; readonly timeoutMs: number }) {
    const cwd = await temporaryFolder();
    execFileSync('mkfifo', [`${cwd}/pipe`]);
    return runRipgrep({
      cwd,
      target: './pipe',
      flags: ['--regexp=a'],
      separator: '\n',
      onRecord: () => true,
      ...limits,
    });
  }

  test('a cancelled call ends as cancelled', async () => {
    const { ctx } = toolContext({ workspace: await temporaryFolder(), signal: AbortSignal.abort() });
    const call = searchTool.execute(searchTool.schema.parse({ pattern: 'a' }), ctx);
    await expect(call).rejects.toMatchObject({ status: 'cancelled' });
  });

  test('an abort ends ripgrep', async () => {
    const controller = new AbortController();
    const running = endless({ signal: controller.signal, timeoutMs: 60_000 });
    controller.abort();
    expect(await running).toEqual({ endedBy: 'abort', isPartial: true });
  });

  test('so does a time-out', async () => {
    const signal = new AbortController().signal;
    expect(await endless({ signal, timeoutMs: 50 })).toEqual({ endedBy: 'timeout', isPartial: true });
  });
});

describe('permissions', () => {
  async function permissionsOf(workspace: string, given: string) {
    const { ctx } = toolContext({ workspace });
    return permissionsOfCall(searchTool, searchTool.schema.parse({ pattern: 'a', path: given }), ctx);
  }

  test.each([
    ['.', '', '**'],
    ['src', '/src', 'src/**'],
    ['src/a.ts', '/src/a.ts', 'src/a.ts'],
    ['src/{a,b} [c]*', '/src/{a,b} [c]*', String.raw`src/\{a\,b\} \[c\]\*/**`],
  ])('searching %s touches it; "always" covers it and all below it', async (given, below, pattern) => {
    const workspace = await folderWith({ 'src/a.ts': '', 'src/{a,b} [c]*/x': '' });
    expect(await permissionsOf(workspace, given)).toEqual({
      subjects: [{ path: `${workspace}${below}` }],
      rules: { tool: 'search', params: { path: pattern } },
      coversItself: true,
    });
  });

  test('"always" names a link with the folder it leads to', async () => {
    const workspace = await temporaryFolder();
    const outside = await temporaryFolder();
    await symlink(outside, `${workspace}/link`);
    expect(await permissionsOf(workspace, 'link')).toMatchObject({
      rules: { tool: 'search', params: { path: `{link,${outside}}/**` } },
      coversItself: true,
    });
  });

  test('the root of the file system is covered like any folder', async () => {
    expect(await permissionsOf(await temporaryFolder(), '/')).toMatchObject({
      rules: { tool: 'search', params: { path: '/**' } },
      coversItself: true,
    });
  });

  test('a name that a human cannot read for sure is not made permanent', async () => {
    const workspace = await folderWith({ 'a\u202eb/x': '', 'blank /x': '', 'a\\b/x': '' });
    for (const name of ['a\u202eb', 'blank ', 'a\\b']) expect((await permissionsOf(workspace, name)).rules).toBeNull();
  });

  test('what does not exist cannot be made permanent', async () => {
    expect((await permissionsOf(await temporaryFolder(), 'nowhere')).rules).toBeNull();
  });

  test('running it again changes nothing', () => {
    expect(searchTool.idempotent).toBe(true);
  });
});
