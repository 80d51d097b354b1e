import { describe, expect, test } from 'vitest';
import { type AnyActorRef, createActor, createMachine } from 'xstate';
import type { HarnessEvent } from '../../src/events.ts';
import type { CrewInput } from '../../src/machines/crew.ts';
import { orchestratorMachine } from '../../src/machines/orchestrator.ts';
import type { AgentSpec, CallerEvent, SubagentEvent } from '../../src/machines/protocol.ts';
import type { OrchestratorInput } from '../../src/machines/orchestrator-transitions.ts';
import { bash, grant } from '../permissions/calls.ts';
import { agentInput, deaf } from './parts.ts';

const spec = (id: string, lineage: readonly string[] = [id]): AgentSpec => ({
  ...agentInput().spec,
  identity: { id, name: id, path: lineage, lineage },
});

/** An orchestrator whose crews only keep what they are given and hear. */
function orchestrator(more: Partial<OrchestratorInput> = {}) {
  const crews: CrewInput[] = [];
  const toCrews: unknown[] = [];
  const crew = createMachine({
    context: ({ input }) => {
      crews.push(input as CrewInput); // the orchestrator gives it nothing else
      return {};
    },
    initial: 'open',
    states: { open: { on: { end: 'over' } }, over: { type: 'final' } },
    on: { '*': { actions: ({ event }) => void toCrews.push(event) } },
  });
  const machine = orchestratorMachine.provide({ actors: { crew: crew as never } });
  const actor = createActor(machine, { input: { policy: { deny: [] }, onAsk: 'wait', ...more } });
  const events: HarnessEvent[] = [];
  actor.on('*', (event) => void events.push(event));
  actor.start();
  const child = (id: string): AnyActorRef | undefined => actor.getSnapshot().children[id] as AnyActorRef | undefined;
  return { actor, child, crews, events, toCrews, context: () => actor.getSnapshot().context };
}

describe('agents of the application', () => {
  test('are hired one by one, 64 to a crew; one that is over takes no more', () => {
    const { actor, crews, toCrews, child, context } = orchestrator();
    for (let nth = 0; nth < 66; nth += 1) actor.send({ type: 'agent.spawn', spec: spec(`a${nth}`) });
    expect(crews.map(({ capacity, hires }) => [capacity, hires.map(({ id }) => id)])).toEqual([
      [64, ['a0']],
      [64, ['a64']],
    ]);
    expect(toCrews).toHaveLength(64);
    expect(toCrews.at(-1)).toMatchObject({ type: 'hire', hires: [{ id: 'a65', role: 'agent' }] });
    expect(context()).toMatchObject({ liveAgents: 66, crews: 2, liveCrews: ['agents-1', 'agents-2'] });
    child('agents-1')?.send({ type: 'end' });
    expect(context()).toMatchObject({ liveCrews: ['agents-2'], openCrew: { id: 'agents-2', hired: 2 } });
    child('agents-2')?.send({ type: 'end' });
    expect(context()).toMatchObject({ liveCrews: [], openCrew: undefined });
    actor.send({ type: 'agent.spawn', spec: spec('b') });
    expect(crews).toHaveLength(3);
  });

  test('that come back are not counted anew', () => {
    const { actor, context, events } = orchestrator({
      saved: {
        grants: [],
        pools: new Map(),
        totals: new Map([['a', 5]]),
        asked: [],
        count: 2,
        answered: new Set(),
        parked: [{ agentId: 'x', reason: 'r' }],
      },
    });
    expect(events).toMatchObject([{ type: 'resumed', count: 2, parked: [{ agentId: 'x', reason: 'r' }] }]);
    actor.send({ type: 'agent.returned', back: { spec: spec('a'), saved: {} as never } });
    expect(context().trees.get('a')).toEqual({ live: 1, total: 5 });
    actor.send({ type: 'agent.spawn', spec: spec('b') });
    expect(context().trees.get('b')).toEqual({ live: 1, total: 1 });
    expect(orchestrator().events).toEqual([]);
  });
});

describe('an orchestrator that closes', () => {
  test('kills every crew, and is over with its last agent', () => {
    const { actor, toCrews } = orchestrator();
    for (const id of ['a', 'b']) actor.send({ type: 'agent.spawn', spec: spec(id) });
    toCrews.length = 0;
    actor.send({ type: 'close' });
    const event = { type: 'kill', reason: 'the orchestrator was cleaned up' };
    expect(toCrews).toEqual([{ type: 'broadcast', event }]);
    expect(actor.getSnapshot().value).toBe('closing');
    actor.send({ type: 'agent.ended', agentId: 'a', treeId: 'a' });
    expect(actor.getSnapshot().status).toBe('active');
    actor.send({ type: 'agent.ended', agentId: 'b', treeId: 'b' });
    expect(actor.getSnapshot().status).toBe('done');
  });

  test('is over at once where nothing lives', () => {
    const { actor } = orchestrator();
    actor.send({ type: 'close' });
    expect(actor.getSnapshot().status).toBe('done');
  });

  test('refuses subagents', () => {
    const { actor } = orchestrator();
    actor.send({ type: 'agent.spawn', spec: spec('a') });
    const heard: SubagentEvent[] = [];
    const requested = {
      type: 'agent.requested' as const,
      spec: spec('b', ['a', 'b']),
      parent: deaf(),
      caller: deaf(heard),
    };
    actor.send(requested);
    expect(heard).toEqual([]);
    actor.send({ type: 'close' });
    actor.send(requested);
    expect(heard).toMatchObject([{ type: 'subagent.refused', agentId: 'b', limit: 'closing' }]);
  });
});

test('uses of a call that does not start are given back, and a grant that is taken back is announced', () => {
  const limited = grant({ tool: 'bash' }, { usesLeft: 1 });
  const { actor, context, events } = orchestrator({
    saved: {
      grants: [limited],
      pools: new Map(),
      totals: new Map(),
      asked: [],
      count: 1,
      answered: new Set(),
      parked: [],
    },
  });
  const heard: CallerEvent[] = [];
  const asked = (relayId: string) => ({
    type: 'call.requested' as const,
    request: bash('ls'),
    layers: [],
    proposal: null,
    relayId,
    at: 1,
    path: ['a'],
    ref: deaf(heard),
  });
  actor.send(asked('r1'));
  expect(heard).toMatchObject([{ type: 'call.allowed', receipt: { grants: ['g1'] } }]);
  expect(context().grants[0]?.usesLeft).toBe(0);
  actor.send({ type: 'call.unstarted', receipt: { grants: ['g1'], once: [] } });
  expect(context().grants[0]?.usesLeft).toBe(1);
  actor.send({ type: 'grant.revoked', grantId: 'g1', by: 'ann', at: 2 });
  expect(events.at(-1)).toMatchObject({ type: 'grant_revoked', grantId: 'g1', by: 'ann' });
  expect(context().grants).toEqual([]);
  actor.send(asked('r2'));
  expect(heard.at(-1)).toMatchObject({ type: 'call.asked', relayId: 'r2' });
  actor.send({ type: 'call.withdrawn', relayId: 'r2' });
  expect(context().pending.size).toBe(0);
});
