/** Charts of machines that nobody thought of. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { toJson, toMermaid, toSvg } from '../../src/charts/index.ts';
import { everyElement, parseXml } from './xml.ts';

const STATES = 7;

/** A name of anything, but not what XState itself takes for more than a name. */
const name = fc
  .string({ unit: 'grapheme', maxLength: 12 })
  .filter((text) => text !== '' && text !== '__proto__' && !/^[#.]/.test(text));
const names = fc.array(name, { maxLength: 2 });
const target = fc.integer({ min: 0, max: STATES }).map((index) => `#n${index}`);

const transition = fc.record(
  {
    target: fc.oneof(target, fc.uniqueArray(target, { minLength: 1, maxLength: 1 })),
    guard: fc.oneof(
      name,
      name.map((type) => ({ type })),
    ),
    actions: names,
    reenter: fc.boolean(),
    description: name,
  },
  { requiredKeys: [] },
);

const behaviour = fc.record(
  {
    description: fc.string({ unit: 'binary', maxLength: 60 }),
    entry: names,
    exit: names,
    tags: names,
    on: fc.dictionary(name, transition, { maxKeys: 3 }),
    after: fc.dictionary(fc.oneof(name, fc.nat(5000).map(String)), transition, { maxKeys: 1 }),
    always: fc.array(transition, { maxLength: 1 }),
    invoke: fc.array(fc.record({ src: name, onDone: transition, onError: transition }), { maxLength: 1 }),
  },
  { requiredKeys: [] },
);

/** States in a tree: each has an earlier one as its parent. */
const machine = fc
  .record({
    states: fc.array(fc.record({ behaviour, key: name, parent: fc.nat(STATES), isParallel: fc.boolean() }), {
      minLength: STATES,
      maxLength: STATES,
    }),
    root: behaviour,
  })
  .map(({ states, root }) => {
    interface Config {
      id: string;
      type?: 'parallel';
      initial?: string;
      states?: Record<string, Config>;
    }
    const all: Config[] = [{ id: 'n0', ...root }];
    for (const [index, state] of states.entries()) {
      const parent = all[state.parent % all.length] as Config;
      const key = `${state.key}${index}`;
      const config = { id: `n${index + 1}`, ...state.behaviour };
      parent.states = { ...parent.states, [key]: config };
      if (state.isParallel && parent.initial === undefined) parent.type = 'parallel';
      if (parent.type === undefined) parent.initial ??= key;
      all.push(config);
    }
    // as text: the parts above are of no type that XState could check
    return createMachine(JSON.parse(JSON.stringify(all[0])));
  });

test('any machine can be drawn, and its JSON makes the same drawing again', async () => {
  await fc.assert(
    fc.asyncProperty(machine, async (drawn) => {
      const mermaid = toMermaid(drawn);
      expect(mermaid).toMatch(/^stateDiagram-v2\n(?: .*\n)*$/);
      expect(mermaid.match(/^ *state ".*" as (?!\w*any\b)\w+/gm)?.length).toBeGreaterThanOrEqual(1);
      const again = createMachine(JSON.parse(toJson(drawn)));
      expect(toMermaid(again)).toBe(mermaid);
      const svg = await toSvg(drawn);
      const states = [...everyElement(parseXml(svg))].filter(({ attributes }) => 'data-state' in attributes);
      expect(states).toHaveLength(STATES + 1);
      expect(await toSvg(again)).toBe(svg);
    }),
    { numRuns: 60, seed: 20_260_101 },
  );
});
