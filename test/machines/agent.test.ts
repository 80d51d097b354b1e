import { describe, expect, test } from 'vitest';
import { type AnyActorRef, createActor, createMachine, fromCallback, fromPromise, waitFor } from 'xstate';
import { ModelError } from '../../src/errors.ts';
import type { HarnessEvent } from '../../src/events.ts';
import type { TurnResult } from '../../src/harness/harness.ts';
import { agentMachine } from '../../src/machines/agent.ts';
import type { AgentInput, ModelTurnInput } from '../../src/machines/agent-context.ts';
import type { CrewInput } from '../../src/machines/crew.ts';
import type { AgentEvent, AgentSpec, OrchestratorEvent, SubagentEvent } from '../../src/machines/protocol.ts';
import { agentInput, deaf } from './parts.ts';

const text = (content: string, count = 0): TurnResult => ({
  message: {
    role: 'assistant',
    content,
    ...(count === 0
      ? {}
      : { tool_calls: Array.from({ length: count }, (_, at) => ({ id: `${at}`, name: 'echo', arguments: {} })) }),
  },
  usage: { inputTokens: 10, outputTokens: 1 },
  finishReason: 'stop',
});

/** An agent whose model answers as told, and whose crews only keep what they are given and hear. */
function agent(turns: readonly (TurnResult | Error)[], patch: Partial<AgentSpec> = {}, more: Partial<AgentInput> = {}) {
  const toOrchestrator: OrchestratorEvent[] = [];
  const crews: CrewInput[] = [];
  const toCrews: unknown[] = [];
  const asked: ModelTurnInput[] = [];
  const waits: number[] = [];
  const crew = createMachine({
    context: ({ input }) => {
      crews.push(input as CrewInput); // the agent gives it nothing else
      return {};
    },
    initial: 'open',
    states: { open: { on: { end: 'over' } }, over: { type: 'final' } },
    on: { '*': { actions: ({ event }) => void toCrews.push(event) } },
  });
  const machine = agentMachine.provide({
    actors: {
      crew: crew as never,
      deadline: fromCallback<never, { ms: number }>(({ input }) => void waits.push(input.ms)) as never,
      modelTurn: fromPromise<TurnResult, ModelTurnInput, HarnessEvent>(({ input }) => {
        asked.push(input);
        const turn = turns[asked.length - 1];
        if (turn === undefined) return new Promise(() => {});
        return turn instanceof Error ? Promise.reject(turn) : Promise.resolve(turn);
      }),
    },
    delays: { backOff: 0 },
  });
  const base = agentInput();
  const input: AgentInput = { ...base, ...more, spec: { ...base.spec, ...patch }, orchestrator: deaf(toOrchestrator) };
  const actor = createActor(machine, { input });
  const events: HarnessEvent[] = [];
  actor.on('*', (event) => void events.push(event));
  actor.start();
  const child = (id: string): AnyActorRef | undefined => actor.getSnapshot().children[id] as AnyActorRef | undefined;
  const state = (value: Parameters<ReturnType<typeof actor.getSnapshot>['matches']>[0]) =>
    waitFor(actor, (snapshot) => snapshot.matches(value));
  const done = async () => (await waitFor(actor, ({ status }) => status === 'done')).output;
  const of = (type: HarnessEvent['type']) => events.filter((event) => event.type === type);
  return { actor, asked, child, crews, done, events, of, state, toCrews, toOrchestrator, waits };
}

const settled = (id: string): AgentEvent => ({
  type: 'call.settled',
  settlement: { id: `a/${id}`, rawId: id, name: 'echo', status: 'ok', output: { context: `of ${id}` } },
});
const acting = { running: 'acting' } as const;

describe('an agent starts', () => {
  test('and says what it is: a root has no parent, and no model unless it was given one', async () => {
    const { done, of } = agent([text('x')]);
    await done();
    expect(of('harness_start')).toHaveLength(1);
    expect(of('harness_start')[0]).toMatchObject({ runId: 'a', name: 'a', path: ['a'], depth: 0 });
    expect(of('harness_start')[0]).not.toHaveProperty('model');
    expect(of('harness_start')[0]).not.toHaveProperty('parentId');
    const identity = { id: 'b', parentId: 'a/1', name: 'b', path: ['a', 'b'], lineage: ['a', 'b'] };
    const child = agent([text('x')], { identity, model: 'p/own' });
    await child.done();
    expect(child.of('harness_start')[0]).toMatchObject({ runId: 'b', parentId: 'a/1', depth: 1, model: 'p/own' });
  });

  test('and tells the call that asked for it', () => {
    const heard: SubagentEvent[] = [];
    agent([], {}, { caller: deaf(heard) });
    expect(heard).toMatchObject([{ type: 'subagent.started', agentId: 'a' }]);
  });

  test('with a deadline if it has one', () => {
    const { limits } = agentInput().spec;
    expect(agent([]).waits).toEqual([]);
    expect(agent([], { limits: { ...limits, maxDurationMs: 7 } }).waits).toEqual([7]);
  });
});

describe('turns', () => {
  test('end with the text of the last that had one; what was used adds up', async () => {
    const { actor, child, done, of, state, asked } = agent([text('first', 1), text('')]);
    await state(acting);
    actor.send(settled('0'));
    child('calls-1')?.send({ type: 'end' });
    const usage = { inputTokens: 20, outputTokens: 2, reasoningTokens: 0, cachedInputTokens: 0 };
    expect(await done()).toStrictEqual({ status: 'completed', text: 'first', usage });
    expect(of('usage')).toMatchObject([{ inputTokens: 10 }, { inputTokens: 10 }]);
    expect(of('turn')).toMatchObject([
      { number: 1, taken: 0, messages: [{ role: 'assistant' }] },
      { number: 2, taken: 0 },
    ]);
    expect(asked[1]?.params.messages.at(-1)).toEqual({ role: 'tool', tool_call_id: '0', content: 'of 0' });
    expect(of('harness_end')).toStrictEqual([
      { type: 'harness_end', runId: 'a', status: 'completed', text: 'first', usage },
    ]);
    expect(of('stopping')).toEqual([]);
  });

  test('at their limit are followed by one without tools', async () => {
    const limits = { ...agentInput().spec.limits, maxIterations: 1 };
    const { actor, child, done, state, asked } = agent([text('x', 1), text('sum')], {
      limits,
      tools: [{ name: 'echo' }] as never,
    });
    await state(acting);
    actor.send(settled('0'));
    child('calls-1')?.send({ type: 'end' });
    expect(await done()).toMatchObject({ status: 'limited', text: 'sum', reason: 'Limit maxIterations (1) reached.' });
    expect(asked.map(({ params }) => params.tools?.length)).toEqual([1, 0]);
    expect(asked[1]?.params.messages.at(-1)).toMatchObject({
      role: 'user',
      content: expect.stringContaining('all 1 turns'),
    });
  });

  test('end at the tokens, and the calls of such a turn are limited', async () => {
    const limits = { ...agentInput().spec.limits, maxTokens: 11 };
    const spent = { status: 'limited', reason: 'Limit maxTokens (11) reached.' };
    expect(await agent([text('x')], { limits }).done()).toMatchObject(spent);
    const { child, done, state, crews } = agent([text('x', 1)], { limits });
    await state(acting);
    expect(crews[0]?.hires[0]?.input).toMatchObject({ limited: expect.stringContaining('maxTokens (11)') });
    child('calls-1')?.send({ type: 'end' });
    expect(await done()).toMatchObject(spent);
    expect(await agent([text('x')], { limits: { ...limits, maxTokens: 12 } }).done()).toMatchObject({
      status: 'completed',
    });
  });

  test('that fail are asked again as often as they may be', async () => {
    const busy = () => new ModelError('busy', { retryable: true });
    const again = agent([busy(), text('x')]);
    expect(await again.done()).toMatchObject({ status: 'completed', text: 'x' });
    expect(again.asked.map(({ blockPrefix }) => blockPrefix)).toEqual(['a/t1.1', 'a/t1.2']);
    const never = agent([busy(), busy(), text('x')]);
    expect(await never.done()).toMatchObject({ status: 'failed', reason: 'busy' });
    expect(never.asked).toHaveLength(2);
    const other = agent([new ModelError('bad', { retryable: false })]);
    expect(await other.done()).toMatchObject({ status: 'failed', reason: 'bad' });
    expect(other.of('error')).toMatchObject([{ message: 'bad' }]);
  });

  test('take in what was sent to the agent meanwhile', async () => {
    const { actor, done, asked, of } = agent([text('x'), text('y')]);
    const message = { role: 'user', content: 'more' } as const;
    actor.send({ type: 'message', message });
    expect(of('message')).toEqual([{ type: 'message', runId: 'a', message }]);
    expect(await done()).toMatchObject({ text: 'y' });
    expect(asked[1]?.params.messages.slice(-2)).toMatchObject([{ role: 'assistant' }, message]);
    expect(of('turn')[1]).toMatchObject({ taken: 1 });
  });
});

describe('calls', () => {
  test('are hired in crews of 64', async () => {
    const { state, crews, child } = agent([text('x', 130)]);
    await state(acting);
    expect(crews.map(({ capacity, hires }) => [capacity, hires.length])).toEqual([
      [64, 64],
      [64, 64],
      [2, 2],
    ]);
    expect(['calls-1', 'calls-2', 'calls-3', 'calls-4'].map((id) => child(id) !== undefined)).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  test('are all over before the next turn', async () => {
    const { actor, state, asked, child } = agent([text('x', 65)]);
    await state(acting);
    for (let at = 0; at < 65; at += 1) actor.send(settled(`${at}`));
    child('calls-1')?.send({ type: 'end' });
    expect(actor.getSnapshot().matches(acting)).toBe(true);
    child('calls-2')?.send({ type: 'end' });
    await state({ running: 'thinking' });
    expect(asked).toHaveLength(2);
  });

  test('that wait are counted, one by one', async () => {
    const { actor, state } = agent([text('x', 3)]);
    await state(acting);
    actor.send({ type: 'call.waiting' });
    actor.send({ type: 'call.waiting' });
    expect(actor.getSnapshot().value).toBe('awaitingRelay');
    actor.send({ type: 'call.resumed' });
    expect(actor.getSnapshot().value).toBe('awaitingRelay');
    actor.send({ type: 'call.waiting' });
    actor.send({ type: 'call.resumed' });
    expect(actor.getSnapshot().value).toBe('awaitingRelay');
    actor.send({ type: 'call.resumed' });
    expect(actor.getSnapshot().matches(acting)).toBe(true);
    expect(actor.getSnapshot().context.waiting).toBe(0);
  });

  test('of which one is fatal end the agent', async () => {
    const { actor, state, child, done, of, toCrews } = agent([text('x', 1)]);
    await state(acting);
    actor.send({ ...settled('0'), fatal: 'nobody is there' } as AgentEvent);
    expect(of('stopping')).toMatchObject([{ status: 'failed', reason: 'nobody is there' }]);
    expect(toCrews).toEqual([{ type: 'broadcast', event: { type: 'cancel', reason: 'nobody is there' } }]);
    child('calls-1')?.send({ type: 'end' });
    expect(await done()).toMatchObject({ status: 'failed', reason: 'nobody is there', text: 'x' });
  });
});

describe('an agent that is killed', () => {
  test('ends at once where nothing runs, with the text so far', async () => {
    const { actor, asked, done, of, toOrchestrator } = agent([]);
    const draft = asked[0]?.draft;
    if (draft !== undefined) draft.text = 'half';
    actor.send({ type: 'kill' });
    expect(await done()).toMatchObject({ status: 'cancelled', reason: 'killed', text: 'half' });
    expect(of('stopping')).toEqual([]);
    expect(toOrchestrator).toEqual([{ type: 'agent.ended', agentId: 'a', treeId: 'a' }]);
  });

  test('cancels its calls first; what comes then changes nothing', async () => {
    const { actor, state, child, done, of, toCrews } = agent([text('x', 65)]);
    await state(acting);
    actor.send({ type: 'kill', reason: 'enough' });
    actor.send({ type: 'kill', reason: 'again' });
    actor.send({ type: 'deadline.passed' });
    actor.send({ type: 'call.waiting' });
    actor.send({ type: 'call.resumed' });
    expect(of('stopping')).toEqual([{ type: 'stopping', runId: 'a', status: 'cancelled', reason: 'enough' }]);
    const cancel = { type: 'broadcast', event: { type: 'cancel', reason: 'enough' } };
    expect(toCrews).toEqual([cancel, cancel]);
    child('calls-1')?.send({ type: 'end' });
    expect(actor.getSnapshot().matches({ running: 'stopping' })).toBe(true);
    child('calls-2')?.send({ type: 'end' });
    expect(await done()).toMatchObject({ status: 'cancelled', reason: 'enough' });
  });

  test('takes no subagents any more, not even those admitted meanwhile', async () => {
    const { actor, state, toOrchestrator } = agent([text('x', 1)]);
    await state(acting);
    const heard: SubagentEvent[] = [];
    const caller = deaf(heard);
    const subagent = { agentId: 'b', parentCallId: 'a/0', params: { task: 't' }, caller };
    actor.send({ type: 'subagent.requested', subagent });
    expect(toOrchestrator).toMatchObject([
      { type: 'agent.requested', spec: { identity: { id: 'b', lineage: ['a', 'b'] } } },
    ]);
    expect(toOrchestrator[0]).not.toHaveProperty('back');
    actor.send({ type: 'kill' });
    actor.send({ type: 'subagent.requested', subagent });
    const spec = { ...agentInput().spec, identity: { id: 'b', name: 'b', path: ['a', 'b'], lineage: ['a', 'b'] } };
    actor.send({ type: 'subagent.admitted', spec, caller });
    const message = 'The agent that asked is stopping, so no subagent was started.';
    const refused = { type: 'subagent.refused', agentId: 'b', limit: 'stopping', message };
    expect(heard).toEqual([refused, refused]);
    expect(toOrchestrator.slice(1)).toEqual([{ type: 'agent.ended', agentId: 'b', treeId: 'a' }]);
  });
});

test('subagents are hired one by one, 64 to a crew', async () => {
  const { actor, state, crews, toCrews, child } = agent([text('x', 1)]);
  await state(acting);
  const admitted = (nth: number): AgentEvent => {
    const id = `b${nth}`;
    const spec = { ...agentInput().spec, identity: { id, name: id, path: ['a', id], lineage: ['a', id] } };
    return { type: 'subagent.admitted', spec, caller: deaf() };
  };
  for (let nth = 0; nth < 66; nth += 1) actor.send(admitted(nth));
  expect(crews.slice(1).map(({ capacity, hires }) => [capacity, hires.map(({ id }) => id)])).toEqual([
    [64, ['b0']],
    [64, ['b64']],
  ]);
  expect(toCrews).toHaveLength(64);
  expect(toCrews.at(-1)).toMatchObject({ type: 'hire', hires: [{ id: 'b65' }] });
  child('subagents-3')?.send({ type: 'end' });
  actor.send(admitted(66));
  expect(crews).toHaveLength(4);
});
