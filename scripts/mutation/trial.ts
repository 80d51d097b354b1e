/** Runs test files against one mutant. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A mutant that keeps a test from ending is noticed, too; milliseconds. */
const PATIENCE_MS = 240_000;

export type Verdict = 'killed' | 'survived' | 'timeout';

export async function trial(folder: string, mutant: number, files: readonly string[]): Promise<Verdict> {
  const args = [join(folder, 'node_modules/vitest/vitest.mjs'), 'run', '--bail=1', '--maxWorkers=1', ...files];
  const env = { ...process.env, MUTANT: String(mutant), CI: 'true' };
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: 'ignore', detached: true });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, PATIENCE_MS);
  await once(child, 'close');
  clearTimeout(timer);
  if (late) return 'timeout';
  return child.exitCode === 0 ? 'survived' : 'killed';
}
