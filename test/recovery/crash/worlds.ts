/** Worlds for sessions that are killed, each in a folder of its own. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { expectComeback, type Run } from './checks.ts';
import { layWorld } from './session.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'greenroom-crash-')));
afterAll(() => rmSync(base, { recursive: true, force: true }));

export function world(name: string): string {
  const dir = join(base, name);
  layWorld(dir);
  return dir;
}

/** Plays it to its end and checks every promise; then the world is gone. */
export async function comesBack(dir: string, runs: readonly Run[], where: string): Promise<void> {
  try {
    await expectComeback(dir, runs);
  } catch (error) {
    throw new Error(`killed at ${where}`, { cause: error });
  }
  rmSync(dir, { recursive: true });
}

const AT_ONCE = 3;

/** Runs `one` for 1, 2, 3 … until it says that there is no such step; resolves with the last there is. */
export async function sweep(one: (step: number) => Promise<boolean>): Promise<number> {
  let next = 0;
  let last = Infinity;
  const worker = async () => {
    while (next < last) {
      const step = (next += 1);
      if (!(await one(step))) last = Math.min(last, step - 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return last;
}
