import { expect, test } from 'vitest';
import { type SnapshotFrom, transition } from 'xstate';
import { getShortestPaths } from 'xstate/graph';
import { ModelError } from '../../src/index.ts';
import { agentMachine } from '../../src/machines/agent.ts';
import type { Settlement } from '../../src/machines/protocol.ts';
import { agentInput } from './parts.ts';

type Snapshot = SnapshotFrom<typeof agentMachine>;

const usage = { inputTokens: 1, outputTokens: 1 };
const toolCalls = ['x', 'y'].map((id) => ({ id, name: 'echo', arguments: {} }));
const settlement = (rawId: string): Settlement => ({ id: `a/${rawId}`, rawId, name: 'echo', status: 'ok', output: {} });

/** What the agent's children would say, and what the world may say to it. */
const events = [
  {
    type: 'xstate.done.actor.turn',
    output: {
      message: { role: 'assistant', content: 'calls', tool_calls: toolCalls },
      usage,
      finishReason: 'tool-calls',
    },
  },
  {
    type: 'xstate.done.actor.turn',
    output: { message: { role: 'assistant', content: 'answer' }, usage, finishReason: 'stop' },
  },
  { type: 'xstate.error.actor.turn', error: new ModelError('busy', { retryable: true }) },
  { type: 'xstate.error.actor.turn', error: new ModelError('refused', { retryable: false }) },
  { type: 'xstate.after.backOff.agent.running.thinking.backingOff' },
  { type: 'call.waiting' },
  { type: 'call.resumed' },
  { type: 'call.settled', settlement: settlement('x') },
  { type: 'call.settled', settlement: settlement('y') },
  { type: 'call.settled', settlement: settlement('x'), fatal: 'nobody is there' },
  { type: 'message', message: { role: 'user', content: 'steer' } },
  { type: 'kill' },
  { type: 'deadline.passed' },
];

/** What makes two situations different; histories and ids do not. */
const situation = ({ value, context }: Snapshot): string =>
  JSON.stringify([
    value,
    context.turns,
    context.attempt,
    context.waiting,
    context.callCrews.length,
    context.inbox.length > 0,
    Object.keys(context.settled).map((id) => id.replace(/~\d+$/, '')),
    context.ending?.status,
  ]);

/** A crew ends right after the last of its calls. */
const crewEnds = ({ context }: Snapshot) =>
  context.calls.every(({ id }) => id in context.settled)
    ? context.callCrews.map((id) => ({ type: `xstate.done.actor.${id}` }))
    : [];

/** Every situation within reach; a tool call that never waited cannot resume, and nothing waits more than twice. */
const reachable = getShortestPaths(agentMachine, {
  input: agentInput(),
  // completions of children are not among the events a user of the machine may send, but they are what drives it
  events: (snapshot: Snapshot) =>
    [...events, ...crewEnds(snapshot)].filter(({ type }) => {
      if (type === 'call.resumed') return snapshot.context.waiting > 0;
      if (type === 'call.waiting') return snapshot.context.waiting < 2;
      return type !== 'message' || snapshot.context.inbox.length === 0;
    }) as never,
  serializeState: (snapshot: Snapshot) => situation(snapshot) as never,
  limit: 20_000,
});

const shown = ({ value }: { readonly value: unknown }) => JSON.stringify(value);

test('every state of the chart that the loop uses is within reach', () => {
  const states = new Set(reachable.map(({ state }) => shown(state)));
  expect([...states].toSorted()).toEqual(
    [
      '"awaitingRelay"',
      '"done"',
      '{"running":"acting"}',
      '{"running":"stopping"}',
      '{"running":{"thinking":"asking"}}',
      '{"running":{"thinking":"backingOff"}}',
    ].toSorted(),
  );
});

test('every way of ending is within reach, and each is an output, never an XState error', () => {
  const ended = reachable.filter(({ state }) => state.status !== 'active');
  expect(new Set(ended.map(({ state }) => state.status))).toEqual(new Set(['done']));
  expect(new Set(ended.map(({ state }) => (state.output as { status: string }).status))).toEqual(
    new Set(['completed', 'failed', 'cancelled', 'limited']),
  );
});

test('an agent that waits is in awaitingRelay, and only then', () => {
  for (const { state } of reachable) {
    if (state.status !== 'active' || shown(state).includes('stopping')) continue;
    expect([shown(state), state.context.waiting > 0]).toEqual([shown(state), state.value === 'awaitingRelay']);
  }
});

test('from every situation a kill, and then the end of its calls, ends the agent', () => {
  for (const { state } of reachable) {
    if (state.status !== 'active') continue;
    let [next] = transition(agentMachine, state, { type: 'kill' });
    for (const { id } of state.context.calls) {
      [next] = transition(agentMachine, next, { type: 'call.settled', settlement: { ...settlement('x'), id } });
    }
    for (const event of crewEnds(next)) [next] = transition(agentMachine, next, event as never);
    expect([shown(state), next.status]).toEqual([shown(state), 'done']);
  }
});

test('with two calls that wait, the answer to one leaves the agent waiting for the other', () => {
  const acting = reachable.find(({ state }) => shown(state) === '{"running":"acting"}')?.state;
  if (acting === undefined) throw new Error('acting is out of reach');
  let state = acting;
  const values = (['call.waiting', 'call.waiting', 'call.resumed', 'call.resumed'] as const).map((type) => {
    [state] = transition(agentMachine, state, { type });
    return state.value;
  });
  expect(values).toEqual(['awaitingRelay', 'awaitingRelay', 'awaitingRelay', { running: 'acting' }]);
});
