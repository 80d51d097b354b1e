/** Child processes that end with their test, and waiting for facts with a limit that a busy machine does not reach. */
import { type ChildProcess, type ChildProcessByStdio, spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { onTestFinished, vi } from 'vitest';

/** Only what hangs takes this long; below the time limit of a test, so that the failure says what was waited for. */
export const PATIENCE_MS = 50_000;

/** Repeats `check` until it no longer throws, and returns what it returns. It may use `expect`. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: PATIENCE_MS, interval: 20 });
}

/** Kills a process with the test in which this is called, however that ends; with `group`, its process group. */
export function endsWithTest<P extends ChildProcess>(child: P, { group = false } = {}): P {
  onTestFinished(async () => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'close');
    if (group) process.kill(-child.pid, 'SIGKILL');
    else child.kill('SIGKILL');
    await gone;
  });
  return child;
}

/** Starts Node with these arguments; standard error is that of the tests. Ends with the test. */
export function nodeProcess(...args: readonly string[]): ChildProcessByStdio<null, Readable, null> {
  return endsWithTest(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] }));
}

export interface ProcessEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; one that hangs is killed before the time limit of the test. */
export async function runToEnd(
  file: string,
  args: readonly string[],
  options: Pick<SpawnOptions, 'cwd' | 'env'> = {},
): Promise<ProcessEnd> {
  const child = spawn(file, args, {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: PATIENCE_MS,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const [status, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]; // as Node documents it
  return { status, signal, stdout, stderr };
}

/** Runs Node on the text of a module to its end. */
export const runModule = (source: string, args: readonly string[] = [], options: Pick<SpawnOptions, 'env'> = {}) =>
  runToEnd(process.execPath, ['--input-type=module-typescript', '--eval', source, ...args], options);

/** Resolves with all that a stream has said once that matches; rejects when the stream ends before. */
export async function said(stream: Readable, wanted: RegExp): Promise<string> {
  let heard = '';
  const found = Promise.withResolvers<void>();
  const listen = (chunk: Buffer) => {
    heard += chunk.toString();
    if (wanted.test(heard)) found.resolve();
  };
  stream.on('data', listen);
  stream.once('close', () => found.reject(new Error(`The stream ended without ${wanted}. It said: ${heard}`)));
  await found.promise;
  stream.off('data', listen);
  return heard;
}
