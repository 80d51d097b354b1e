import { expect, test } from 'vitest';
import { createTeam } from '../../../src/read-model/team.ts';
import { expectLaws } from '../../lifecycle/laws.ts';
import { eventsOf } from '../../support/team.ts';
import { simulate, type Simulated } from './simulation.ts';

const SEEDS = 1000;

function check({ entries, accepted, faults, timersLeft, openAtEnd }: Simulated): void {
  expect(faults).toEqual([]);
  expect(openAtEnd).toBe(0);
  expect(timersLeft).toBe(0);
  expectLaws(entries);
  const ends = new Map(eventsOf(entries, 'relay_resolved').map((event) => [event.relayId, event]));
  for (const [relayId, { approved, ...answer }] of accepted) {
    const end = ends.get(relayId);
    // a call that was cancelled before its answer was taken up has no use for it; a rule may forbid what a human allowed
    if (end === undefined || end.by === 'cancel' || end.by === 'rule') continue;
    expect(end).toMatchObject({ approved, by: 'human', ...('reason' in answer ? { reason: answer.reason } : {}) });
  }
  const team = createTeam();
  for (const entry of entries) team.apply(entry);
  expect(team.relays()).toEqual([]);
  expect(team.agents().every(({ state }) => state === 'done')).toBe(true);
}

test(`${SEEDS} teams, each under a seed, crash and come back until they are done`, { timeout: 900_000 }, async () => {
  let crashes = 0;
  let unknown = 0;
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    try {
      const simulated = await simulate(seed);
      check(simulated);
      crashes += simulated.crashes;
      unknown += eventsOf(simulated.entries, 'relay').filter(({ kind }) => kind === 'unknown_outcome').length;
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
  // the simulation does get where it wants to
  expect(crashes).toBeGreaterThan(SEEDS);
  expect(unknown).toBeGreaterThan(SEEDS / 10);
});

test('the same seed gives the same run, to the byte', async () => {
  for (const seed of [1, 7, 42, 99, 1000]) {
    expect(JSON.stringify((await simulate(seed)).entries)).toBe(JSON.stringify((await simulate(seed)).entries));
  }
});
