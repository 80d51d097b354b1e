/** Each property notices when it does not hold: a play that went well is forged so that it did not. */
import { describe, expect, test } from 'vitest';
import type { Envelope, HarnessEvent } from '../../../src/index.ts';
import type { Play } from './play.ts';
import { perform, type Played } from './player.ts';
import { properties } from './properties.ts';

/** A human lets one of two calls run, and every other of its kind once; meanwhile a child does what a rule allows. */
const play: Play = {
  policy: { deny: [], allowlist: [{ tool: 'agent' }] },
  onAsk: 'wait',
  roots: [
    {
      turns: [
        {
          calls: [
            { tool: 'alpha', item: 'a', does: 'ends' },
            { tool: 'alpha', item: 'b', does: 'ends' },
            { tool: 'agent', plan: { turns: [{ calls: [{ tool: 'gamma', item: 'a', does: 'ends' }] }] } },
          ],
        },
      ],
      permissions: { allowlist: [{ tool: 'gamma' }] },
    },
  ],
  moves: [
    { kind: 'let all in', pick: 0, rests: true },
    { kind: 'answer', pick: 0, answer: { approved: true, always: { uses: 1 } }, rests: true },
  ],
  goesOn: true,
};

const played = await perform(play);

/** The same play with other events in place of its own. */
function retold(change: (event: HarnessEvent, entry: Envelope) => readonly HarnessEvent[]): Played {
  const entries = played.entries.flatMap((entry) => change(entry.event, entry).map((event) => ({ ...entry, event })));
  return { ...played, entries };
}

/** What let the second call run. */
const grantUsed = played.entries
  .flatMap(({ event }) => (event.type === 'tool_start' ? [event.decidedBy] : []))
  .find((decidedBy) => decidedBy?.kind === 'grant');

const without = (type: HarnessEvent['type']) => retold((event) => (event.type === type ? [] : [event]));

const forgeries: Readonly<Record<string, Played>> = {
  'a denied call never starts': retold((event) =>
    event.type === 'tool_result' ? [{ ...event, status: 'denied' }] : [event],
  ),
  'every call ends exactly once': without('tool_result'),
  'a call starts at most once, and its result is the last of it': retold((event) =>
    event.type === 'tool_start' ? [event, event] : [event],
  ),
  'every relay is answered exactly once, as a human said or because its agent ended': without('relay_resolved'),
  'nothing comes after harness_end, of the agent or of those below it': retold((event) =>
    event.type === 'harness_end'
      ? [event, { type: 'text', runId: event.runId, id: 'late', content: 'one more thing' }]
      : [event],
  ),
  'every agent ends exactly once': without('harness_end'),
  'no actor and no timer is left after cleanup()': { ...played, timersLeft: 1 },
  'what starts is allowed, for the reason that is told': retold((event) =>
    event.type === 'tool_start'
      ? [{ ...event, decidedBy: { kind: 'rule', id: 'orchestrator.allowlist[7]' } }]
      : [event],
  ),
  'what runs is what was allowed': {
    ...played,
    runs: played.runs.map((run) => ({ ...run, input: { item: 'b', does: 'throws nothing' } })),
  },
  'a child never does what its parent may not': {
    ...played,
    play: { ...play, policy: { ...play.policy, deny: [{ tool: 'gamma' }] } },
  },
  'a grant, or an allowOnce, is never used more often than was said': retold((event) =>
    event.type === 'tool_start' && grantUsed !== undefined ? [{ ...event, decidedBy: grantUsed }] : [event],
  ),
  'the fold of the stream is the state': { ...played, differences: ['told this, and there was that'] },
  'what the API says is so': { ...played, untruths: ['revoke: true, and not false'] },
};

describe.each(Object.entries(properties))('%s', (name, faultsOf) => {
  test('holds of a play that went well, and not of a forged one', () => {
    expect(faultsOf(played)).toEqual([]);
    const forged = forgeries[name];
    if (forged === undefined) throw new Error('nobody has forged a play for it');
    expect(faultsOf(forged)).not.toEqual([]);
  });
});
