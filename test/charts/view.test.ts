import { describe, expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { toMermaid, toSvg, type ViewOptions } from '../../src/charts/index.ts';
import { everyElement, parseXml } from './xml.ts';

const machine = createMachine({
  id: 'm',
  initial: 'work',
  on: { stop: '.work.ending' },
  states: {
    work: {
      initial: 'think',
      on: { pause: 'wait' },
      states: {
        think: {
          initial: 'ask',
          states: {
            ask: {
              on: {
                answer: '#m.work.act',
                fail: { target: 'retry', guard: 'canRetry' },
                crash: { target: '#m.over', guard: 'isFatal', actions: 'report', description: 'The provider refuses.' },
              },
            },
            retry: { after: { backOff: 'ask' } },
          },
        },
        act: { on: { more: 'think', call: { target: '#m.wait', actions: 'count' } } },
        ending: { always: '#m.over' },
      },
    },
    wait: { on: { go: 'work', 'go.on': 'work.act' } },
    over: { type: 'final' },
    'with.dot': { initial: 'in', states: { in: {} } },
  },
});

const byName = (one = '', other = '') => (one < other ? -1 : 1);

async function drawn(options: ViewOptions & { readonly active?: string }) {
  const elements = [...everyElement(parseXml(await toSvg(machine, options)))];
  const withClass = (name: string) =>
    elements.filter(({ attributes }) => attributes['class']?.split(' ').includes(name));
  const paths = (name: string) => withClass(name).map(({ attributes }) => attributes['data-state']);
  return {
    states: paths('state').toSorted(byName),
    closed: paths('closed'),
    active: paths('active').toSorted(byName),
    moves: withClass('move').map(({ attributes, text }) => [
      `${attributes['data-from']} → ${attributes['data-to']}`,
      text.replaceAll(/\s+/g, ' ').trim(),
    ]),
    neighbours: withClass('neighbour').map(({ text }) => text.trim()),
  };
}

describe('depth', () => {
  test('closes the compound states on its last level', async () => {
    const { states, closed } = await drawn({ depth: 1 });
    expect(states).toEqual(['', 'over', 'wait', String.raw`with\.dot`, 'work']);
    expect(closed).toEqual(['work', String.raw`with\.dot`]);
    expect((await drawn({ depth: 2 })).closed).toEqual(['work.think']);
    expect((await drawn({ depth: 9 })).states).toEqual((await drawn({})).states);
  });

  test('lifts transitions to the closed state, with their description or else their cause', async () => {
    expect(Object.fromEntries((await drawn({ depth: 1 })).moves)).toEqual({
      ' → work': 'stop',
      'work → wait': 'pause call',
      'work → over': 'The provider refuses. always',
      'wait → work': 'go go.on',
    });
  });

  test('leaves out transitions between states that one box hides', async () => {
    const { moves } = await drawn({ depth: 2 });
    expect(moves.map(([ends]) => ends)).not.toContain('work.think → work.think');
    expect(moves).toContainEqual(['work.act → work.think', 'more']);
  });

  test('lights a closed state when a state in it is active', async () => {
    expect((await drawn({ depth: 1, active: 'work.think.retry' })).active).toEqual(['', 'work']);
  });

  test.each([0, -1, 1.5, Number.NaN, Infinity])('must be a whole number from 1 on: %d is refused', async (depth) => {
    const refusal = { code: 'invalid_params', path: 'depth', message: expect.stringContaining(String(depth)) };
    await expect(toSvg(machine, { depth })).rejects.toMatchObject(refusal);
    expect(() => toMermaid(machine, { depth })).toThrow(expect.objectContaining(refusal));
  });
});

describe('root', () => {
  test('draws one state, with what leads in and out', async () => {
    const { states, neighbours, moves } = await drawn({ root: 'work.think' });
    expect(states).toEqual(['work.think', 'work.think.ask', 'work.think.retry']);
    expect(new Set(neighbours)).toEqual(new Set(['→ work.act', 'work.act →', '→ over']));
    expect(Object.fromEntries(moves)).toEqual({
      'work.think.ask → work.think.retry': 'fail [canRetry]',
      'work.think.retry → work.think.ask': 'after backOff',
      'work.think.ask → work.act': 'answer',
      'work.think.ask → over': expect.stringContaining('crash [isFatal] / report'),
      'work.act → work.think': 'more',
    });
  });

  test('names the state around it when a transition starts in all its states', async () => {
    const { neighbours, moves } = await drawn({ root: 'work', depth: 1 });
    expect(neighbours).toContain('any state of m →');
    expect(moves).toContainEqual([' → work.ending', 'stop']);
    expect(moves).toContainEqual(['work → wait', 'pause']);
  });

  test('may be a state without states, or one with a dot in its name; the machine is the empty path', async () => {
    expect((await drawn({ root: 'wait' })).states).toEqual(['wait']);
    expect((await drawn({ root: String.raw`with\.dot` })).states).toEqual([
      String.raw`with\.dot`,
      String.raw`with\.dot.in`,
    ]);
    expect(await drawn({ root: '' })).toEqual(await drawn({}));
  });

  test.each(['nowhere', 'work.nowhere', 'wait.deeper', '.', 'work.think.ask.x'])(
    'must be a state of the machine: %j is refused',
    async (root) => {
      const refusal = {
        code: 'invalid_params',
        path: 'root',
        message: `The machine "m" has no state "${root}". Pass the dotted path of a state, e.g. "work".`,
      };
      await expect(toSvg(machine, { root })).rejects.toMatchObject(refusal);
      expect(() => toMermaid(machine, { root })).toThrow(expect.objectContaining(refusal));
    },
  );
});

test('a diagram of a part has its states, and those outside as boxes', () => {
  expect(toMermaid(machine, { root: 'work', depth: 1 }).split('\n')).toEqual([
    'stateDiagram-v2',
    '  accTitle: work',
    '  state "work" as work {',
    '    [*] --> work_think',
    '    state "think" as work_think',
    '    work_think: ask, retry',
    '    state "act" as work_act',
    '    state "ending" as work_ending',
    '  }',
    '  state "any state of m #8594;" as from_m',
    '  state "#8594; wait" as to_wait',
    '  state "#8594; over" as to_over',
    '  state "wait #8594;" as from_wait',
    '  work_think --> work_act: answer',
    '  work_act --> work_think: more',
    '  from_m --> work_ending: stop',
    '  work --> to_wait: pause',
    '  work_think --> to_over: The provider refuses.',
    '  work_act --> to_wait: call / count',
    '  work_ending --> to_over: always',
    '  from_wait --> work: go',
    '  from_wait --> work_act: go.on',
    '',
  ]);
});
