/** The agent chart, explored with what its children and the world may say. */
import { expect, test } from 'vitest';
import { transition } from 'xstate';
import { agentMachine } from '../../../src/machines/agent.ts';
import { type AgentSnapshot, beginnings, ofTheEnd } from './agent-events.ts';
import { explore, statesOf, transitionsOf } from './exploration.ts';

/** What makes two situations different; histories and ids do not. */
const situationOf = ({ value, context }: AgentSnapshot) => [
  value,
  context.turns,
  context.attempt,
  context.waiting,
  context.inbox.length > 0,
  context.usage.inputTokens > 0,
  Object.keys(context.settled).map((id) => id.replace(/~\d+$/, '')),
  context.ending?.status,
];

const { ways, states, transitions } = explore(agentMachine, Object.values(beginnings), situationOf);
const shown = ({ value }: { readonly value: unknown }) => JSON.stringify(value);

test(`each of its ${statesOf(agentMachine).length} states is reached`, () => {
  expect([...states].toSorted()).toEqual(statesOf(agentMachine).toSorted());
});

test(`each of its ${transitionsOf(agentMachine).length} transitions is taken`, () => {
  expect([...transitions].toSorted()).toEqual(transitionsOf(agentMachine).toSorted());
});

test('every way of ending is within reach, and each is an output, never an XState error', () => {
  const ended = ways.filter(({ state }) => state.status !== 'active');
  expect(new Set(ended.map(({ state }) => state.status))).toEqual(new Set(['done']));
  expect(new Set(ended.map(({ state }) => (state.output as { status: string }).status))).toEqual(
    new Set(['completed', 'failed', 'cancelled', 'limited']),
  );
});

test('an agent that waits is in awaitingRelay, and only then', () => {
  for (const { state } of ways) {
    if (state.status !== 'active' || shown(state).includes('stopping')) continue;
    expect([shown(state), state.context.waiting.length > 0]).toEqual([shown(state), state.value === 'awaitingRelay']);
  }
});

const open = ways.filter(({ state }) => state.status === 'active');

test(`from each of ${open.length} situations a kill, and then the end of its children, ends the agent`, () => {
  const left = open.filter(({ state }) => {
    let [next] = transition(agentMachine, state, { type: 'kill' });
    for (const said of ofTheEnd(next)) [next] = transition(agentMachine, next, said as never);
    return next.status !== 'done';
  });
  expect(left.map(({ state }) => shown(state))).toEqual([]);
});

test('with two calls that wait, the answer to one leaves the agent waiting for the other', () => {
  const calling = ways.find(({ state }) => shown(state) === '{"running":"toolCalls"}')?.state;
  if (calling === undefined) throw new Error('toolCalls is out of reach');
  let state = calling;
  const values = (['call.waiting', 'call.resumed'] as const)
    .flatMap((type) => ['a/x', 'a/y'].map((id) => ({ type, id })))
    .map((event) => {
      [state] = transition(agentMachine, state, event);
      return state.value;
    });
  expect(values).toEqual(['awaitingRelay', 'awaitingRelay', 'awaitingRelay', { running: 'toolCalls' }]);
});
