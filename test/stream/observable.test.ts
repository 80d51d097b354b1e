/** `events$`: the same entries, pushed; subscribers never run inside an actor's step. */
import { setImmediate as nextLoop } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { call, type Envelope } from '../../src/index.ts';
import { collect, echoTool, eventsOf, relaysWaiting, scriptedTeam, start } from '../support/team.ts';

const asking = () =>
  scriptedTeam(function* () {
    yield { calls: [call('echo', { text: 'x' })] };
    return { text: 'done' };
  });

describe('events$', () => {
  test('a subscriber that answers inside its handler is no reason for the next one to see the answer first', async () => {
    await using team = asking();
    const seen: Envelope[] = [];
    team.events$.subscribe(({ event }) => {
      if (event.type === 'relay') expect(team.resolveRelay(event.id, { approved: true })).toBe(true);
    });
    team.events$.subscribe((entry) => seen.push(entry));
    start(team, 'go', { tools: [echoTool()] });
    const entries = await collect(team.events());
    expect(seen).toEqual(entries);
    const types = seen.map(({ event }) => event.type);
    expect(types.indexOf('relay')).toBeLessThan(types.indexOf('relay_resolved'));
    expect(types.indexOf('relay_resolved')).toBeLessThan(types.indexOf('tool_start'));
  });

  // FAILURES: "a second answer was applied."
  test('when two subscribers answer the same relay exactly one is told true', async () => {
    await using team = asking();
    const told: boolean[] = [];
    for (const approved of [true, false]) {
      team.events$.subscribe(({ event }) => {
        if (event.type === 'relay') told.push(team.resolveRelay(event.id, { approved }));
      });
    }
    start(team, 'go', { tools: [echoTool()] });
    const entries = await collect(team.events());
    expect(told).toEqual([true, false]);
    expect(eventsOf(entries, 'relay_resolved')).toMatchObject([{ approved: true }]);
    expect(eventsOf(entries, 'tool_result')).toMatchObject([{ status: 'ok' }]);
  });

  test('a subscriber that spawns and kills inside its handler keeps everybody in order', async () => {
    await using team = asking();
    const seen: number[] = [];
    let spawned = 0;
    team.events$.subscribe(({ agentId, event }) => {
      if (event.type === 'relay') team.kill(agentId);
      if (event.type === 'harness_end' && spawned++ < 2) start(team, 'again', { tools: [echoTool()] });
    });
    team.events$.subscribe(({ seq }) => seen.push(seq));
    start(team, 'go', { tools: [echoTool()] });
    const entries = await collect(team.events());
    expect(seen).toEqual(entries.map(({ seq }) => seq));
    expect(eventsOf(entries, 'harness_end').map(({ status }) => status)).toEqual([
      'cancelled',
      'cancelled',
      'cancelled',
    ]);
  });

  test('gives what happens from the subscription on, whoever else listens, and completes with cleanup()', async () => {
    const team = asking();
    const early: number[] = [];
    const late: number[] = [];
    let completed = 0;
    team.events$.subscribe({ next: ({ seq }) => early.push(seq), complete: () => (completed += 1) });
    start(team, 'go', { tools: [echoTool()] });
    team.events$.subscribe({ next: ({ seq }) => late.push(seq), complete: () => (completed += 1) });
    await relaysWaiting(team, 1);
    await team.cleanup();
    await nextLoop();
    expect(completed).toBe(2);
    const all = (await collect(team.events())).map(({ seq }) => seq);
    expect(early).toEqual(all);
    expect(late).toEqual(all.slice(1));
  });

  test('one subscriber that leaves takes nothing from the others', async () => {
    await using team = asking();
    const seen: number[] = [];
    const leaving = team.events$.subscribe(() => leaving.unsubscribe());
    team.events$.subscribe(({ seq }) => seen.push(seq));
    start(team, 'go', { tools: [echoTool()], permissions: { allowlist: [{ tool: 'echo' }] } });
    const entries = await collect(team.events());
    await nextLoop();
    expect(seen).toEqual(entries.map(({ seq }) => seq));
  });
});
