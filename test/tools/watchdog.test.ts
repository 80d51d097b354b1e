import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventually, nodeProcess } from '../support/processes.ts';

/** A zombie has ended; whether somebody has collected it depends on the machine's first process. */
const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    return process.platform !== 'linux' && (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
};

/** Starts a process that runs a command in the background of a bash call and prints that command's pid. */
async function startRunner() {
  const script = `
    import { runInGroup } from '${new URL('../../src/tools/process-group.ts', import.meta.url).href}';
    await runInGroup({
      file: 'bash', args: ['--noprofile', '--norc', '-c', 'sleep 600 & echo $!; wait'], cwd: '/', env: { PATH: process.env.PATH },
      signal: new AbortController().signal, timeoutMs: 600_000, onOutput: (text) => process.stdout.write(text),
    });`;
  const runner = nodeProcess('--input-type=module', '-e', script);
  const [text] = (await once(runner.stdout, 'data')) as [Buffer];
  return { runner, sleeper: Number(String(text).trim()) };
}

describe('the watchdog', () => {
  it('ends what a run started when this process is killed with SIGKILL (elsewhere: 339 orphan processes)', async () => {
    const { runner, sleeper } = await startRunner();
    expect(isAlive(sleeper)).toBe(true);
    runner.kill('SIGKILL');
    await once(runner, 'exit');
    await eventually(() => expect(isAlive(sleeper)).toBe(false));
  });
});
