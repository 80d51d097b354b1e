/** A disk that fails at a chosen moment. */
import * as fs from 'node:fs/promises';
import type { FileSteps } from '../../src/tools/atomic-files.ts';

/** Real renames, of which the nth fails. */
export function failingAt(n: number): FileSteps {
  let step = 0;
  return {
    rename: async (from, to) => {
      step += 1;
      if (step === n) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      await fs.rename(from, to);
    },
  };
}
