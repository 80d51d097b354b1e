/** A process that kills itself at every durable step there is, and a later one that goes on. */
import { expect, test } from 'vitest';
import { playInProcess } from './checks.ts';
import { comesBack, sweep, world } from './worlds.ts';

const NAMED = [
  'beforeIntentCommit',
  'afterIntentCommit',
  'afterProcessSpawn',
  'afterProcessRecord',
  'beforeExecute',
  'afterExecute',
  'beforeOutcomeCommit',
  'beforeGrantCommit',
  'afterGrantCommit',
  'beforeAnswerCommit',
  'afterAnswerCommit',
  'beforeStage',
  'beforeRename',
  'afterRename',
  'beforeTidy',
  'afterRevokeCommit',
];

test('killed at any step of a session, it comes back and every promise holds', { timeout: 900_000 }, async () => {
  const names = new Set<string>();
  const killAt = async (step: number | string) => {
    const dir = world(`s${step}`);
    const run = await playInProcess(dir, { step });
    if (run.killedAt === undefined) return false;
    names.add(run.killedAt);
    await comesBack(dir, [run], `step ${step}, ${run.killedAt}`);
    return true;
  };
  expect(await sweep(killAt)).toBeGreaterThan(100);
  // calls run side by side, so that a number is not the same step in every run: what was missed is asked for by its name
  for (const name of NAMED) if (!names.has(name)) expect(await killAt(`${name}:1`), name).toBe(true);
});
