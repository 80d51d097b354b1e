import { describe, expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { toJson, toMermaid } from '../../src/charts/index.ts';
import { hostileMachines, zoo } from './zoo.ts';

const all = [...Object.entries(zoo), ...hostileMachines];

describe('toJson', () => {
  test('has the configuration, with a name for whatever is a function in it', () => {
    const machine = createMachine({
      id: 'm',
      context: () => ({ secret: 1 }),
      initial: 'a',
      entry: ['start', () => undefined],
      states: {
        a: {
          description: 'First.',
          invoke: {
            id: 'x',
            src: 'load',
            input: () => 1,
            onDone: { target: 'b', actions: { type: 'keep', params: () => 1 } },
          },
          after: { wait: 'b' },
        },
        b: { type: 'final' },
      },
    });
    expect(JSON.parse(toJson(machine))).toEqual({
      id: 'm',
      initial: 'a',
      entry: [{ type: 'start' }, { type: 'inline' }],
      states: {
        a: {
          description: 'First.',
          invoke: { src: 'load', id: 'x', onDone: { target: 'b', actions: [{ type: 'keep' }] } },
          after: { wait: { target: 'b' } },
        },
        b: { type: 'final' },
      },
    });
  });

  test.each(all)('makes the same chart again: %j', (_name, machine) => {
    const json = toJson(machine);
    const again = createMachine(JSON.parse(json));
    expect(toMermaid(again)).toBe(toMermaid(machine));
    expect(toJson(again)).toBe(json);
  });

  test('keeps plain data, and leaves out what JSON cannot say', () => {
    const loop: Record<string, unknown> = { list: [1, undefined, () => 1, { deep: null }], nan: Number.NaN, big: 1n };
    loop['self'] = loop;
    expect(JSON.parse(toJson(createMachine({ meta: loop })))).toEqual({ meta: { list: [1, { deep: null }] } });
  });
});
