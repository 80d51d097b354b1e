/** The tool-call chart, explored with what its children, the orchestrator and its subagents may say. */
import { expect, test } from 'vitest';
import { initialTransition, transition } from 'xstate';
import type { ToolCallInput } from '../../../src/machines/tool-call-context.ts';
import { explore, statesOf, transitionsOf, type Way } from './exploration.ts';
import { beginnings, type CallSnapshot, chart, ofTheEnd } from './tool-call-events.ts';

/** What makes two situations different; texts and times do not. */
const situationOf = ({ value, context }: CallSnapshot) => [
  value,
  context.saved?.stage,
  context.changes,
  context.edited,
  context.ran,
  context.relay?.kind,
  context.decidedBy?.kind,
  context.approval !== undefined,
  Object.entries(context.subagents).map(([id, ref]) => [id, ref !== undefined]),
  context.ending?.status,
];

const { ways, states, transitions } = explore(chart, Object.values(beginnings), situationOf);

test(`each of its ${statesOf(chart).length} states is reached`, () => {
  expect([...states].toSorted()).toEqual(statesOf(chart).toSorted());
});

test(`each of its ${transitionsOf(chart).length} transitions is taken`, () => {
  expect([...transitions].toSorted()).toEqual(transitionsOf(chart).toSorted());
});

const property = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (Reflect.get(value, key) as unknown) : undefined;

/** The types of the events that the call emitted on a way. */
function toldOn({ input, events }: Way<CallSnapshot>): readonly string[] {
  let [snapshot, actions] = initialTransition(chart, input as ToolCallInput);
  const said = [...actions];
  for (const event of events) {
    [snapshot, actions] = transition(chart, snapshot, event as never);
    said.push(...actions);
  }
  return said.flatMap(({ type, params }: { readonly type: string; readonly params?: unknown }) =>
    type === 'xstate.emit' ? [String(property(property(params, 'event'), 'type'))] : [],
  );
}

const over = ways.filter(({ state }) => state.status !== 'active');

test(`on all ${over.length} ways to an end a call tells of itself once, its result last, and is never in an XState error`, () => {
  for (const way of over) {
    const { saved } = way.input as ToolCallInput;
    const told = toldOn(way);
    const count = (type: string) => told.filter((one) => one === type).length;
    const stood = saved?.stage === 'waiting' || (saved?.stage === 'over' && saved.withdrawn !== undefined);
    const facts = {
      status: way.state.status,
      calls: count('tool_call'),
      results: count('tool_result'),
      unanswered: count('relay') + Number(stood) - count('relay_resolved'),
      last: told.at(-1),
      settled: way.state.output?.settlement.id,
    };
    const calls = saved?.announced === true ? 0 : 1;
    expect(facts, way.events.map(({ type }) => type).join(' → ')).toEqual({
      status: 'done',
      calls,
      results: 1,
      unanswered: 0,
      last: 'tool_result',
      settled: 'a/1',
    });
  }
});

test('from every situation a cancel, and then the end of its subagents, ends the call', () => {
  const open = ways.filter(({ state }) => state.status === 'active');
  const left = open.filter(({ state }) => {
    let [next] = transition(chart, state, { type: 'cancel', reason: 'enough' });
    for (const said of ofTheEnd(next)) [next] = transition(chart, next, said as never);
    return next.status !== 'done';
  });
  expect(left.map(({ state }) => state.value)).toEqual([]);
});
