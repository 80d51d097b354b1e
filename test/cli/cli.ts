/** Runs the command line as its users do: as a process of its own. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

const state = mkdtempSync(join(tmpdir(), 'greenroom-state-'));
process.on('exit', () => rmSync(state, { recursive: true, force: true }));

export interface CliEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Arguments of node itself. */
  readonly node?: readonly string[];
}

export interface CliProcess {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** Resolves when the process has ended and its output is read. */
  readonly end: Promise<CliEnd>;
}

/** Starts `greenroom` without a terminal and without any key of ours. */
export function start(args: readonly string[], { env = {}, cwd, node = [] }: CliOptions = {}): CliProcess {
  const child = spawn(process.execPath, [...node, MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // no policy file of whoever runs the tests may decide them, and no run of theirs is recorded among his
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      XDG_CONFIG_HOME: '/nonexistent',
      XDG_STATE_HOME: state,
      CI: '1',
      // starts are halved where sources were compiled before
      ...(process.env['NODE_COMPILE_CACHE'] === undefined
        ? {}
        : { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] }),
      ...env,
    },
    ...(cwd === undefined ? {} : { cwd }),
  });
  const closed = once(child, 'close');
  const end = (async () => {
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
    return { code: child.exitCode, stdout, stderr };
  })();
  return { child, end };
}

/** Runs `greenroom` to its end. */
export async function greenroom(args: readonly string[], options: CliOptions = {}): Promise<CliEnd> {
  return await start(args, options).end;
}

/** A folder that is removed at the end of the block. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'greenroom-cli-')));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Ids of processes that work in a folder. */
export function processesIn(folder: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
      } catch {
        return false; // no process, or one that has just ended
      }
    });
}

/** Resolves when a stream has said something that matches. */
export async function said(stream: Readable, wanted: RegExp): Promise<void> {
  let heard = '';
  const found = Promise.withResolvers<void>();
  const listen = (chunk: Buffer) => {
    heard += chunk.toString();
    if (wanted.test(heard)) found.resolve();
  };
  stream.on('data', listen);
  stream.once('close', () => found.reject(new Error(`it ended and never said ${wanted}; it said: ${heard}`)));
  await found.promise;
  stream.off('data', listen);
}
