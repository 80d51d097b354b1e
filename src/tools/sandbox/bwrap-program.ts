/** Finds bubblewrap, and finds out whether it works here. */
import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { bwrapArguments } from './bwrap-arguments.ts';

/** Whether commands can run in a sandbox on this machine. */
export type SandboxCheck =
  | { readonly available: true; /** Absolute path of bubblewrap. */ readonly program: string }
  | { readonly available: false; /** Why not, for a human. */ readonly reason: string };

const CHECK_TIMEOUT_MS = 5000;
/** Before PATH: no command of ours can have written these. */
const USUAL = ['/usr/bin/bwrap', '/bin/bwrap', '/usr/local/bin/bwrap', '/run/current-system/sw/bin/bwrap'];

let checked: Promise<SandboxCheck> | undefined;

/**
 * Runs an empty command in the sandbox, once in the life of this process: many containers have bubblewrap and forbid what
 * it needs. Never rejects.
 */
export function checkSandbox(): Promise<SandboxCheck> {
  checked ??= check();
  return checked;
}

async function check(): Promise<SandboxCheck> {
  if (process.platform !== 'linux') return { available: false, reason: 'bubblewrap is for Linux only' };
  const program = findBwrap();
  if (program === undefined) return { available: false, reason: 'bubblewrap (bwrap) is not installed' };
  const fault = await probe(program);
  return fault === undefined
    ? { available: true, program }
    : { available: false, reason: `${program} does not work here: ${fault}` };
}

function findBwrap(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(':').filter(isAbsolute);
  // Where the programs of a project are, a command of an agent may have written.
  const trusted = folders.filter((folder) => !folder.includes('/node_modules/'));
  return [...USUAL, ...trusted.map((folder) => join(folder, 'bwrap'))].find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return realpathSync(path) !== '';
  } catch {
    return false;
  }
}

async function probe(program: string): Promise<string | undefined> {
  const command = [existsSync('/bin/bash') ? '/bin/bash' : 'bash', '--noprofile', '--norc', '-c', ':'] as const;
  const scratch = [{ kind: 'scratch', path: '/tmp' }] as const;
  const args = bwrapArguments({ mounts: scratch, cwd: '/', network: false, command: [...command] });
  return await new Promise((resolve) => {
    execFile(
      program,
      args,
      { timeout: CHECK_TIMEOUT_MS, env: { PATH: process.env['PATH'] ?? '' } },
      (error, _, stderr) => {
        const said = stderr.trim().split('\n')[0] ?? '';
        resolve(error === null ? undefined : said || error.message);
      },
    );
  });
}
