import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ToolError } from '../../src/errors.ts';
import { bashTool, type BashResult } from '../../src/tools/bash.ts';
import { commandEnvironment } from '../../src/tools/environment.ts';
import { permissionsOfCall } from './permissions.ts';
import { temporaryFolder, toolContext, type Progress } from './context.ts';

interface Ran {
  readonly context: unknown;
  readonly result: BashResult | undefined;
  readonly progress: readonly Progress[];
}

async function run(input: { command: string; timeoutMs?: number; cwd?: string }, workspace?: string): Promise<Ran> {
  const { ctx, progress } = toolContext({ workspace: workspace ?? (await temporaryFolder()) });
  const { context, result } = await bashTool.execute(bashTool.schema.parse(input), ctx);
  return { context, result, progress };
}

/** The ToolError that a call ends with. */
async function failureOf(call: Promise<unknown>): Promise<ToolError> {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof ToolError) return outcome;
  throw new Error('the call did not end with a ToolError', { cause: outcome });
}

/** Bytes of the heap that are reachable. */
function heapInUse(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc()');
  return process.memoryUsage().heapUsed;
}

function setEnvironment(values: Readonly<Record<string, string>>): void {
  const before = { ...process.env };
  Object.assign(process.env, values);
  onTestFinished(() => {
    for (const name of Object.keys(values)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });
}

describe('what a command gives', () => {
  test('output and exit code', async () => {
    const { context, result } = await run({ command: 'echo hello' });
    expect(context).toBe('hello\nexit code 0');
    expect(result).toMatchObject({ exitCode: 0, signal: null, stdout: 'hello\n', stderr: '', timedOut: false });
  });

  test('a non-zero exit is an answer, not a failure', async () => {
    const { context, result } = await run({ command: 'echo no >&2; exit 3' });
    expect(context).toBe('no\nexit code 3');
    expect(result).toMatchObject({ exitCode: 3, stdout: '', stderr: 'no\n' });
  });

  test('a command without output says so', async () => {
    expect((await run({ command: 'true' })).context).toBe('(no output)\nexit code 0');
  });

  test('a shell that a signal ends says which', async () => {
    const { context, result } = await run({ command: 'kill -SEGV $$' });
    expect(context).toBe('(no output)\nended by signal SIGSEGV');
    expect(result).toMatchObject({ exitCode: null, signal: 'SIGSEGV' });
  });

  test('both streams are progress while it runs', async () => {
    const { progress } = await run({ command: 'echo out; echo err >&2' });
    expect(progress).toHaveLength(2);
    expect(progress).toContainEqual({ content: 'out\n', stream: 'stdout' });
    expect(progress).toContainEqual({ content: 'err\n', stream: 'stderr' });
  });

  test('terminal escapes do not reach the model', async () => {
    expect((await run({ command: String.raw`printf '\e[31mred\e[0m'` })).context).toBe('red\nexit code 0');
  });

  test('a background process that is left over is stopped, and the model is told', async () => {
    const { context, result } = await run({ command: 'sleep 60 & echo started' });
    expect(context).toBe(
      'started\nexit code 0\nStopped with the command: 1 process that it had left running in the background.',
    );
    expect(result?.exitCode).toBe(0);
  });

  test('a script of several lines with quotes and links of commands is run as written', async () => {
    const { context } = await run({ command: 'for n in 1 2; do\n  echo "n is $n" | tr a-z A-Z\ndone' });
    expect(context).toBe('N IS 1\nN IS 2\nexit code 0');
  });
});

describe('long output', () => {
  test('50 MB of output keep head and tail, name the middle, and do not stay in memory', async () => {
    const before = heapInUse();
    const command = 'echo first; head -c 50000000 /dev/zero | tr "\\0" x; echo; echo last';
    const { context, result, progress } = await run({ command });
    const kept = result?.stdout ?? '';
    expect(kept).toMatch(/^first\nx+\n\[… 49970012 characters left out …\]\nx+\nlast\n$/);
    expect(kept.length).toBeLessThan(30_100);
    expect(String(context).length).toBeLessThan(30_200);
    const streamed = progress.reduce((total, { content }) => total + content.length, 0);
    expect(streamed).toBeLessThan(300_000);
    expect(progress.at(-1)).toEqual({
      content: 'The output is long; the rest of it is not streamed.',
      stream: 'status',
    });
    expect(heapInUse() - before).toBeLessThan(5_000_000);
  });

  test('a flood on one stream does not push the other out of the result', async () => {
    const { result } = await run({ command: 'echo why >&2; head -c 200000 /dev/zero | tr "\\0" x' });
    expect(result?.stderr).toBe('why\n');
  });
});

describe('a command that is stopped', () => {
  // FAILURES: "Output of a timed-out command was thrown away".
  test('a timed-out command is an error that holds its output', async () => {
    const failure = await failureOf(run({ command: 'echo so far; sleep 600', timeoutMs: 3000 }));
    expect(failure.status).toBe('error');
    expect(failure.message).toContain('ended after 3000 ms');
    expect(failure.message).toContain('so far');
    expect(failure.result).toMatchObject({ timedOut: true, stdout: 'so far\n' });
  });

  test('a cancelled command is cancelled and holds its output', async () => {
    const controller = new AbortController();
    const { ctx } = toolContext({ workspace: await temporaryFolder(), signal: controller.signal });
    const call = bashTool.execute(bashTool.schema.parse({ command: 'echo begun; sleep 60' }), {
      ...ctx,
      progress: () => controller.abort(),
    });
    const failure = await failureOf(Promise.resolve(call));
    expect(failure.status).toBe('cancelled');
    expect(failure.message).toContain('begun');
    expect(failure.result).toMatchObject({ timedOut: false, stdout: 'begun\n' });
  });

  test('a call that is cancelled before it starts runs nothing', async () => {
    const workspace = await temporaryFolder();
    const { ctx } = toolContext({ workspace, signal: AbortSignal.abort() });
    const call = bashTool.execute(bashTool.schema.parse({ command: 'touch ran' }), ctx);
    expect((await failureOf(Promise.resolve(call))).status).toBe('cancelled');
    expect((await run({ command: 'ls' }, workspace)).context).toBe('(no output)\nexit code 0');
  });
});

describe('what a command sees', () => {
  test('no secret of the parent, and nothing that loads code', async () => {
    const workspace = await temporaryFolder();
    await writeFile(`${workspace}/loaded.sh`, 'echo loaded');
    setEnvironment({
      OPENAI_API_KEY: 'secret-1',
      GITHUB_TOKEN: 'secret-2',
      AWS_SECRET_ACCESS_KEY: 'secret-3',
      DATABASE_URL: 'postgres://user:secret-4@host/db',
      HTTPS_PROXY: 'http://user:secret-5@proxy:8080',
      GIT_CONFIG_PARAMETERS: 'secret-6',
      NODE_OPTIONS: '--no-warnings',
      LD_LIBRARY_PATH: '/tmp/lib',
      BASH_ENV: `${workspace}/loaded.sh`,
      ENV: `${workspace}/loaded.sh`,
    });
    const { result } = await run({ command: 'env' }, workspace);
    expect(result?.stdout).not.toMatch(/secret-\d|NODE_OPTIONS|^LD_|BASH_ENV|^ENV=|loaded/m);
    expect(result?.stdout).toMatch(/^PATH=/m);
  });

  test('an exported shell function of the parent does not take the place of a program', async () => {
    setEnvironment({ 'BASH_FUNC_ls%%': '() { echo hijacked; }' });
    expect((await run({ command: 'ls' })).context).toBe('(no output)\nexit code 0');
  });

  test('nothing waits for a human: no pager, no editor, no prompt, no colour', () => {
    expect(commandEnvironment({})).toEqual({
      TERM: 'dumb',
      NO_COLOR: '1',
      PAGER: 'cat',
      MANPAGER: 'cat',
      GIT_PAGER: 'cat',
      SYSTEMD_PAGER: 'cat',
      LESSSECURE: '1',
      EDITOR: 'true',
      VISUAL: 'true',
      GIT_EDITOR: 'true',
      GIT_TERMINAL_PROMPT: '0',
    });
  });

  test('of the search path only absolute folders are left', () => {
    expect(commandEnvironment({ PATH: '/a::.:bin:/b' })).toMatchObject({ PATH: '/a:/b' });
  });

  test('a locale passes when every quote and operator is one byte in it', () => {
    const source = { LANG: 'ja_JP.SJIS', LC_ALL: 'de_DE.UTF-8', LC_CTYPE: 'C', LC_TIME: 'zh_CN.GBK' };
    const environment = commandEnvironment(source);
    expect(environment).toMatchObject({ LC_ALL: 'de_DE.UTF-8', LC_CTYPE: 'C' });
    expect(Object.keys(environment)).not.toEqual(expect.arrayContaining(['LANG']));
    expect(environment).not.toHaveProperty('LC_TIME');
  });

  test('nothing passes that changes what a command means or loads code into it', () => {
    const names = [
      [
        'BASH_ENV',
        'ENV',
        'BASH_FUNC_ls%%',
        'SHELLOPTS',
        'BASHOPTS',
        'POSIXLY_CORRECT',
        'PS4',
        'IFS',
        'CDPATH',
        'GLOBIGNORE',
      ],
      [
        'LD_PRELOAD',
        'LD_LIBRARY_PATH',
        'DYLD_INSERT_LIBRARIES',
        'NODE_OPTIONS',
        'NODE_PATH',
        'PYTHONPATH',
        'PYTHONSTARTUP',
      ],
      [
        'PERL5LIB',
        'PERL5OPT',
        'RUBYOPT',
        'RUBYLIB',
        'GIT_DIR',
        'GIT_SSH_COMMAND',
        'GIT_CONFIG_COUNT',
        'GIT_EXTERNAL_DIFF',
      ],
      ['LESSOPEN', 'LESS', 'GREP_OPTIONS', 'RIPGREP_CONFIG_PATH', 'npm_config_script_shell', 'TAR_OPTIONS', 'BROWSER'],
    ].flat();
    const environment = commandEnvironment(Object.fromEntries(names.map((name) => [name, 'x'])));
    expect(Object.keys(environment).filter((name) => names.includes(name))).toEqual([]);
  });

  test('a proxy passes when its address holds no credentials', () => {
    const source = { https_proxy: 'http://proxy:8080', http_proxy: 'http://user:secret@proxy:8080' };
    expect(commandEnvironment(source)).toMatchObject({ https_proxy: 'http://proxy:8080' });
    expect(commandEnvironment(source)).not.toHaveProperty('http_proxy');
  });

  test('an empty standard input', async () => {
    expect((await run({ command: 'read line || echo nothing to read' })).context).toBe('nothing to read\nexit code 0');
  });

  test('the workspace, or the folder it asks for', async () => {
    const workspace = await temporaryFolder();
    await mkdir(`${workspace}/sub`);
    expect((await run({ command: 'pwd -P' }, workspace)).context).toBe(`${workspace}\nexit code 0`);
    expect((await run({ command: 'pwd -P', cwd: 'sub' }, workspace)).context).toBe(`${workspace}/sub\nexit code 0`);
    expect((await run({ command: 'pwd -P', cwd: '/' }, workspace)).context).toBe('/\nexit code 0');
  });
});

describe('bad input', () => {
  test('a cwd that does not exist, or is a file, is an error and runs nothing', async () => {
    const workspace = await temporaryFolder();
    await writeFile(`${workspace}/file`, '');
    const missing = await failureOf(run({ command: 'touch ran', cwd: 'nowhere' }, workspace));
    expect(missing.message).toBe(
      `cwd "nowhere" does not exist (looked at ${workspace}/nowhere). The command was not run.`,
    );
    const file = await failureOf(run({ command: 'touch ran', cwd: 'file' }, workspace));
    expect(file.message).toContain('is not a folder');
    expect((await run({ command: 'ls' }, workspace)).context).toBe('file\nexit code 0');
  });

  test('a command that is too long for the system is an error that says so', async () => {
    const failure = await failureOf(run({ command: `true ${'x'.repeat(200_000)}` }));
    expect(failure.message).toMatch(/could not be run: .*E2BIG/);
  });

  test.each([
    ['no command', {}],
    ['an empty command', { command: '' }],
    ['a NUL in the command', { command: 'a\0b' }],
    ['a NUL in the folder', { command: 'a', cwd: 'b\0' }],
    ['a time-out over ten minutes', { command: 'a', timeoutMs: 600_001 }],
    ['a time-out of nothing', { command: 'a', timeoutMs: 0 }],
    ['a stranger', { command: 'a', env: {} }],
  ])('%s is refused', (_what, input) => {
    expect(bashTool.schema.safeParse(input).success).toBe(false);
  });

  test('the defaults are two minutes and the workspace', () => {
    expect(bashTool.schema.parse({ command: 'a' })).toEqual({ command: 'a', timeoutMs: 120_000, cwd: '.' });
  });
});

describe('permissions', () => {
  async function folderWith(name: string): Promise<string> {
    const workspace = await temporaryFolder();
    await mkdir(`${workspace}/${name}`);
    return workspace;
  }

  async function permissionsOf(input: { command: string; cwd?: string }, workspace: string) {
    const { ctx } = toolContext({ workspace });
    return permissionsOfCall(bashTool, bashTool.schema.parse(input), ctx);
  }

  test('a call touches its command, in its folder', async () => {
    const workspace = await folderWith('sub');
    const { subjects } = await permissionsOf({ command: 'npm test', cwd: 'sub/../sub' }, workspace);
    expect(subjects).toEqual([{ command: 'npm test', cwd: `${workspace}/sub` }]);
  });

  test('"always" covers each program with its harmless arguments, one rule for each', async () => {
    const { rules } = await permissionsOf({ command: String.raw`ls *.ts | grep '\.t'` }, await temporaryFolder());
    expect(rules).toEqual(['ls *', 'grep *'].map((command) => ({ tool: 'bash', params: { command } })));
  });

  test('"always" covers exactly the text of anything else: stars and backslashes are taken literally', async () => {
    const { rules } = await permissionsOf({ command: String.raw`ls *.ts > '\.t'` }, await temporaryFolder());
    expect(rules).toEqual({ tool: 'bash', params: { command: String.raw`ls \*.ts > '\\.t'` } });
  });

  test('"always" names the folder when it is not the workspace', async () => {
    const workspace = await folderWith('a[b]');
    const inside = await permissionsOf({ command: 'make', cwd: 'a[b]' }, workspace);
    expect(inside.rules).toEqual({ tool: 'bash', params: { command: 'make', cwd: String.raw`a\[b\]` } });
    const outside = await permissionsOf({ command: 'make', cwd: '/' }, workspace);
    expect(outside.rules).toEqual({ tool: 'bash', params: { command: 'make', cwd: '/' } });
    const root = await permissionsOf({ command: 'make', cwd: 'a[b]/..' }, workspace);
    expect(root.rules).toEqual({ tool: 'bash', params: { command: 'make' } });
  });

  test('"always" names a link with the folder it leads to', async () => {
    const workspace = await folderWith('real');
    await symlink('real', `${workspace}/link`);
    const { rules } = await permissionsOf({ command: 'make', cwd: 'link' }, workspace);
    expect(rules).toEqual({ tool: 'bash', params: { command: 'make', cwd: '{link,real}' } });
  });

  test.each([
    ['*', '.'],
    [String.raw`echo "a*" \* \' && rm -f x; cat <<'E'`, '.'],
    ['two\nlines', 'a {b,c} [d]'],
    ['git status', '/'],
  ])('the rule for %j in %s covers its own call', async (command, cwd) => {
    expect((await permissionsOf({ command, cwd }, await folderWith('a {b,c} [d]'))).coversItself).toBe(true);
  });

  test.each([
    ['a carriage return', 'rm -rf /\rls'],
    ['an escape', 'echo \u001b[2K'],
    ['a tab', 'a\tb'],
    ['a right-to-left override', 'echo \u202e'],
    ['a zero-width space', 'r\u200bm'],
    ['a no-break space', 'ls\u00a0-l'],
    ['an invisible letter', 'ls \u3164'],
    ['a line separator', 'ls\u2028rm'],
    ['a lone surrogate', 'ls \ud800'],
    ['a run of blanks', 'ls      ; rm x'],
    ['a run of empty lines', 'ls\n\n\n\nrm x'],
  ])('a command with %s cannot be made permanent', async (_what, command) => {
    expect((await permissionsOf({ command }, await temporaryFolder())).rules).toBeNull();
  });

  test('a command of several lines in any script can', async () => {
    const { rules } = await permissionsOf({ command: 'echo grüß\necho 日本' }, await temporaryFolder());
    expect(rules).toEqual({ tool: 'bash', params: { command: 'echo *' } });
  });
});
