/** Random plays under a fixed seed: whatever models, tools, humans and time do, what was promised holds. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { plays } from './play.ts';
import { perform, type Played } from './player.ts';
import { properties } from './properties.ts';

const RUNS = 500;

/** How many timers and processes keep this process alive; files and sockets of the test runner are left out. */
const held = () => process.getActiveResourcesInfo().filter((kind) => /Timeout|Immediate|Process/.test(kind)).length;

/** The kinds of things that happened. */
function* kindsIn({ entries }: Played): Generator<string> {
  for (const { event } of entries) {
    if (event.type === 'tool_start') yield `started by ${event.decidedBy?.kind}`;
    else if (event.type === 'relay_resolved') yield `${event.approved ? 'yes' : 'no'} by ${event.by}`;
    else if (event.type === 'tool_result' || event.type === 'harness_end') yield `${event.type} ${event.status}`;
    else yield event.type;
  }
}

test(`${Object.keys(properties).length} properties hold of ${RUNS} random plays`, { timeout: 600_000 }, async () => {
  const before = held();
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(plays, async (play) => {
      const played = await perform(play);
      for (const [name, faultsOf] of Object.entries(properties)) {
        const faults = faultsOf(played);
        if (faults.length > 0) throw new Error(`It is not so that ${name}: ${faults.join('; ')}`);
      }
      for (const kind of kindsIn(played)) seen.add(kind);
    }),
    { seed: 20_260_101, numRuns: RUNS },
  );
  // the test runner has some of its own; one in a hundred plays would show
  expect(held()).toBeLessThan(before + RUNS / 100);
  // the plays were not all the same one
  expect([...seen]).toEqual(
    expect.arrayContaining([
      ...['rule', 'once', 'grant', 'human'].map((kind) => `started by ${kind}`),
      'yes by human',
      'no by human',
      'yes by grant',
      'no by cancel',
      ...['ok', 'error', 'denied', 'cancelled', 'limited'].map((status) => `tool_result ${status}`),
      ...['completed', 'failed', 'cancelled', 'limited'].map((status) => `harness_end ${status}`),
      'turn_discarded',
      'message',
      'grant_revoked',
      'tool_progress',
      'error',
      'stopping',
    ]),
  );
});
