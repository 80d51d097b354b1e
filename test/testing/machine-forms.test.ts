/** The ready-made forms: each state and each transition of the three charts is within reach of `xstate/graph`. */
import { describe, expect, test } from 'vitest';
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { createTestModel, getShortestPaths, getSimplePaths } from 'xstate/graph';
import { agentForm, orchestratorForm, testAgentSpec, toolCallForm } from '../../src/testing/index.ts';

const called = (name: string) => ({ call: { id: `agent/${name}`, rawId: name, name, input: {} } });

const charts = {
  orchestrator: [orchestratorForm()],
  agent: [
    agentForm(),
    agentForm({ input: { spec: testAgentSpec({ loop: false }) } }),
    agentForm({ input: { spec: testAgentSpec({ limits: { ...testAgentSpec().limits, maxTokens: 2 } }) } }),
  ],
  'tool call': [toolCallForm(), toolCallForm({ input: called('allowed') }), toolCallForm({ input: called('denied') })],
} as const;

/** Ids of the states of a chart in which an actor can be at rest, but for those of a restart. */
function restingStates(machine: AnyStateMachine): string[] {
  const leaves = (node: AnyStateNode): AnyStateNode[] => {
    const children = Object.values(node.states) as AnyStateNode[];
    return children.length === 0 ? [node] : children.flatMap(leaves);
  };
  const always = ({ always: eventless }: AnyStateNode) => (eventless ?? []).some(({ guard }) => guard === undefined);
  return leaves(machine.root)
    .filter((node) => node.type !== 'history' && !always(node) && !node.id.includes('.restoring'))
    .map(({ id }) => id);
}

describe.each(Object.keys(charts) as (keyof typeof charts)[])('the form of the %s machine', (name) => {
  test('getShortestPaths reaches each state in which it can rest, and none in an XState error', () => {
    const reached = new Set<string>();
    for (const { machine, options } of charts[name]) {
      for (const { state } of getShortestPaths(machine as AnyStateMachine, options as never)) {
        expect(state.status).not.toBe('error');
        for (const { id } of state._nodes as readonly AnyStateNode[]) reached.add(id);
      }
    }
    expect(restingStates(charts[name][0].machine).filter((id) => !reached.has(id))).toEqual([]);
  });

  test('createTestModel gives paths to the same states', () => {
    for (const { machine, options } of charts[name]) {
      const paths = createTestModel(machine as AnyStateMachine, options as never).getShortestPaths({
        allowDuplicatePaths: true,
      });
      const shortest = getShortestPaths(machine as AnyStateMachine, options as never);
      const valuesOf = (all: readonly { readonly state: { readonly value: unknown } }[]) =>
        new Set(all.map(({ state }) => JSON.stringify(state.value)));
      expect(valuesOf(paths)).toEqual(valuesOf(shortest));
    }
  });
});

test('getSimplePaths goes every way of an agent without a repetition, over the events that are left to it', () => {
  const { machine, options, eventsIn } = agentForm();
  // simple paths multiply: here no call waits, and the application sends nothing
  const quiet = ({ type }: { readonly type: string }) => !/^(?:call|message|kill|deadline)/.test(type);
  const ends = getSimplePaths(machine, {
    ...options,
    events: (snapshot) => eventsIn(snapshot).filter(quiet),
    toState: ({ status }) => status === 'done',
  });
  expect(new Set(ends.map(({ state }) => state.output?.status))).toEqual(new Set(['completed', 'failed', 'limited']));
  expect(ends.length).toBeGreaterThan(new Set(ends.map(({ state }) => JSON.stringify(state.context.turns))).size);
});

test('a form takes a machine made with provide(), and other fields of the input', () => {
  const { machine } = agentForm();
  const own = agentForm({
    machine: machine.provide({ delays: { backOff: 5 } }),
    input: { spec: testAgentSpec({}, 'lead') },
  });
  const [start] = getShortestPaths(own.machine, own.options);
  expect(start?.state.context.spec.identity.id).toBe('lead');
});
