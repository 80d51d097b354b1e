/**
 * A program that does nothing until it is on record. It is started as a small shell that waits for a line on its input and
 * then becomes the program, under the same process id. Should we die before that line, the input ends and so does the shell.
 */
import type { ChildProcess } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { faultPoint } from '../diagnostics/fault-points.ts';
import type { ProcessIdentity } from '../events.ts';
import { identityOf } from './process-identity.ts';
import { codeOf } from './workspace-path.ts';

const SHELL = '/bin/sh';
/** Shells add variables to what they start and drop some; `env -i` gives the program its own and no other. */
const ENV = '/usr/bin/env';
const GATE = `IFS= read -r go && exec </dev/null && exec ${ENV} -i -- "$@"`;

export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * What to start in the place of a program, with a pipe as its input.
 * @throws an error with code `ENOENT` or `EACCES` when the program cannot be started: the shell would say so too late.
 */
export function gated(program: Program): Program {
  const { file, args, cwd, env } = program;
  for (const needed of [SHELL, ENV]) requireProgram(needed, '/', {});
  requireProgram(file, cwd, env);
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return { file: SHELL, args: ['-c', GATE, 'greenroom', ...variables, file, ...args], cwd, env: {} };
}

/**
 * Records a process that waits at its gate, and lets it in.
 * @throws what `record` threw, and an error when there is no process to be recorded. The gate stays shut then.
 */
export function letIn(child: ChildProcess, record: (process: ProcessIdentity) => void): void {
  faultPoint('afterProcessSpawn');
  const identity = child.pid === undefined ? undefined : identityOf(child.pid);
  if (identity === undefined) throw new Error('it ended before it could be recorded');
  record(identity);
  faultPoint('afterProcessRecord');
  // The process may be killed at any moment; that is told by its exit.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end('\n');
}

function requireProgram(file: string, cwd: string, { PATH = '' }: Readonly<Record<string, string>>): void {
  // `env` would take it for a variable.
  if (file.includes('=')) throw startError(file, 'EINVAL');
  const folders = file.includes('/') ? [cwd] : PATH.split(delimiter);
  const faults = folders.map((folder) => faultOf(resolve(cwd, folder, file)));
  if (faults.includes(undefined)) return;
  throw startError(file, faults.find((fault) => fault !== 'ENOENT') ?? 'ENOENT');
}

function faultOf(path: string): string | undefined {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile() ? undefined : 'EACCES';
  } catch (error) {
    return codeOf(error) === 'EACCES' ? 'EACCES' : 'ENOENT';
  }
}

/** As `spawn` itself has it. */
function startError(file: string, code: string): Error {
  return Object.assign(new Error(`spawn ${file} ${code}`), { code, syscall: `spawn ${file}`, path: file });
}
