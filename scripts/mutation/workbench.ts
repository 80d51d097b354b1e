/** A copy of the project in which chosen mutants can be switched on one at a time. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mutant } from './mutants.ts';

export interface Placed extends Mutant {
  readonly id: number;
  readonly file: string;
}

/** Reads the active mutant from the environment, and writes the mutants that each test file reached. */
const SETUP = `
import { mkdirSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { afterAll, expect } from 'vitest';
const active = Number(process.env.MUTANT ?? -1);
const reached = new Set();
const began = performance.now();
globalThis.__mutant = (id) => {
  if (active < 0) reached.add(id);
  return id === active;
};
if (active < 0) afterAll(() => {
  const file = expect.getState().testPath;
  mkdirSync('reached', { recursive: true });
  writeFileSync('reached/' + createHash('md5').update(file).digest('hex') + '.json', JSON.stringify({ file, ids: [...reached], ms: performance.now() - began }));
});
`;

/** Runs files in the given order: those that notice early come first. */
const CONFIG = `
import { defineConfig } from 'vitest/config';
const order = (process.env.ORDER ?? '').split(' ');
const place = ({ moduleId }) => order.findIndex((file) => moduleId.endsWith(file));
class AsAsked {
  shard(files) { return files; }
  sort(files) { return files.toSorted((one, other) => place(one) - place(other)); }
}
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['mutation-setup.mjs'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    sequence: { sequencer: AsAsked },
  },
});
`;

/** Copies what is committed; returns the folder. */
export function layWorkbench(root: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'greenroom-mutation-'));
  const archive = execFileSync('git', ['archive', 'HEAD'], { cwd: root, maxBuffer: 2 ** 28 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'reached'));
  writeFileSync(join(folder, 'mutation-setup.mjs'), SETUP);
  writeFileSync(join(folder, 'vitest.config.ts'), CONFIG);
  return folder;
}

/** Inserts the mutants, each with its switch. They must not overlap. */
export function build(folder: string, mutants: readonly Placed[]): void {
  for (const [file, own] of Map.groupBy(mutants, (mutant) => mutant.file)) {
    let source = readFileSync(join(folder, file), 'utf8');
    for (const { id, start, end, switched } of own.toSorted((one, other) => other.start - one.start)) {
      source = source.slice(0, start) + switched(`(globalThis.__mutant?.(${id}) ?? false)`) + source.slice(end);
    }
    writeFileSync(join(folder, file), source);
  }
}
