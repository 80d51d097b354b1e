import { describe, expect, test } from 'vitest';
import { createActor, waitFor } from 'xstate';
import { toJson } from '../../src/charts/index.ts';
import * as greenroom from '../../src/index.ts';
import { agentMachine, crewMachine, orchestratorMachine, toolCallMachine } from '../../src/index.ts';
import { agentInput, deaf } from './parts.ts';

const machines = [agentMachine, toolCallMachine, orchestratorMachine, crewMachine] as const;

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

  test('describes every state', () => {
    const silent = nodesOf(machine.root as Node).filter(({ description }) => (description ?? '') === '');
    expect(silent.map(({ path }) => path.join('.'))).toEqual([]);
  });
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
    const actor = createActor(agentMachine, { input: { ...input, spec: { ...input.spec, native: false } } });
    actor.start();
    expect(actor.getSnapshot()).toMatchObject({
      status: 'done',
      output: { status: 'failed', reason: expect.stringMatching(/"hostHarness" has no implementation.*provide/) },
    });
  });

  test('tool-call', async () => {
    const { spec, orchestrator } = agentInput();
    const actor = createActor(toolCallMachine, {
      input: {
        call: { id: 'a/1', rawId: '1', name: 'echo', input: {} },
        agent: spec.identity,
        tools: [],
        layers: [],
        workspace: '.',
        orchestrator,
        owner: deaf(),
      },
    });
    const results: unknown[] = [];
    actor.on('tool_result', (event) => void results.push(event));
    actor.start();
    await waitFor(actor, ({ status }) => status === 'done');
    expect(results).toMatchObject([
      { status: 'error', output: { context: expect.stringMatching(/"prepareCall" has no implementation.*provide/) } },
    ]);
  });

  test('orchestrator', async () => {
    const failed = Promise.withResolvers<unknown>();
    const actor = createActor(orchestratorMachine, {
      input: { policy: { deny: [] }, onAsk: 'wait' },
      inspect: (event) => {
        if (event.type === '@xstate.snapshot' && 'error' in event.snapshot && event.snapshot.error !== undefined) {
          failed.resolve(event.snapshot.error);
        }
      },
    });
    actor.start();
    actor.send({ type: 'agent.spawn', spec: agentInput().spec });
    expect(await failed.promise).toMatchObject({
      code: 'not_configured',
      message: expect.stringMatching(/"agent" has no implementation.*provide/),
    });
    expect(actor.getSnapshot().status).toBe('active');
    actor.stop();
  });
});
