import { describe, expect, test } from 'vitest';
import { type AnyTransitionDefinition, createActor, waitFor } from 'xstate';
import { toJson } from '../../src/charts/index.ts';
import * as greenroom from '../../src/actors/index.ts';
import { agentMachine, orchestratorMachine, toolCallMachine } from '../../src/actors/index.ts';
import { agentInput, deaf } from './parts.ts';

const machines = [agentMachine, toolCallMachine, orchestratorMachine] as const;

/** Places where an implementation stands in the chart instead of its name. */
function unnamed(config: unknown, at = ''): string[] {
  if (typeof config === 'function') return [at];
  if (typeof config !== 'object' || config === null) return [];
  return Object.entries(config).flatMap(([key, value]): string[] => {
    // data for what is named: context, input, output and params are mappers, not implementations
    if (['context', 'input', 'output', 'params'].includes(key)) return [];
    return unnamed(value, `${at}.${key}`);
  });
}

interface Node {
  readonly path: readonly string[];
  readonly description?: string | undefined;
  readonly states: Readonly<Record<string, Node>>;
  readonly transitions: ReadonlyMap<string, readonly AnyTransitionDefinition[]>;
  readonly always?: readonly AnyTransitionDefinition[];
}

const nodesOf = (node: Node): Node[] => [node, ...Object.values(node.states).flatMap(nodesOf)];

/** All that stands under the given keys, anywhere in a piece of JSON. */
function valuesOf(json: unknown, keys: readonly string[]): unknown[] {
  if (typeof json !== 'object' || json === null) return [];
  return Object.entries(json).flatMap(([key, value]) => [
    ...(keys.includes(key) && !Array.isArray(json) ? [value].flat() : []),
    ...valuesOf(value, keys),
  ]);
}

test('every machine that the package exports has its chart looked at here', () => {
  const exported = Object.entries(greenroom).filter(([name]) => name.endsWith('Machine'));
  expect(new Set(exported.map(([, machine]) => machine))).toEqual(new Set(machines));
});

describe.each(machines.map((machine) => [machine.id, machine] as const))('the chart of %s', (_id, machine) => {
  const json: unknown = JSON.parse(toJson(machine));

  test('names every action, guard, actor and delay', () => {
    expect(unnamed(machine.config)).toEqual([]);
    expect(JSON.stringify(machine.definition)).not.toMatch(/(entry|exit|actions)":\[[^\]]*null/);
    expect(toJson(machine)).not.toMatch(/\bnull\b|"inline"/);
  });

  test('has an implementation for every name in it', () => {
    const { actions, guards, actors, delays } = machine.implementations;
    const typesOf = (keys: readonly string[]) => valuesOf(json, keys).map((each) => (each as { type: string }).type);
    const known = (names: readonly unknown[], all: object) => names.filter((name) => !Object.hasOwn(all, String(name)));
    expect(known(typesOf(['actions', 'entry', 'exit']), actions)).toEqual([]);
    expect(known(typesOf(['guard']), guards)).toEqual([]);
    expect(known(valuesOf(json, ['src']), actors)).toEqual([]);
    expect(
      known(
        valuesOf(json, ['after']).flatMap((after) => Object.keys(after as object)),
        delays,
      ),
    ).toEqual([]);
  });

  test('describes every transition that has a guard', () => {
    const guarded = nodesOf(machine.root as Node)
      .flatMap(({ transitions, always = [] }) => [...[...transitions.values()].flat(), ...always])
      .filter(({ guard }) => guard !== undefined);
    expect(guarded.length).toBeGreaterThan(0);
    const silent = guarded.filter(({ description }) => (description ?? '') === '');
    expect(silent.map(({ source, eventType }) => `${source.id} on ${eventType}`)).toEqual([]);
  });

  test('describes every state', () => {
    const silent = nodesOf(machine.root as Node).filter(({ description }) => (description ?? '') === '');
    expect(silent.map(({ path }) => path.join('.'))).toEqual([]);
  });
});

test('the context of an agent and of a call has under 20 keys: a copy of more costs ten times as much', () => {
  const { spec, orchestrator } = agentInput();
  const call = { id: 'a/1', rawId: '1', name: 'echo', input: {} };
  const agent = createActor(agentMachine, { input: agentInput() }).getSnapshot().context;
  const made = createActor(toolCallMachine, { input: { call, spec, orchestrator, owner: deaf() } }).getSnapshot()
    .context;
  // with all that is optional
  expect(Object.keys({ ...agent, saved: 1, ending: 1 }).length).toBeLessThan(20);
  const later = {
    limited: 1,
    saved: 1,
    approval: 1,
    prepared: 1,
    relay: 1,
    decidedBy: 1,
    receipt: 1,
    changed: 1,
    ending: 1,
  };
  expect(Object.keys({ ...made, ...later }).length).toBeLessThan(20);
});

describe('a machine that nobody wired fails with the remedy in the text', () => {
  test('agent', async () => {
    const actor = createActor(agentMachine, { input: agentInput() });
    const errors: unknown[] = [];
    actor.on('error', (event) => void errors.push(event));
    actor.start();
    const { output } = await waitFor(actor, ({ status }) => status === 'done');
    const remedy = /"modelTurn" has no implementation.*machine\.provide.*AgentOrchestrator does this/;
    expect(output).toMatchObject({ status: 'failed', reason: expect.stringMatching(remedy) });
    expect(errors).toMatchObject([{ code: 'not_configured', message: expect.stringMatching(remedy) }]);
  });

  test('agent on a harness that runs itself', () => {
    const input = agentInput();
    const actor = createActor(agentMachine, { input: { ...input, spec: { ...input.spec, loop: false } } });
    actor.start();
    expect(actor.getSnapshot()).toMatchObject({
      status: 'done',
      output: { status: 'failed', reason: expect.stringMatching(/"externalHarness" has no implementation.*provide/) },
    });
  });

  test('tool-call', async () => {
    const { spec, orchestrator } = agentInput();
    const actor = createActor(toolCallMachine, {
      input: {
        call: { id: 'a/1', rawId: '1', name: 'echo', input: {} },
        spec,
        orchestrator,
        owner: deaf(),
      },
    });
    const results: unknown[] = [];
    actor.on('tool_result', (event) => void results.push(event));
    actor.start();
    actor.send({ type: 'check' });
    await waitFor(actor, ({ status }) => status === 'done');
    expect(results).toMatchObject([
      { status: 'error', output: { context: expect.stringMatching(/"checkCall" has no implementation.*provide/) } },
    ]);
  });

  test('orchestrator', async () => {
    const actor = createActor(orchestratorMachine, { input: { policy: { deny: [] }, onAsk: 'wait' } });
    const failed = new Promise((resolve) => void actor.subscribe({ error: resolve }));
    actor.start();
    actor.send({ type: 'agent.spawn', spec: agentInput().spec });
    expect(await failed).toMatchObject({
      code: 'not_configured',
      message: expect.stringMatching(/"agent" has no implementation.*provide/),
    });
    expect(actor.getSnapshot().status).toBe('error');
  });
});
