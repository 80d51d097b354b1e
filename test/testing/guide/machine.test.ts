import { expect, test } from 'vitest';
import { createTestModel, getShortestPaths } from 'xstate/graph';
import { agentForm } from '../../../src/testing/index.ts';

const { machine, options, start } = agentForm();
const paths = getShortestPaths(machine, options);

test('an agent waits for a human exactly while one of its calls does', () => {
  for (const { state } of paths) {
    if (state.status !== 'active' || state.matches({ running: 'stopping' })) continue;
    expect(state.matches('awaitingRelay')).toBe(state.context.waiting.length > 0);
  }
});

test('every path ends in an outcome, in each of the four ways', () => {
  const outcomes = paths.flatMap(({ state }) => (state.output === undefined ? [] : [state.output.status]));
  expect(new Set(outcomes)).toEqual(new Set(['completed', 'failed', 'cancelled', 'limited']));
});

test('a running agent takes each path of the model', () => {
  for (const path of createTestModel(machine, options).getShortestPaths().slice(0, 50)) {
    const agent = start();
    for (const { event } of path.steps.slice(1)) agent.send(event);
    expect(agent.getSnapshot().value).toEqual(path.state.value);
    agent.stop();
  }
});
