import { describe, expect, test } from 'vitest';
import { createActor, fromTransition } from 'xstate';
import type { HarnessEvent } from '../../src/events.ts';
import type { AgentInput } from '../../src/machines/agent-context.ts';
import type { AgentSpec } from '../../src/machines/agent-spec.ts';
import { orchestratorMachine } from '../../src/machines/orchestrator.ts';
import type { OrchestratorInput } from '../../src/machines/orchestrator-context.ts';
import type { AgentEvent, CallerEvent, SubagentEvent } from '../../src/machines/protocol.ts';
import { bash, grant } from '../permissions/calls.ts';
import { agentInput, deaf } from './parts.ts';

const spec = (id: string, lineage: readonly string[] = [id]): AgentSpec => ({
  ...agentInput().spec,
  identity: { id, name: id, path: lineage, lineage },
});

/** An orchestrator whose agents only keep what they hear; one that is sent the message "crash" crashes. */
function orchestrator(more: Partial<OrchestratorInput> = {}) {
  const toAgents: AgentEvent[] = [];
  const inputs: AgentInput[] = [];
  const agent = fromTransition(
    (state: object, event: AgentEvent) => {
      if (event.type === 'message' && event.message.content === 'crash') throw new Error('a crash');
      toAgents.push(event);
      return state;
    },
    ({ input }: { input: AgentInput }) => (inputs.push(input), {}),
  );
  const machine = orchestratorMachine.provide({ actors: { agent: agent as never } }); // it never gives an output
  const actor = createActor(machine, { input: { policy: { deny: [] }, onAsk: 'wait', ...more } });
  const events: HarnessEvent[] = [];
  actor.on('*', (event) => void events.push(event));
  actor.start();
  return { actor, inputs, events, toAgents, context: () => actor.getSnapshot().context };
}

describe('agents of the application', () => {
  test('are started with their spec, counted, and known until they end', () => {
    const { actor, inputs, context } = orchestrator();
    for (const id of ['a', 'b']) actor.send({ type: 'agent.spawn', spec: spec(id) });
    expect(inputs.map(({ spec: given, orchestrator: root }) => [given.identity.id, root === actor])).toEqual([
      ['a', true],
      ['b', true],
    ]);
    expect([...context().agents.keys()]).toEqual(['a', 'b']);
    expect(context().liveAgents).toBe(2);
    actor.send({ type: 'agent.ended', agentId: 'a', treeId: 'a' });
    expect([[...context().agents.keys()], context().liveAgents]).toEqual([['b'], 1]);
  });

  test('that are restored are not counted anew', () => {
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
    actor.send({ type: 'agent.restored', restored: { spec: spec('a'), saved: {} as never } });
    expect(context().trees.get('a')).toEqual({ live: 1, total: 5 });
    actor.send({ type: 'agent.spawn', spec: spec('b') });
    expect(context().trees.get('b')).toEqual({ live: 1, total: 1 });
    expect(orchestrator().events).toEqual([]);
  });

  test('that crash are counted out, and the others live on', () => {
    const { actor, context } = orchestrator();
    for (const id of ['a', 'b']) actor.send({ type: 'agent.spawn', spec: spec(id) });
    context()
      .agents.get('a')
      ?.send({ type: 'message', message: { role: 'user', content: 'crash' } });
    expect([[...context().agents.keys()], context().liveAgents]).toEqual([['b'], 1]);
    expect(actor.getSnapshot().status).toBe('active');
  });
});

describe('an orchestrator that closes', () => {
  test('kills every agent, and is over with the last', () => {
    const { actor, toAgents } = orchestrator();
    for (const id of ['a', 'b']) actor.send({ type: 'agent.spawn', spec: spec(id) });
    actor.send({ type: 'close' });
    const kill = { type: 'kill', reason: 'the orchestrator was cleaned up' };
    expect(toAgents).toEqual([kill, kill]);
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
      caller: deaf(heard),
    };
    actor.send(requested);
    expect(heard).toMatchObject([{ type: 'subagent.admitted' }]);
    actor.send({ type: 'close' });
    actor.send(requested);
    expect(heard.slice(1)).toMatchObject([{ type: 'subagent.refused', agentId: 'b', limit: 'closing' }]);
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
