import { describe, expect, test } from 'vitest';
import { type AnyStateMachine, createActor, createMachine } from 'xstate';
import { type Active, toSvg } from '../../src/charts/index.ts';
import { agentMachine, toolCallMachine } from '../../src/actors/index.ts';
import { everyElement, parseXml, type XmlElement } from './xml.ts';
import { hostileMachines, zoo } from './zoo.ts';

const real: readonly (readonly [string, AnyStateMachine])[] = [
  ['agent', agentMachine],
  ['tool-call', toolCallMachine],
];
const all = [...Object.entries(zoo), ...real, ...hostileMachines];

const drawn = async (machine: AnyStateMachine, active?: Active) => parseXml(await toSvg(machine, { active }));
const elements = (svg: XmlElement) => [...everyElement(svg)];
const classesOf = ({ attributes }: XmlElement) => attributes['class']?.split(' ') ?? [];
const withClass = (svg: XmlElement, name: string) => elements(svg).filter((each) => classesOf(each).includes(name));
const statesOf = (svg: XmlElement) =>
  new Map(withClass(svg, 'state').map((state) => [state.attributes['data-state'] ?? '', state]));

const turnstile = createMachine({
  id: 'turnstile',
  description: 'Lets one in for each coin.',
  initial: 'locked',
  states: {
    locked: {
      on: { coin: { target: 'open', guard: 'isReal', actions: ['keep', 'count'] }, push: { actions: 'refuse' } },
    },
    open: { description: 'Go.', entry: 'click', on: { push: 'locked', break: 'broken' } },
    broken: { type: 'final' },
  },
});

describe('toSvg', () => {
  test('draws each state with what it does, and each transition with its event, guard and actions', async () => {
    const svg = await drawn(turnstile);
    const states = statesOf(svg);
    expect([...states.keys()]).toEqual(['', 'locked', 'open', 'broken']);
    expect(states.get('locked')?.text).toContain('push / refuse');
    expect(states.get('open')?.text).toMatch(/open\s*Go\.\s*entry \/ click/);
    expect(svg.text).toContain('coin [isReal]');
    expect(svg.text).toContain('/ keep, count');
  });

  test('says in words what it is, for those who cannot see it', async () => {
    const svg = await drawn(turnstile);
    expect(svg.attributes['role']).toBe('img');
    expect(svg.children.slice(0, 2).map(({ name, text }) => [name, text.trim()])).toEqual([
      ['title', 'turnstile'],
      ['desc', 'Lets one in for each coin.'],
    ]);
  });

  test('marks the first state, compound states and final ones', async () => {
    const svg = await drawn(turnstile);
    const states = statesOf(svg);
    expect(withClass(svg, 'entry')).toHaveLength(1);
    expect(classesOf(states.get('') as XmlElement)).toContain('group');
    const borders = states.get('broken')?.children.filter(({ name }) => name === 'path');
    expect(borders).toHaveLength(2);
    expect(states.get('open')?.children.filter(({ name }) => name === 'path')).toHaveLength(1);
  });

  test('draws one arrow for each two states that a transition joins, and one for each first state', async () => {
    const svg = await drawn(turnstile);
    const ends = withClass(svg, 'move').map(({ attributes }) => [attributes['data-from'], attributes['data-to']]);
    expect(ends).toEqual([
      ['locked', 'open'],
      ['open', 'locked'],
      ['open', 'broken'],
    ]);
    expect(withClass(svg, 'initial')).toHaveLength(1);
    // what starts in any state of a compound one starts from a box of its own
    expect((await drawn(agentMachine)).text).toContain('any state');
  });

  test.each(all)('is well-formed and asks for nothing from elsewhere: %j', async (_name, machine) => {
    const svg = await drawn(machine);
    const names = new Set(elements(svg).map(({ name }) => name));
    const known = ['svg', 'title', 'desc', 'style', 'g', 'path', 'polygon', 'ellipse', 'text', 'tspan'];
    expect([...names].filter((name) => !known.includes(name))).toEqual([]);
    const attributes = elements(svg).flatMap((each) => Object.keys(each.attributes));
    expect(attributes.filter((name) => /^on|href|^style$|^id$/.test(name))).toEqual([]);
    const [style] = elements(svg).filter(({ name }) => name === 'style');
    expect(style?.text).not.toMatch(/url\(|@import|expression|</);
    expect(JSON.stringify(elements(svg).map((each) => each.attributes))).not.toMatch(/NaN|undefined|null/);
  });

  test.each(all)('lays no state over another, and all of them in their compound state: %j', async (_name, machine) => {
    const boxes = [...statesOf(await drawn(machine))].map(([path, state]) => ({
      path,
      isGroup: classesOf(state).includes('group'),
      ...placeOf(state),
    }));
    const leaves = boxes.filter(({ isGroup }) => !isGroup);
    const over = leaves.flatMap((one, index) =>
      leaves
        .slice(index + 1)
        .filter((other) => overlap(one, other))
        .map((other) => [one.path, other.path]),
    );
    expect(over).toEqual([]);
    for (const group of boxes.filter(({ isGroup }) => isGroup)) {
      const inside = boxes.filter(({ path }) => group.path === '' || path.startsWith(`${group.path}.`));
      expect(inside.filter((box) => !contains(group, box)).map(({ path }) => path)).toEqual([]);
    }
  });

  test('gives the same bytes for the same machine, also when several are drawn at once', async () => {
    const once = await toSvg(agentMachine);
    const many = await Promise.all([toSvg(agentMachine), toSvg(toolCallMachine), toSvg(agentMachine)]);
    expect([many[0] === once, many[2] === once]).toEqual([true, true]);
  });

  test('draws a machine of very many transitions', async () => {
    const next = (index: number) => `s${index % 50}`;
    const states = Array.from({ length: 50 }, (_, index) => ({
      from: next(index),
      on: { next: next(index + 1), jump: next(index * 7), back: next(index + 49) },
    }));
    const config = Object.fromEntries(states.map(({ from, on }) => [from, { on }]));
    const joined = new Set(states.flatMap(({ from, on }) => Object.values(on).map((to) => `${from} ${to}`)));
    const svg = await drawn(createMachine({ id: 'm', initial: 's0', states: config }));
    expect(statesOf(svg).size).toBe(51);
    expect(withClass(svg, 'edge')).toHaveLength(joined.size + 1);
  });

  test('cuts what is very long, and says so', async () => {
    const svg = await drawn(createMachine({ id: 'm', description: 'word '.repeat(5000) }));
    const text = elements(svg)
      .filter(({ name }) => name === 'text')
      .map((line) => line.text)
      .join(' ');
    expect(text.length).toBeLessThan(600);
    expect(text).toMatch(/…$/);
  });
});

describe('the states that are active', () => {
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    states: {
      a: { initial: 'b', states: { b: { initial: 'c', states: { c: {}, d: {} } } }, on: { next: 'p' } },
      p: {
        type: 'parallel',
        states: { x: { initial: 'x1', states: { x1: {}, x2: {} } }, y: { initial: 'y1', states: { y1: {} } } },
      },
      'with.dot': {},
    },
  });
  const lit = async (active: Active | undefined) =>
    withClass(await drawn(machine, active), 'active').map(({ attributes }) => attributes['data-state']);

  test.each([
    ['none', undefined, []],
    ['one', 'a', ['', 'a']],
    ['one, with all around it, by its path', 'a.b.d', ['', 'a', 'a.b', 'a.b.d']],
    ['one by a state value', { a: { b: 'c' } }, ['', 'a', 'a.b', 'a.b.c']],
    ['several at once', { p: { x: 'x2', y: 'y1' } }, ['', 'p', 'p.x', 'p.y', 'p.x.x2', 'p.y.y1']],
    ['a list', ['a.b.c', { p: { x: 'x1' } }], ['', 'a', 'a.b', 'p', 'p.x', 'a.b.c', 'p.x.x1']],
    ['one with a dot in its name', 'with.dot', ['', String.raw`with\.dot`]],
    ['one with a dot in its name, by its path', String.raw`with\.dot`, ['', String.raw`with\.dot`]],
    ['those of an actor that has none', {}, ['']],
  ] satisfies readonly (readonly [string, Active | undefined, readonly string[]])[])(
    '%s',
    async (_what, active, paths) => {
      expect(new Set(await lit(active))).toEqual(new Set(paths));
    },
  );

  test('are those of a snapshot', async () => {
    const actor = createActor(machine).start();
    expect(await lit(actor.getSnapshot().value)).toEqual(['', 'a', 'a.b', 'a.b.c']);
    actor.send({ type: 'next' });
    expect(new Set(await lit(actor.getSnapshot().value))).toEqual(new Set(['', 'p', 'p.x', 'p.x.x1', 'p.y', 'p.y.y1']));
  });

  test.each<[string, Active]>([
    ['a.z', 'a.z'],
    ['z', { z: 'b' }],
    ['a.b.z', { a: { b: 'z' } }],
    ['z', ['a', 'z']],
  ])('must be states of the machine: there is no "%s"', async (path, active) => {
    await expect(toSvg(machine, { active })).rejects.toMatchObject({
      code: 'invalid_params',
      path: 'active',
      message: expect.stringContaining(`The machine "m" has no state "${path}"`),
    });
  });
});

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Of the outermost border. */
function placeOf(state: XmlElement): Place {
  const border = state.children.filter(({ name }) => name === 'path').at(-1)?.attributes['d'] ?? '';
  const numbers = (border.match(/-?[\d.]+/g) ?? []).map(Number);
  const [xs, ys] = [0, 1].map((odd) => numbers.filter((_number, index) => index % 2 === odd));
  const [x, y] = [Math.min(...(xs ?? [])), Math.min(...(ys ?? []))];
  return { x, y, width: Math.max(...(xs ?? [])) - x, height: Math.max(...(ys ?? [])) - y };
}

const overlap = (one: Place, other: Place): boolean =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

const contains = (outer: Place, inner: Place): boolean =>
  outer.x <= inner.x &&
  outer.y <= inner.y &&
  outer.x + outer.width >= inner.x + inner.width &&
  outer.y + outer.height >= inner.y + inner.height;
