import { describe, expect, test } from 'vitest';
import { createActor, createMachine } from 'xstate';
import { call } from '../../src/index.ts';
import { createActorWatch } from '../../src/inspect/index.ts';
import { echoTool, relaysWaiting, scriptedTeam, start } from '../support/team.ts';

const asking = function* () {
  yield { calls: [call('echo', { text: 'a' })] };
  yield { text: 'done' };
};

describe('a watch', () => {
  test('knows the state of the orchestrator, of an agent and of a call, by their ids', async () => {
    const watch = createActorWatch();
    await using team = scriptedTeam(asking, { inspect: watch.inspect });
    const id = start(team, 'go', { tools: [echoTool()] });
    const [relay] = await relaysWaiting(team, 1);
    expect(watch.state('orchestrator')).toMatchObject({
      id: 'orchestrator',
      machine: 'orchestrator',
      active: ['open'],
    });
    expect(watch.state(id)).toMatchObject({ machine: 'agent', active: ['awaitingRelay'] });
    expect(watch.state(relay?.toolCallId ?? '')).toMatchObject({ machine: 'tool-call', active: ['awaitingRelay'] });
    expect(watch.state('nobody')).toBe(undefined);
  });

  test('tells how an agent came to where it is, with states as dotted paths, outermost first', async () => {
    const watch = createActorWatch();
    await using team = scriptedTeam(asking, { inspect: watch.inspect });
    const id = start(team, 'go', { tools: [echoTool()] });
    const [relay] = await relaysWaiting(team, 1);
    team.resolveRelay(relay?.id ?? '', { approved: true });
    await team.result(id);
    const { active, transitions = [] } = watch.state(id) ?? {};
    expect(active).toEqual(['done']);
    expect(transitions.map(({ to }) => to.at(-1))).toContain('awaitingRelay');
    expect(transitions.some(({ from }) => from.join() === 'running,running.modelTurn,running.modelTurn.calling')).toBe(
      true,
    );
    // each begins where the one before ended
    for (const [at, { from }] of transitions.entries()) if (at > 0) expect(from).toEqual(transitions[at - 1]?.to);
  });

  test('has the arrows that were taken last, those of transitions without an event included', () => {
    const watch = createActorWatch();
    const machine = createMachine({
      id: 'm',
      initial: 'a.b',
      states: {
        'a.b': { on: { go: 'p', stay: { actions: () => undefined } } },
        p: {
          type: 'parallel',
          on: { leave: 'c' },
          states: {
            x: { initial: 'x1', states: { x1: { on: { both: 'x2' } }, x2: {} } },
            y: { initial: 'y1', states: { y1: { on: { both: 'y2' } }, y2: {} } },
          },
        },
        c: { initial: 'c1', states: { c1: { always: '#m.d' } } },
        d: { type: 'final' },
      },
    });
    const actor = createActor(machine, { id: 'one', inspect: watch.inspect }).start();
    const moves = () => watch.state('one')?.lastMoves;
    expect(moves()).toEqual([]);
    actor.send({ type: 'go' });
    expect(moves()).toEqual([{ from: String.raw`a\.b`, to: 'p' }]);
    actor.send({ type: 'both' });
    expect(moves()).toEqual([
      { from: 'p.x.x1', to: 'p.x.x2' },
      { from: 'p.y.y1', to: 'p.y.y2' },
    ]);
    actor.send({ type: 'unknown' });
    expect(moves()).toHaveLength(2);
    actor.send({ type: 'leave' });
    expect(moves()).toEqual([{ from: 'c.c1', to: 'd' }]);
    expect(watch.state('one')?.active).toEqual(['d']);
  });

  test('keeps a bounded number of transitions and of actors; those that ended go first', async () => {
    const watch = createActorWatch({ maxActors: 6, maxTransitions: 2 });
    await using team = scriptedTeam(
      function* ({ task }) {
        if (task === 'stay') yield { calls: [call('echo')] };
        yield { text: 'done' };
      },
      { inspect: watch.inspect },
    );
    const stays = start(team, 'stay', { tools: [echoTool()] });
    await relaysWaiting(team, 1);
    const gone: string[] = [];
    for (let at = 0; at < 10; at += 1) {
      const id = start(team, 'go');
      await team.result(id);
      gone.push(id);
    }
    expect(watch.state(stays)?.active).toEqual(['awaitingRelay']);
    expect(watch.state(gone[0] ?? '')).toBe(undefined);
    expect(watch.state(gone.at(-1) ?? '')?.transitions.length).toBeLessThanOrEqual(2);
    expect(gone.filter((id) => watch.state(id) !== undefined).length).toBeLessThanOrEqual(6);
  });

  test('is harmed by nothing that comes', () => {
    const { inspect } = createActorWatch();
    const snapshots = [undefined, null, {}, { value: 7, status: 'active' }, { value: { a: null } }];
    for (const snapshot of snapshots) {
      for (const actorRef of [undefined, {}, { id: 7, logic: { config: { id: 'x' } } }]) {
        const event = { type: '@xstate.snapshot', actorRef, snapshot, event: { type: 'e' } };
        expect(() => inspect(event as never)).not.toThrow();
      }
    }
    for (const _transitions of [
      undefined,
      null,
      7,
      [null],
      [{ target: [null] }],
      [{ source: 7, target: [{ path: 7 }] }],
    ]) {
      const event = { type: '@xstate.microstep', actorRef: { logic: { config: { id: 'x' } } }, _transitions };
      expect(() => inspect(event as never)).not.toThrow();
    }
    expect(() => inspect({ type: '@xstate.event' } as never)).not.toThrow();
  });
});
