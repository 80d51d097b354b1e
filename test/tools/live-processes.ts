/** Real processes to be ended, and whether they were. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';

/** True while the process runs; a zombie that nobody has reaped does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !isZombie(pid);
}

function isZombie(pid: number): boolean {
  try {
    return /\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return process.platform === 'linux';
  }
}

export function pidsIn(text: string): readonly number[] {
  return (text.match(/\d+/g) ?? []).map(Number);
}

/**
 * Starts a script that prints the ids of its processes on one line, in a session of its own unless `detached` is false.
 * What is left of it is killed after the test.
 */
export async function startScript(script: string, { detached = true } = {}) {
  const child = spawn('bash', ['--noprofile', '--norc', '-c', script], {
    detached,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  /** Ends the script's input, and waits for the end of a leader that waited for that. */
  const release = async () => {
    child.stdin.end();
    await exited;
  };
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const pids = pidsIn(String(line));
  onTestFinished(() => {
    for (const pid of pids) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
  });
  return { leader: child.pid ?? 0, pids, release };
}
