import { describe, expect, test } from 'vitest';
import {
  and,
  assign,
  cancel,
  createMachine,
  emit,
  log,
  not,
  or,
  raise,
  sendTo,
  spawnChild,
  stateIn,
  stopChild,
} from 'xstate';
import { toJson, toMermaid, toSvg } from '../../src/charts/index.ts';
import { actionName, actorName, guardName } from '../../src/charts/names.ts';

describe('an action is called by', () => {
  test.each([
    ['its name', 'greet', 'greet'],
    ['its name, with parameters', { type: 'greet', params: { name: 'you' } }, 'greet'],
    ['what XState does', assign({}), 'assign'],
    ['the event it raises', raise({ type: 'tick' }), 'raise tick'],
    ['the event it sends', sendTo('a', { type: 'tick' }), 'sendTo tick'],
    ['the event it emits', emit({ type: 'tick' }), 'emit tick'],
    ['the actor it starts', spawnChild('load'), 'spawnChild load'],
    ['the actor it stops', stopChild('load'), 'stopChild load'],
    ['what it cancels', cancel('tick'), 'cancel tick'],
    ['what XState does, when that depends', log(() => 'x'), 'log'],
    [
      'the name of its function',
      function ring() {
        return 1;
      },
      'ring',
    ],
    [
      '"inline" when it has none',
      (
        () => () =>
          undefined
      )(),
      'inline',
    ],
    ['"inline" when it is nothing of the kind', 17, 'inline'],
  ])('%s', (_what, action, name) => expect(actionName(action)).toBe(name));
});

describe('a guard is called by', () => {
  test.each([
    ['its name', 'isOpen', 'isOpen'],
    ['its name, with parameters', { type: 'isOpen', params: 1 }, 'isOpen'],
    ['all its parts', and(['a', not('b'), or(['c', 'd'])]), 'a && !b && (c || d)'],
    ['what it denies', not(and(['a', 'b'])), '!(a && b)'],
    ['the state it asks for', stateIn('#x'), 'in #x'],
    ['the states it asks for', stateIn({ a: { b: 'c' }, d: 'e' }), 'in a.b.c & d.e'],
    [
      '"inline" when it has no name',
      (
        () => () =>
          true
      )(),
      'inline',
    ],
  ])('%s', (_what, guard, name) => expect(guardName(guard)).toBe(name));
});

test('an actor is called by its name, or by its id when it is a machine', () => {
  expect(actorName('load')).toBe('load');
  expect(actorName(createMachine({ id: 'inner' }))).toBe('inner');
  expect(actorName({ transition: () => 1 })).toBe('inline');
});

test.each([undefined, null, 1, 'x', {}, { root: {} }])('%j is refused, with the remedy', async (thing) => {
  const remedy = expect.objectContaining({
    code: 'invalid_params',
    message: expect.stringContaining('createMachine()'),
  });
  // @ts-expect-error no machine
  const drawings = [() => toMermaid(thing), () => toJson(thing), () => toSvg(thing)];
  for (const draw of drawings) await expect((async () => await draw())()).rejects.toEqual(remedy);
});
