/** The sandbox as the kernel really makes it. Needs bubblewrap; without it these tests say why they did not run. */
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ToolError } from '../../../src/errors.ts';
import type { ToolEffect } from '../../../src/events.ts';
import { createBashTool, type BashResult } from '../../../src/tools/bash.ts';
import type { BashToolOptions } from '../../../src/tools/bash-options.ts';
import { endOrphan } from '../../../src/tools/orphans.ts';
import { checkSandbox } from '../../../src/tools/sandbox/bwrap-program.ts';
import { processesIn } from '../../cli/cli.ts';
import { temporaryFolder, toolContext } from '../context.ts';

const check = await checkSandbox();
if (!check.available) console.warn(`Not run: the tests of the real sandbox, because ${check.reason}.`);

interface RunOptions extends BashToolOptions {
  readonly workspace?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

async function run(command: string, options: RunOptions = {}): Promise<BashResult & { readonly context: string }> {
  const { workspace = await temporaryFolder(), timeoutMs = 60_000, signal, ...tool } = options;
  const bash = createBashTool({ sandbox: 'bwrap', ...tool });
  const { ctx } = toolContext({ workspace, ...(signal === undefined ? {} : { signal }) });
  const { context, result } = await bash.execute(bash.schema.parse({ command, timeoutMs }), ctx);
  if (result === undefined) throw new Error('no result');
  return { ...result, context: typeof context === 'string' ? context : '' };
}

async function failureOf(call: Promise<unknown>): Promise<ToolError> {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof ToolError) return outcome;
  throw new Error('the call did not end with a ToolError', { cause: outcome });
}

/** A workspace with a repository that has one commit. */
async function repository(): Promise<string> {
  const workspace = await temporaryFolder();
  execFileSync('git', ['init', '--quiet', workspace]);
  execFileSync('git', ['-C', workspace, 'config', 'user.email', 'a@example.org']);
  execFileSync('git', ['-C', workspace, 'config', 'user.name', 'A']);
  return workspace;
}

function homeIs(home: string): void {
  const before = process.env['HOME'];
  process.env['HOME'] = home;
  onTestFinished(() => {
    process.env['HOME'] = before;
  });
}

describe.runIf(check.available)('what a command can write', () => {
  test('the workspace, and a /tmp that is empty and its own', async () => {
    const workspace = await temporaryFolder();
    const { exitCode, stdout } = await run('echo a > made; echo b > /tmp/scratch; cat made /tmp/scratch', {
      workspace,
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'a\nb\n' });
    expect(await readFile(join(workspace, 'made'), 'utf8')).toBe('a\n');
    expect(existsSync('/tmp/scratch')).toBe(false);
  });

  test('nothing else: not the home, not a neighbour of the workspace, not the system', async () => {
    const [parent, home] = [await temporaryFolder(), await temporaryFolder()];
    homeIs(home);
    const workspace = join(parent, 'ws');
    await mkdir(workspace);
    for (const target of [join(home, 'x'), join(parent, 'x'), '/etc/x', '/usr/x', '/dev/x/y', '/proc/sys/kernel/x']) {
      await run(`echo bad > '${target}'; true`, { workspace });
      expect(existsSync(target), target).toBe(false);
    }
    expect((await run(`echo bad > '${home}/x'`, { workspace })).stderr).toContain('Read-only file system');
  });

  test('even as root it has no capability to mount its way out', async () => {
    const { stdout, stderr } = await run('grep CapEff /proc/self/status; mount -o remount,rw,bind / && echo out');
    expect(stdout).toMatch(/^CapEff:\s+0000000000000000\n$/);
    expect(stderr).not.toBe('');
  });

  test('a workspace with blanks, a leading dash and a line feed in its name works, and so does cwd', async () => {
    const workspace = join(await temporaryFolder(), '- a "b"\n$(c)');
    await mkdir(join(workspace, '--bind'), { recursive: true });
    const bash = createBashTool({ sandbox: 'bwrap' });
    const { ctx } = toolContext({ workspace });
    await bash.execute(bash.schema.parse({ command: 'echo x > file', cwd: '--bind' }), ctx);
    expect(await readFile(join(workspace, '--bind/file'), 'utf8')).toBe('x\n');
  });

  test('the whole disk as a workspace is refused', async () => {
    expect((await failureOf(run('true', { workspace: '/' }))).message).toContain('nothing a sandbox could protect');
  });
});

describe.runIf(check.available)('protected paths', () => {
  test.each([
    ['echo x > .git/hooks/pre-commit'],
    ['echo x >> .git/config'],
    ['git config core.fsmonitor ./evil'],
    ['rm -rf .git/hooks'],
    ['mv .git/hooks .git/old'],
    // Moving the folder around a mount away and putting another in its place.
    ['cp -r .git copy && mv .git old && mv copy .git'],
    ['rm .git/config'],
    ['ln .git/config alias && echo x >> alias'],
    ['mkdir -p .git/modules/m/hooks'],
    ['mkdir .greenroom; echo {} > .greenroom/policy.json'],
    ['echo x > secret.txt'],
    ['mv folder other'],
    ['echo x > not-yet'],
    ['mkdir -p deep/er/folder'],
  ])('%s is refused', async (command) => {
    const workspace = await repository();
    await mkdir(join(workspace, 'folder'));
    await writeFile(join(workspace, 'folder/inside'), 'safe');
    await writeFile(join(workspace, 'secret.txt'), 'safe');
    const before = await contents(workspace);
    const { exitCode } = await run(command, {
      workspace,
      protect: ['secret.txt', 'folder/inside', 'not-yet', 'deep/er/folder/'],
    });
    expect(exitCode).not.toBe(0);
    const after = await contents(workspace);
    for (const [name, text] of Object.entries(before)) expect(after[name], name).toBe(text);
    for (const name of ['.git/hooks/pre-commit', '.git/modules', '.greenroom', 'not-yet', 'deep']) {
      expect(existsSync(join(workspace, name)), name).toBe(false);
    }
  });

  test('git itself works: a commit goes through, and no stand-in is left behind', async () => {
    const workspace = await repository();
    const before = await readdir(join(workspace, '.git'));
    const { exitCode, stdout } = await run('echo a > a && git add a && git commit -qm one && git log --format=%s', {
      workspace,
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'one\n' });
    const extra = (await readdir(join(workspace, '.git'))).filter((name) => !before.includes(name));
    expect(extra.toSorted()).toEqual(['COMMIT_EDITMSG', 'index', 'logs']);
    expect((await readdir(workspace)).toSorted()).toEqual(['.git', 'a']);
  });

  test('a folder without a repository gets none, and stays clean', async () => {
    const workspace = await temporaryFolder();
    expect((await run('git init', { workspace })).exitCode).not.toBe(0);
    expect(await readdir(workspace)).toEqual([]);
  });

  test('a file by which git looks elsewhere for its hooks is moved aside, and the model is told', async () => {
    const workspace = await repository();
    const { context } = await run('mkdir -p x && echo ../x > .git/commondir', { workspace });
    expect(existsSync(join(workspace, '.git/commondir'))).toBe(false);
    expect(context).toMatch(/Taken away, because no command may make it: .*commondir\.taken-away-/);
  });

  test('a protected link that a command replaces is put back', async () => {
    const workspace = await temporaryFolder();
    await mkdir(join(workspace, 'real'));
    await symlink('real', join(workspace, '.greenroom'));
    await run('rm .greenroom; mkdir .greenroom; echo {} > .greenroom/policy.json; echo {} > real/x', { workspace });
    expect(await readlink(join(workspace, '.greenroom'))).toBe('real');
    expect(await readdir(join(workspace, 'real'))).toEqual([]);
  });

  test('two commands at once share the stand-ins: the end of the first uncovers nothing', async () => {
    const workspace = await temporaryFolder();
    const wait = 'touch on; until [ -e go ]; do read -t 0.02 < /dev/zero; done';
    const second = run(`${wait}; mkdir -p .greenroom && echo {} > .greenroom/policy.json`, { workspace });
    await expect.poll(() => existsSync(join(workspace, 'on')), { timeout: 60_000 }).toBe(true);
    await run('true', { workspace });
    await writeFile(join(workspace, 'go'), '');
    expect((await second).exitCode).not.toBe(0);
    expect((await readdir(workspace)).toSorted()).toEqual(['go', 'on']);
  });

  test('what a human puts at a protected path meanwhile stays', async () => {
    const workspace = await temporaryFolder();
    const waiting = run('until [ -e go ]; do read -t 0.02 < /dev/zero; done', { workspace });
    await expect.poll(() => existsSync(join(workspace, '.greenroom')), { timeout: 60_000 }).toBe(true);
    await writeFile(join(workspace, '.greenroom/policy.json'), '{}');
    await writeFile(join(workspace, 'go'), '');
    await waiting;
    expect(await readFile(join(workspace, '.greenroom/policy.json'), 'utf8')).toBe('{}');
  });

  test('keys and credentials of the home cannot be seen, start-up files can only be read', async () => {
    const [workspace, home] = [await temporaryFolder(), await temporaryFolder()];
    homeIs(home);
    const secrets = ['.ssh/id', '.aws/credentials', '.gnupg/key', '.npmrc', '.local/state/greenroom/journal'];
    for (const name of [...secrets, '.bashrc']) {
      await mkdir(dirname(join(home, name)), { recursive: true });
      await appendFile(join(home, name), `text of ${name}\n`);
    }
    const { stdout } = await run(`cd ~; cat ${secrets.join(' ')} .bashrc; echo bad >> .bashrc; echo bad > .ssh/x`, {
      workspace,
    });
    expect(stdout).toBe('text of .bashrc\n');
    expect(await readFile(join(home, '.bashrc'), 'utf8')).toBe('text of .bashrc\n');
    expect(await readdir(join(home, '.ssh'))).toEqual(['id']);
  });
});

describe.runIf(check.available)('network', () => {
  test.each([
    [false, 'refused'],
    [true, 'reached'],
  ])('with network %s a server of this machine is %s', async (network, outcome) => {
    const server = createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const command = `(exec 3<>/dev/tcp/127.0.0.1/${address.port} && cat <&3 && echo " reached") || echo refused`;
    expect((await run(command, { network })).stdout).toContain(outcome);
  });

  test('a command has a loopback of its own: a server and its client in one command work', async () => {
    const script = `const s=require('net').createServer(c=>c.end('pong')).listen(0,'127.0.0.1',()=>require('net').connect(s.address().port,'127.0.0.1').on('data',d=>{console.log(String(d));s.close()}))`;
    const { stdout } = await run(`'${process.execPath}' -e "${script}"`);
    expect(stdout).toBe('pong\n');
  });

  test('sockets of the machine in /run and /tmp are out of reach', async () => {
    const folder = await temporaryFolder();
    const server = createServer().listen(join(folder, 'socket'));
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    expect((await run(`ls '${folder}' /run`)).stdout).toBe('/run:\n');
  });
});

describe.runIf(check.available)('how a command ends', () => {
  test.each([0, 1, 3, 127, 255])('exit code %i passes through', async (code) => {
    expect((await run(`exit ${code}`)).exitCode).toBe(code);
  });

  test('a signal ends the shell as 128 and its number, without words of another shell', async () => {
    expect(await run('kill -SEGV $$')).toMatchObject({ exitCode: 139, signal: null, stderr: '' });
  });

  test('output that a process substitution still writes is not lost', async () => {
    expect((await run('echo late > >(read -t 0.05 < /dev/zero; cat)')).stdout).toBe('late\n');
  });

  test('background processes die, also in a session of their own, and the model is told', async () => {
    const workspace = await temporaryFolder();
    const { context } = await run(
      'setsid sleep 60 & sleep 60 & until pgrep -cx sleep | grep -q 2; do :; done; echo on',
      {
        workspace,
      },
    );
    expect(context).toContain('on\nexit code 0\nStopped with the command: 2 processes');
    expect(processesIn(workspace)).toEqual([]);
  });

  test('a timeout ends everything, with the output so far', async () => {
    const workspace = await temporaryFolder();
    const command = "trap '' TERM; setsid sleep 60 & echo so far; while :; do read -t 1 < /dev/zero; done";
    const failure = await failureOf(run(command, { workspace, timeoutMs: 3000 }));
    expect(failure.message).toContain('ended after 3000 ms');
    expect(failure.message).toContain('so far');
    expect(processesIn(workspace)).toEqual([]);
    expect(await readdir(workspace)).toEqual([]);
  });

  test('an abort ends everything, and leaves no stand-in', async () => {
    const workspace = await temporaryFolder();
    const controller = new AbortController();
    const running = run('touch here; setsid sleep 60 & sleep 60', { workspace, signal: controller.signal });
    await expect.poll(() => existsSync(join(workspace, 'here')), { timeout: 60_000 }).toBe(true);
    controller.abort();
    expect((await failureOf(running)).status).toBe('cancelled');
    expect(processesIn(workspace)).toEqual([]);
    expect(await readdir(workspace)).toEqual(['here']);
  });

  test('the process on record is the sandbox: a later process that ends it ends all that is inside', async () => {
    const workspace = await temporaryFolder();
    const bash = createBashTool({ sandbox: 'bwrap' });
    const effects: ToolEffect[] = [];
    const { ctx } = toolContext({ workspace, effect: (effect) => void effects.push(effect) });
    const running = bash.execute(bash.schema.parse({ command: 'touch on; setsid sleep 60 & sleep 60' }), ctx);
    await expect.poll(() => existsSync(join(workspace, 'on')), { timeout: 60_000 }).toBe(true);
    const [effect] = effects;
    if (effect?.kind !== 'process') throw new Error('no process was recorded');
    expect(await endOrphan(effect.process)).toBe('ended');
    expect(processesIn(workspace)).toEqual([]);
    expect((await running).context).toContain('ended by signal SIGKILL');
  });

  test('node and npm run inside', async () => {
    const workspace = await temporaryFolder();
    const scripts = { hello: 'node -p "6 * 7"' };
    await writeFile(join(workspace, 'package.json'), JSON.stringify({ name: 'x', version: '1.0.0', scripts }));
    const { exitCode, stdout } = await run('npm run --silent hello', { workspace });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '42\n' });
  });
});

test('a tool without options has no sandbox', async () => {
  const workspace = await temporaryFolder();
  const outside = await temporaryFolder();
  await run(`echo x > '${outside}/x'`, { workspace, sandbox: 'none' });
  expect(await readdir(outside)).toEqual(['x']);
});

test('auto runs the command, and warns once where there is no sandbox', async () => {
  const warnings: string[] = [];
  const bash = createBashTool({ sandbox: 'auto', warn: (message) => warnings.push(message) });
  const { ctx } = toolContext({ workspace: await temporaryFolder() });
  for (const _ of [1, 2]) {
    const { result } = await bash.execute(bash.schema.parse({ command: 'echo ran' }), ctx);
    expect(result?.stdout).toBe('ran\n');
  }
  expect(warnings).toHaveLength(check.available ? 0 : 1);
});

test.each([[{ sandbox: 'docker' }], [{ network: 'yes' }], [{ protect: [''] }], [{ sandBox: 'none' }]])(
  'options %j are refused',
  (options) => {
    expect(() => createBashTool(options as BashToolOptions)).toThrow(/createBashTool\(\): /);
  },
);

/** Every file below a folder by name. */
async function contents(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    found[path.slice(folder.length + 1)] = await readFile(path, 'utf8');
  }
  return found;
}
