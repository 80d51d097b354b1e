/** A program that does nothing until it is on record. FAILURES: "339 orphan processes, 42 GB". */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ToolError } from '../../src/errors.ts';
import type { ProcessIdentity, ToolEffect } from '../../src/events.ts';
import { bashTool } from '../../src/tools/bash.ts';
import { runInGroup, type GroupRun } from '../../src/tools/process-group.ts';
import { identityOf, isAlive } from '../../src/tools/process-identity.ts';
import { processesIn } from '../cli/cli.ts';
import { temporaryFolder, toolContext } from './context.ts';
import { heardSteps } from './steps.ts';

const PATH = process.env.PATH ?? '';

/** Runs a program that is recorded, and gives what it wrote. */
async function run(file: string, args: readonly string[], options: Partial<GroupRun> = {}) {
  const output = { stdout: '', stderr: '', report: '' };
  const recorded: ProcessIdentity[] = [];
  const end = await runInGroup({
    file,
    args,
    cwd: '/',
    env: { PATH },
    signal: new AbortController().signal,
    timeoutMs: 60_000,
    onOutput: (text, stream) => {
      output[stream] += text;
    },
    onSpawn: (identity) => void recorded.push(identity),
    ...options,
  });
  return { ...end, ...output, recorded };
}

const node = (script: string, options: Partial<GroupRun> = {}) => run(process.execPath, ['-e', script], options);
const bash = (script: string, options: Partial<GroupRun> = {}) =>
  run('bash', ['--noprofile', '--norc', '-c', script], options);

describe('a recorded process is the program itself', () => {
  test('its id and its start are those on record', async () => {
    const controller = new AbortController();
    const seen: (ProcessIdentity | undefined)[] = [];
    const { recorded } = await bash('echo $$; sleep 60', {
      signal: controller.signal,
      onOutput: (text) => {
        seen.push(identityOf(Number(text)));
        controller.abort();
      },
    });
    expect(recorded).toHaveLength(1);
    expect(seen).toEqual(recorded);
    expect(recorded.map(isAlive)).toEqual([false]);
  });

  test('its environment is the given one to the letter', async () => {
    const env = {
      'A B': ' two\nlines=',
      '-u': 'x',
      'BASH_FUNC_ls%%': '() { echo hijacked; }',
      PATH: '/usr/bin:/bin',
      _: '',
      E: '',
    };
    const { stdout } = await node('process.stdout.write(JSON.stringify(process.env))', { env });
    expect(JSON.parse(stdout)).toEqual(env);
    const { stdout: empty } = await node('process.stdout.write(JSON.stringify(process.env))', { env: {} });
    expect(JSON.parse(empty)).toEqual({});
  });

  test('its arguments are the given ones, whatever they look like', async () => {
    const args = [
      '-e',
      'process.stdout.write(JSON.stringify(process.argv.slice(1)))',
      '--',
      'A=1',
      '-i',
      '',
      '$(id)',
      '\'\n"',
    ];
    expect(JSON.parse((await run(process.execPath, args)).stdout)).toEqual(['A=1', '-i', '', '$(id)', '\'\n"']);
  });

  test('it runs in the given folder, and its input is empty', async () => {
    const cwd = await temporaryFolder();
    expect((await bash('pwd -P; cat; echo end', { cwd })).stdout).toBe(`${cwd}\nend\n`);
  });

  test.runIf(process.platform === 'linux')('it has those files open that it would have unrecorded', async () => {
    const list = 'cd /proc/$$/fd; echo *; readlink 0';
    const files = async (onSpawn: Pick<GroupRun, 'onSpawn'>) => {
      let listed = '';
      const [file, args, cwd] = ['bash', ['--norc', '-c', list], '/'] as const;
      const signal = new AbortController().signal;
      const onOutput = (text: string) => void (listed += text);
      await runInGroup({ file, args, cwd, env: { PATH }, signal, timeoutMs: 60_000, onOutput, ...onSpawn });
      return listed;
    };
    const unrecorded = await files({});
    expect(unrecorded).toMatch(/\n\/dev\/null\n$/);
    expect(await files({ onSpawn: () => undefined })).toBe(unrecorded);
  });

  test('exit code, signal and the report on descriptor 3 pass through', async () => {
    expect(await bash('exit 7')).toMatchObject({ exitCode: 7, signal: null });
    expect(await bash('kill -SEGV $$')).toMatchObject({ exitCode: null, signal: 'SIGSEGV' });
    const reports: string[] = [];
    const { stdout } = await bash('echo out; echo told >&3', { onReport: (text) => void reports.push(text) });
    expect({ stdout, reports }).toEqual({ stdout: 'out\n', reports: ['told\n'] });
  });
});

describe('before it is on record', () => {
  test('nothing runs, and the steps are passed in their order', async () => {
    const heard = heardSteps();
    const ran = join(await temporaryFolder(), 'ran');
    const before: unknown[] = [];
    await bash(`touch '${ran}'`, { onSpawn: () => void before.push(existsSync(ran), [...heard]) });
    expect(before).toEqual([false, ['afterProcessSpawn']]);
    expect(heard).toEqual(['afterProcessSpawn', 'afterProcessRecord']);
    expect(existsSync(ran)).toBe(true);
  });

  test('what cannot be recorded never runs, and leaves no process', async () => {
    const ran = join(await temporaryFolder(), 'ran');
    const met: ProcessIdentity[] = [];
    const onSpawn = (identity: ProcessIdentity) => {
      met.push(identity);
      throw new Error('no record');
    };
    await expect(bash(`touch '${ran}'`, { onSpawn })).rejects.toThrow('no record');
    expect(met.map(isAlive)).toEqual([false]);
    expect(existsSync(ran)).toBe(false);
  });

  test.each(['afterProcessSpawn', 'afterProcessRecord'])(
    '%s: killed there, it never runs and is gone',
    async (step) => {
      const folder = await temporaryFolder();
      const script = `
      import { subscribe } from 'node:diagnostics_channel';
      import { runInGroup } from ${JSON.stringify(import.meta.resolve('../../src/tools/process-group.ts'))};
      subscribe('greenroom:fault-point', (step) => { if (step === '${step}') process.kill(process.pid, 'SIGKILL'); });
      await runInGroup({ file: 'bash', args: ['-c', 'touch ran; sleep 60'], cwd: ${JSON.stringify(folder)},
        env: { PATH: process.env.PATH }, signal: new AbortController().signal, timeoutMs: 60_000,
        onOutput: () => {}, onSpawn: () => {} });`;
      const host = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      expect(await once(host, 'exit')).toEqual([null, 'SIGKILL']);
      await expect.poll(() => processesIn(folder), { timeout: 60_000 }).toEqual([]);
      expect(existsSync(join(folder, 'ran'))).toBe(false);
    },
  );

  test('a program that cannot be started is an error, and no record', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'text'), 'no program', { mode: 0o644 });
    const recorded: unknown[] = [];
    const onSpawn = (identity: ProcessIdentity) => void recorded.push(identity);
    await expect(run('no-such-program', [], { onSpawn })).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(run(join(folder, 'none'), [], { onSpawn })).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(run(join(folder, 'text'), [], { onSpawn })).rejects.toMatchObject({ code: 'EACCES' });
    await expect(run(folder, [], { onSpawn })).rejects.toMatchObject({ code: 'EACCES' });
    await expect(run('A=1', [], { onSpawn })).rejects.toMatchObject({ code: 'EINVAL' });
    expect(recorded).toEqual([]);
  });
});

describe('the tool bash', () => {
  test('records the process of its command', async () => {
    const effects: ToolEffect[] = [];
    const { ctx } = toolContext({
      workspace: await temporaryFolder(),
      effect: (effect) => void effects.push(effect),
    });
    const { result } = await bashTool.execute(bashTool.schema.parse({ command: 'echo $$' }), ctx);
    expect(effects).toMatchObject([{ kind: 'process', process: { pid: Number(result?.stdout) } }]);
  });

  test('runs no command that it cannot record, and says why in the words of the record', async () => {
    const workspace = await temporaryFolder();
    const effect = () => {
      throw new ToolError('There is no record.', { status: 'cancelled' });
    };
    const { ctx } = toolContext({ workspace, effect });
    const call = bashTool.execute(bashTool.schema.parse({ command: 'touch ran' }), ctx);
    await expect(call).rejects.toMatchObject({ message: 'There is no record.', status: 'cancelled' });
    expect(existsSync(join(workspace, 'ran'))).toBe(false);
  });
});
