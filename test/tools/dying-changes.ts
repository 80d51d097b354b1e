/**
 * A process that changes three files, or settles such a change, and kills itself at a moment of its choice. Moments are
 * the named steps, and each operation that changes what is on the disk. It says each moment before it comes.
 *
 * Arguments: `change` or `settle`, the folder of a scene, the number of the moment (0: it lives on).
 */
import { subscribe } from 'node:diagnostics_channel';
import * as fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { readEffect, recordEffect, sceneChanges } from './change-scene.ts';

const [, , deed, folder = '', chosen = '0'] = process.argv;
let moments = 0;

function moment(name: string): void {
  moments += 1;
  fs.writeSync(1, `${name}\n`);
  if (moments === Number(chosen)) process.kill(process.pid, 'SIGKILL');
}

subscribe('greenroom:fault-point', (step) => moment(String(step)));

const OPERATIONS = ['mkdir', 'open', 'link', 'rename', 'unlink', 'rm', 'rmdir'] as const;
for (const name of OPERATIONS) {
  const real = fs.promises[name] as (...args: unknown[]) => Promise<unknown>;
  Object.assign(fs.promises, {
    [name]: (...args: unknown[]) => {
      // a look changes nothing
      if (name !== 'open' || typeof args[1] === 'string') moment(`${name} ${String(args[0])}`);
      return real(...args);
    },
  });
}
syncBuiltinESMExports();

if (deed === 'change') {
  const { changeFiles } = await import('../../src/tools/atomic-files.ts');
  await changeFiles(sceneChanges(folder), { effect: (effect) => recordEffect(folder, effect) });
} else {
  const { settleChanges } = await import('../../src/tools/undo-changes.ts');
  await settleChanges(readEffect(folder));
}
