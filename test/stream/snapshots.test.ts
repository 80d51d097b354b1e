/** `snapshots$`: a merge of the snapshots of all agents and calls, as values; and `agents()`, which agrees with it. */
import { setImmediate as nextLoop } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type ActorSnapshot, type AgentOrchestrator, agentTool, call, type Script } from '../../src/index.ts';
import { echoTool, gateTool, relaysWaiting, scriptedTeam, start } from '../support/team.ts';

/** A parent that starts a child, which asks; then a call that asks. */
const family: Script = function* ({ task }) {
  if (task === 'child') yield { calls: [call('echo', { text: 'of the child' })] };
  else {
    yield { calls: [call('agent', { task: 'child', name: 'kid' }), call('echo', { text: 'beside it' })] };
    yield { calls: [call('echo', { text: 'later' })] };
  }
  return { text: 'done' };
};
const FAMILY = { tools: [agentTool, echoTool()], permissions: { allowlist: [{ tool: 'agent' }] } };

/** The last state of each actor, by the id of the agent or the call. */
function foldOf(team: AgentOrchestrator) {
  const seen: ActorSnapshot[] = [];
  let completed = false;
  const subscription = team.snapshots$.subscribe({
    next: (snapshot) => void seen.push(snapshot),
    complete: () => (completed = true),
  });
  const last = () => new Map(seen.map((one) => [one.callId ?? one.agentId, one]));
  const top = ({ value, status }: ActorSnapshot) =>
    status === 'active' ? (typeof value === 'string' ? value : Object.keys(value)[0]) : 'done';
  return {
    seen,
    last,
    subscription,
    isCompleted: () => completed,
    agents: () =>
      Object.fromEntries([...last().values()].flatMap((one) => (one.callId ? [] : [[one.agentId, top(one)]]))),
  };
}

const statesOf = (team: AgentOrchestrator) => Object.fromEntries(team.agents().map(({ id, state }) => [id, state]));

describe('snapshots$', () => {
  test('folds to the states that agents() gives, whenever nothing happens', async () => {
    await using team = scriptedTeam(family);
    const fold = foldOf(team);
    const id = start(team, 'parent', FAMILY);
    for (let answers = 0; answers < 3; answers += 1) {
      const [relay] = await relaysWaiting(team, answers === 0 ? 2 : 1);
      await nextLoop();
      expect(fold.agents()).toEqual(statesOf(team));
      expect(Object.values(fold.agents())).toContain('awaitingRelay');
      team.resolveRelay(relay?.id ?? '', { approved: true });
    }
    await team.result(id);
    await nextLoop();
    expect(fold.agents()).toEqual(statesOf(team));
    expect(new Set(Object.values(fold.agents()))).toEqual(new Set(['done']));
  });

  test('gives the states of calls by their chart, and says which call started an agent', async () => {
    await using team = scriptedTeam(family);
    const fold = foldOf(team);
    const id = start(team, 'parent', FAMILY);
    await relaysWaiting(team, 2);
    await nextLoop();
    const kid = team.agents().find(({ name }) => name === 'kid');
    expect(fold.last().get(kid?.id ?? '')).toMatchObject({ parentId: `${id}/call_0_0`, value: 'awaitingRelay' });
    expect(fold.last().get(`${id}/call_0_0`)).toMatchObject({ agentId: id, value: 'executing', status: 'active' });
    expect(fold.last().get(`${id}/call_0_0`)).not.toHaveProperty('parentId');
    const beside = fold.seen.filter(({ callId }) => callId === `${id}/call_0_1`).map(({ value }) => value);
    expect(beside).toEqual(['requested', { checking: 'preparing' }, { checking: 'requesting' }, 'awaitingRelay']);
    await team.cleanup();
    await nextLoop();
    expect(fold.last().get(`${id}/call_0_1`)).toMatchObject({ value: 'settled', status: 'done' });
    expect(fold.isCompleted()).toBe(true);
  });

  test('starts with the present, for a subscriber that comes late', async () => {
    const gate = gateTool();
    await using team = scriptedTeam(function* () {
      yield { calls: [call('gate')] };
      return { text: 'done' };
    });
    const id = start(team, 'go', { tools: [gate], permissions: { allowlist: [{ tool: 'gate' }] } });
    await gate.started;
    const fold = foldOf(team);
    await nextLoop();
    expect(fold.seen.map(({ agentId, callId, value }) => [agentId, callId, value])).toEqual([
      [id, undefined, { running: 'toolCalls' }],
      [id, `${id}/call_0_0`, 'executing'],
    ]);
    gate.release();
    await team.result(id);
    await nextLoop();
    expect(fold.agents()).toEqual({ [id]: 'done' });
  });

  test('gives values: changing one changes nothing in the machine', async () => {
    await using team = scriptedTeam(family);
    team.snapshots$.subscribe(({ value }) => {
      if (typeof value !== 'object') return;
      for (const key of Object.keys(value)) Reflect.deleteProperty(value, key);
    });
    const id = start(team, 'child', FAMILY);
    await relaysWaiting(team, 1);
    await nextLoop();
    expect(statesOf(team)).toEqual({ [id]: 'awaitingRelay' });
  });

  test('subscribes to no actor without a subscriber, and lets go of all with the last', async () => {
    const agents: object[] = [];
    await using team = scriptedTeam(family, {
      inspect: (event) => {
        if (event.type === '@xstate.actor' && Reflect.get(event.actorRef, 'id') === 'agent')
          agents.push(event.actorRef);
      },
    });
    start(team, 'child', FAMILY);
    await relaysWaiting(team, 1);
    const observed = () => (Reflect.get(agents[0] ?? {}, 'observers') as Set<unknown>).size;
    const before = observed();
    const [one, other] = [foldOf(team), foldOf(team)];
    expect(observed()).toBe(before + 1);
    one.subscription.unsubscribe();
    expect(observed()).toBe(before + 1);
    other.subscription.unsubscribe();
    expect(observed()).toBe(before);
  });
});
