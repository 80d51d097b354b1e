/** Real runs that are killed at moments nobody chose, again and again, until they come to their end. */
import { expect, test } from 'vitest';
import { seeded } from '../../support/seeded.ts';
import { expectPrefix, playInProcess, type Run } from './checks.ts';
import { journalOf } from './session.ts';
import { comesBack, world } from './worlds.ts';
import { existsSync } from 'node:fs';

const ROUNDS = 40;
const SEED = 4;

test(`${ROUNDS} times kill -9 at a random moment`, { timeout: 900_000 }, async () => {
  const random = seeded(SEED);
  let dir = world('r0');
  let runs: Run[] = [];
  let killed = 0;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const run = await playInProcess(dir, { afterPromises: Math.floor(random.next().value * 60) });
    runs.push(run);
    if (existsSync(journalOf(dir))) expectPrefix(journalOf(dir));
    if (run.killedAt !== undefined) {
      killed += 1;
      if (runs.length < 5) continue;
    }
    await comesBack(dir, runs, `random moments, seed ${SEED}, round ${round}`);
    dir = world(`r${round}`);
    runs = [];
  }
  await comesBack(dir, runs, `random moments, seed ${SEED}, at the end`);
  expect(killed).toBeGreaterThan(5);
});
