/** A disk that fails at a chosen moment. */
import * as fs from 'node:fs/promises';
import type { FileSteps } from '../../src/tools/atomic-files.ts';

/** Real renames and removals, of which the nth fails. */
export function failingAt(n: number): FileSteps {
  let step = 0;
  const guard = <A extends unknown[]>(real: (...args: A) => Promise<void>) => {
    return async (...args: A) => {
      step += 1;
      if (step === n) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      await real(...args);
    };
  };
  return { rename: guard<[string, string]>(fs.rename), unlink: guard<[string]>(fs.unlink) };
}
