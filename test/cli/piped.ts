/** Runs the command line with something on its standard input. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { ToolPermission } from '../../src/index.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export interface PipedOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export function piped(args: readonly string[], input: string | Uint8Array, { cwd, env = {} }: PipedOptions = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    input,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], CI: '1', ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  return { code: status, stdout, stderr };
}

const Answer = z.union([
  z.strictObject({
    id: z.unknown().optional(),
    decision: z.enum(['allow', 'ask', 'deny']),
    why: z.string().min(1),
    rule: z.string().optional(),
    proposal: z.array(ToolPermission).nullable(),
  }),
  z.strictObject({ id: z.unknown().optional(), error: z.string().min(1) }),
]);
export type Answer = z.infer<typeof Answer>;

/** What `check --jsonl` answers, each line checked for its shape. */
export function answers(stdout: string): Answer[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => Answer.parse(JSON.parse(line)));
}

/** The decisions alone; an error is `error`. */
export function decisions(stdout: string): string[] {
  return answers(stdout).map((answer) => ('error' in answer ? 'error' : answer.decision));
}
