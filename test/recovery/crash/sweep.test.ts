/** A process that kills itself at every durable step there is, and a later one that goes on. */
import { expect, test } from 'vitest';
import { playInProcess } from './checks.ts';
import { comesBack, sweep, world } from './worlds.ts';

test('killed at any step of a session, it comes back and every promise holds', { timeout: 300_000 }, async () => {
  const names = new Set<string>();
  const steps = await sweep(async (step) => {
    const dir = world(`s${step}`);
    const run = await playInProcess(dir, { step });
    if (run.killedAt === undefined) return false;
    names.add(run.killedAt);
    await comesBack(dir, [run], `step ${step}, ${run.killedAt}`);
    return true;
  });
  expect(steps).toBeGreaterThan(100);
  expect([...names]).toEqual(
    expect.arrayContaining([
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
    ]),
  );
});
