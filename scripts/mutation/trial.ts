/** Runs test files against one mutant. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Milliseconds after which a mutant that keeps a test from ending counts as noticed. */
const PATIENCE_MS = 240_000;

export type Verdict = 'killed' | 'survived' | 'timeout';

/**
 * Runs the files in this order, up to the first test that fails. Modules are loaded once for all files, which halves the
 * time; with `isolate` each file loads its own, which shows what it reaches.
 */
export async function trial(
  folder: string,
  mutant: number,
  files: readonly string[],
  isolate = false,
): Promise<Verdict> {
  const options = ['--bail=1', '--maxWorkers=1', isolate ? '--isolate' : '--no-isolate'];
  const args = [join(folder, 'node_modules/vitest/vitest.mjs'), 'run', ...options, ...files];
  const env = {
    ...process.env,
    MUTANT: String(mutant),
    ORDER: files.join(' '),
    CI: 'true',
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
  };
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
