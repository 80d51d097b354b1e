import { getEventListeners } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { runInGroup, type GroupEnd, type GroupRun } from '../../src/tools/process-group.ts';
import { liveMembers } from '../../src/tools/process-session.ts';
import { temporaryFolder } from './context.ts';
import { isRunning, pidsIn } from './live-processes.ts';

/** Longer than any test, so that only the end of the run can end the sleeper. */
const SLEEP = 'sleep 600';
const env = { PATH: process.env.PATH ?? '' };

interface Ran {
  readonly end: GroupEnd;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(script: string, options: Partial<GroupRun> = {}): Promise<Ran> {
  const output = { stdout: '', stderr: '' };
  const end = await runInGroup({
    file: 'bash',
    args: ['--noprofile', '--norc', '-c', script],
    cwd: '/',
    env,
    signal: new AbortController().signal,
    timeoutMs: 60_000,
    graceMs: 100,
    onOutput: (text, stream) => {
      output[stream] += text;
    },
    ...options,
  });
  return { end, ...output };
}

/** Runs a script that prints process ids, and aborts once it has said `ready`. */
async function abortWhenReady(script: string): Promise<Ran> {
  const controller = new AbortController();
  let stdout = '';
  const ran = await run(script, {
    signal: controller.signal,
    onOutput: (text) => {
      stdout += text;
      if (stdout.includes('ready')) controller.abort();
    },
  });
  return { ...ran, stdout };
}

// FAILURES: "tools kept running after stop; 339 orphan processes, 42 GB".
describe('nothing of a run survives', () => {
  test('an abort ends the leader and its background grandchildren', async () => {
    const { end, stdout } = await abortWhenReady(
      `echo $$; (echo $BASHPID; ${SLEEP} & echo $!; ${SLEEP} & echo $!; echo ready; wait) & wait`,
    );
    expect(end.endedBy).toBe('abort');
    expect(pidsIn(stdout)).toHaveLength(4);
    expect(pidsIn(stdout).filter(isRunning)).toEqual([]);
  });

  test('a process that ignores SIGTERM gets SIGKILL', async () => {
    const { end, stdout } = await abortWhenReady(`trap '' TERM; echo $$; ${SLEEP} & echo $!; echo ready; wait`);
    expect(end).toMatchObject({ endedBy: 'abort', exitCode: null, signal: 'SIGKILL', survivors: 0 });
    expect(pidsIn(stdout).filter(isRunning)).toEqual([]);
  });

  test('a process gets the chance to clean up before it is killed', async () => {
    const { end, stdout } = await abortWhenReady(`trap 'echo cleaned; exit 3' TERM; echo ready; ${SLEEP} & wait`);
    expect(end).toMatchObject({ endedBy: 'abort', exitCode: 3 });
    expect(stdout).toContain('cleaned');
  });

  test('a time-out ends the group and keeps the output', async () => {
    const { end, stdout } = await run(`echo $$; ${SLEEP} & echo $!; wait`, { timeoutMs: 3000 });
    expect(end.endedBy).toBe('timeout');
    expect(pidsIn(stdout)).toHaveLength(2);
    expect(pidsIn(stdout).filter(isRunning)).toEqual([]);
  });

  test('background processes that outlive the shell are ended and counted', async () => {
    const { end, stdout } = await run(`${SLEEP} & echo $!; ${SLEEP} & echo $!; exit 7`);
    expect(end).toMatchObject({ endedBy: 'exit', exitCode: 7, leftovers: 2, survivors: 0 });
    expect(pidsIn(stdout).filter(isRunning)).toEqual([]);
  });

  test.runIf(process.platform === 'linux')('one that moved to a process group of its own is ended too', async () => {
    const { end, stdout } = await run(`set -m; ${SLEEP} & echo $!; timeout 60 ${SLEEP} & echo $!`);
    expect(end.leftovers).toBeGreaterThanOrEqual(2);
    expect(pidsIn(stdout).filter(isRunning)).toEqual([]);
  });

  test('one that finishes by itself right after the shell is left to finish', async () => {
    const { end, stdout } = await run('echo through > >(cat)');
    expect(end).toMatchObject({ exitCode: 0, leftovers: 0 });
    expect(stdout).toBe('through\n');
  });

  test('a process exit in the middle of a run kills the run', async () => {
    const folder = await temporaryFolder();
    const host = `${folder}/host.ts`;
    const group = new URL('../../src/tools/process-group.ts', import.meta.url).href;
    await writeFile(
      host,
      `import { runInGroup } from ${JSON.stringify(group)};
      void runInGroup({ file: 'bash', args: ['-c', 'trap "" TERM; echo $$; ${SLEEP} & echo $!; echo ready; wait'], cwd: '/', env: ${JSON.stringify(env)},
        signal: new AbortController().signal, timeoutMs: 60000,
        onOutput: (text) => { process.stdout.write(text); if (text.includes('ready')) process.exit(0); } });`,
    );
    const { end, stdout } = await run(`${JSON.stringify(process.execPath)} ${JSON.stringify(host)}`);
    expect(end.exitCode).toBe(0);
    expect(stdout).toContain('ready');
    const [leader = 0] = pidsIn(stdout);
    await expect.poll(() => liveMembers(leader)).toEqual([]);
  });
});

describe('output', () => {
  test('a character that is split across two writes arrives whole', async () => {
    const { stdout } = await run(
      `printf '\\xf0\\x9f'; sleep 0.1; printf '\\x98\\x80|'; printf '\\xc3'; sleep 0.1; printf '\\xa9'`,
    );
    expect(stdout).toBe('😀|é');
  });

  test('both streams are told apart', async () => {
    expect(await run('echo out; echo err >&2')).toMatchObject({ stdout: 'out\n', stderr: 'err\n' });
  });

  test('a big last write of a shell that exits at once is read to the end', async () => {
    const { stdout } = await run('head -c 3000000 /dev/zero | tr "\\0" x; printf end');
    expect(stdout).toHaveLength(3_000_003);
    expect(stdout.endsWith('end')).toBe(true);
  });

  test.runIf(process.platform === 'linux')(
    'a stranger that keeps the pipe open does not keep the run open',
    async () => {
      const { end, stdout } = await run(`setsid ${SLEEP} & echo $!`);
      try {
        expect(end).toMatchObject({ endedBy: 'exit', exitCode: 0 });
      } finally {
        for (const pid of pidsIn(stdout)) process.kill(pid, 'SIGKILL');
      }
    },
  );

  test('a listener that throws ends the run, and its error is what the caller gets', async () => {
    let leader = 0;
    const running = run(`echo $$; ${SLEEP}`, {
      onOutput: (text) => {
        leader = Number(text);
        throw new Error('the listener broke');
      },
    });
    await expect(running).rejects.toThrow('the listener broke');
    expect(leader).toBeGreaterThan(0);
    expect(isRunning(leader)).toBe(false);
  });
});

describe('start and end', () => {
  test('an aborted signal starts nothing', async () => {
    const { end, stdout } = await run('echo started', { signal: AbortSignal.abort() });
    expect(end).toMatchObject({ endedBy: 'abort', durationMs: 0 });
    expect(stdout).toBe('');
  });

  test('a program that does not exist is an error', async () => {
    await expect(run('', { file: 'no-such-program' })).rejects.toThrow(/ENOENT/);
  });

  test('the input is empty', async () => {
    expect(await run('cat; echo end of input')).toMatchObject({ stdout: 'end of input\n' });
  });

  test('the environment is the given one and no more', async () => {
    const { stdout } = await run('env', { env: { PATH: env.PATH, ONLY: 'this' } });
    const names = stdout.match(/^\w+(?==)/gm) ?? [];
    // Bash adds some of its own.
    const ofBash = ['PWD', 'SHLVL', '_', 'OLDPWD'];
    expect(new Set(names.filter((name) => !ofBash.includes(name)))).toEqual(new Set(['ONLY', 'PATH']));
  });

  test('a run leaves no listener behind', async () => {
    const controller = new AbortController();
    const before = process.listenerCount('exit');
    await Promise.all([run('true', { signal: controller.signal }), run('true', { signal: controller.signal })]);
    expect(process.listenerCount('exit')).toBe(before);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });
});
