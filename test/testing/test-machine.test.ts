import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  type AnyStateMachine,
  assign,
  createActor,
  createMachine,
  enqueueActions,
  fromCallback,
  fromPromise,
  sendTo,
  setup,
} from 'xstate';
import { createTestModel, getAdjacencyMap, getShortestPaths, getSimplePaths } from 'xstate/graph';
import { silentActor, testMachine } from '../../src/testing/index.ts';

const load = fromPromise<number, { readonly url: string }>(() => Promise.reject(new Error('a form runs no actor')));
const check = fromPromise<void>(() => Promise.reject(new Error('a form runs no actor')));

interface Context {
  readonly url: string;
  readonly tries: number;
  readonly found?: number;
  readonly parts: number;
}
type Event =
  { readonly type: 'retry' } | { readonly type: 'cancel' } | { readonly type: 'progress'; readonly step: number };

/** Has all that `createTestModel` refuses: invocations, by name and inline, and timers; it also spawns, and talks to what it invokes. */
const loader = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as { readonly url: string } },
  actors: { load, check, worker: fromCallback(() => () => undefined) },
  actions: {
    greet: sendTo('loading', { type: 'hello' }),
    spawnParts: enqueueActions(({ enqueue }) => {
      for (const part of [1, 2]) enqueue.spawnChild('worker', { id: `part-${part}` });
      enqueue.assign({ parts: 2 });
    }),
    reapPart: enqueueActions(({ context, event, enqueue }) => {
      enqueue.stopChild(event.type.replace(/^xstate\.(?:done|error)\.actor\./, ''));
      enqueue.assign({ parts: context.parts - 1 });
    }),
  },
  guards: { mayRetry: ({ context }) => context.tries < 2, hasNoParts: ({ context }) => context.parts === 0 },
  delays: { patience: 1000 },
}).createMachine({
  id: 'loader',
  context: ({ input }) => ({ url: input.url.trim(), tries: 0, parts: 0 }),
  initial: 'loading',
  states: {
    loading: {
      entry: ['greet', assign({ tries: ({ context }) => context.tries + 1 })],
      invoke: {
        id: 'loading',
        src: 'load',
        input: ({ context }) => ({ url: context.url }),
        onDone: { target: 'splitting', actions: assign({ found: ({ event }) => event.output }) },
        onError: [{ guard: 'mayRetry', target: 'waiting' }, { target: 'failed' }],
      },
      on: { cancel: 'failed' },
      after: { patience: 'failed' },
    },
    waiting: { after: { 50: 'loading' }, on: { retry: 'loading' } },
    splitting: {
      entry: 'spawnParts',
      always: { guard: 'hasNoParts', target: 'checking' },
      on: { 'xstate.done.actor.*': { actions: 'reapPart' }, 'xstate.error.actor.*': 'failed', progress: {} },
    },
    checking: { invoke: { id: 'check', src: 'check', onDone: 'loaded', onError: 'failed' } },
    loaded: { type: 'final' },
    failed: { type: 'final' },
  },
});

const form = testMachine(loader, {
  input: { url: ' x ' },
  actors: {
    load: [
      { type: 'done', output: 7 },
      { type: 'error', error: new Error('no network') },
    ],
    worker: [
      { type: 'done', output: undefined },
      { type: 'error', error: new Error('it crashed') },
      { type: 'event', event: { type: 'progress', step: 1 } },
    ],
    check: [
      { type: 'done', output: undefined },
      { type: 'error', error: new Error('wrong') },
    ],
  },
  events: [{ type: 'cancel' }, { type: 'retry' }],
});
const states = ['loading', 'waiting', 'splitting', 'checking', 'loaded', 'failed'];

describe('the form of a machine with actors and timers', () => {
  test('getShortestPaths reaches every state, by what its actors give and its timers', () => {
    const paths = getShortestPaths(form.machine, form.options);
    expect(new Set(paths.map(({ state }) => state.value))).toEqual(new Set(states));
    expect(paths.map(({ state }) => state.status)).not.toContain('error');
    const longest = paths.find(({ state }) => state.matches('loaded'));
    expect(longest?.steps.map(({ event }) => event.type)).toEqual([
      'xstate.init',
      'xstate.done.actor.loading',
      'xstate.done.actor.part-1',
      'xstate.done.actor.part-2',
      'xstate.done.actor.check',
    ]);
    expect(longest?.state.context).toEqual({ url: 'x', tries: 1, found: 7, parts: 0 });
  });

  test('getSimplePaths goes every way without a repetition', () => {
    const failed = getSimplePaths(form.machine, { ...form.options, toState: (state) => state.matches('failed') });
    const causes = new Set(failed.map(({ steps }) => steps.at(-1)?.event.type));
    expect(causes).toEqual(
      new Set([
        'cancel',
        'xstate.error.actor.loading',
        'xstate.after.patience.loader.loading',
        'xstate.error.actor.part-1',
        'xstate.error.actor.part-2',
        'xstate.error.actor.check',
      ]),
    );
  });

  test('createTestModel takes it, with and without duplicates, and sends no event that cannot come', async () => {
    const model = createTestModel(form.machine, form.options);
    const paths = model.getShortestPaths({ allowDuplicatePaths: true });
    expect(new Set(paths.map(({ state }) => state.value))).toEqual(new Set(states));
    const shortest = getShortestPaths(form.machine, form.options);
    const wayOf = (path: (typeof shortest)[number]) => path.steps.map(({ event }) => event.type).join(' ');
    expect(new Set(paths.map(wayOf))).toEqual(new Set(shortest.map(wayOf)));
    expect(model.getSimplePaths().length).toBeGreaterThan(paths.length / 2);

    const visited: unknown[] = [];
    for (const path of model.getShortestPaths()) {
      await path.test({
        states: { loading: () => void visited.push('loading'), loaded: () => void visited.push('loaded') },
      });
    }
    expect(new Set(visited)).toEqual(new Set(['loading', 'loaded']));
  });

  test('a running form goes where the graph says, and no actor or timer moves it', () => {
    for (const { steps, state } of getShortestPaths(form.machine, form.options)) {
      const actor = createActor(form.machine, { input: { url: 'x' } }).start();
      for (const { event } of steps.slice(1)) actor.send(event);
      expect(actor.getSnapshot().value).toEqual(state.value);
      actor.stop();
    }
  });

  test('the machine it was made of is not changed', () => {
    expect(loader.config.states?.loading?.invoke).toBeDefined();
    expect(() => createTestModel(loader)).toThrow('Invocations on test machines are not supported');
  });

  test('an actor that is done gives nothing more, even if the machine keeps it', () => {
    const keeper = setup({
      actors: { once: fromPromise(() => Promise.resolve(1)) },
      types: { context: {} as { readonly times: number } },
    }).createMachine({
      context: { times: 0 },
      invoke: { id: 'once', src: 'once', onDone: { actions: assign({ times: ({ context }) => context.times + 1 }) } },
    });
    const { machine, options } = testMachine(keeper, { actors: { once: [{ type: 'done', output: 1 }] } });
    const times = Object.values(getAdjacencyMap(machine, options)).map(({ state }) => state.context.times);
    expect(times).toEqual([0, 1]);
  });

  test('an actor that is invoked without a name is known by its id', () => {
    const machine = createMachine({
      initial: 'asking',
      states: { asking: { invoke: { id: 'ask', src: check, onDone: 'told' } }, told: {} },
    });
    const actors = { ask: [{ type: 'done' as const, output: undefined }] };
    const { options, ...inline } = testMachine(machine as AnyStateMachine, { actors });
    expect(getShortestPaths(inline.machine, options).map(({ state }) => state.value)).toEqual(['asking', 'told']);
  });

  test('replies and events may depend on the snapshot; `situation` says what makes snapshots different', () => {
    const { machine, options } = testMachine(loader, {
      input: { url: 'x' },
      actors: {
        load: ({ context }, id) =>
          context.tries === 1 ? [{ type: 'error', error: new Error(id) }] : [{ type: 'done', output: context.tries }],
        worker: [],
        check: [],
      },
      events: (snapshot) => (snapshot.matches('waiting') ? [{ type: 'retry' as const }] : []),
      situation: ({ value }) => value,
    });
    const paths = getShortestPaths(machine, options);
    // by value alone the second time in `loading` is the first, so nothing leads on from there
    expect(paths.map(({ state }) => state.value)).toEqual(['loading', 'waiting', 'failed']);
  });
});

describe('what testMachine refuses', () => {
  test('an actor without replies, by name', () => {
    expect(() => testMachine(loader, { actors: { load: [], check: [] } as never })).toThrow(
      'testMachine(): the actor "worker" of "loader" has no replies. Give actors["worker"]; an empty list if it gives nothing.',
    );
  });

  test('replies for an actor that the machine does not have', () => {
    expect(() =>
      testMachine(loader, { actors: Object.assign({ load: [], worker: [], check: [] }, { save: [] }) }),
    ).toThrow('testMachine(): "loader" has no actor "save". It has: load, check, worker.');
  });

  test('a start without the input that the machine needs', () => {
    const { machine, options } = testMachine(loader, { actors: { load: [], worker: [], check: [] } });
    expect(() => getShortestPaths(machine, options)).toThrow(
      /^testMachine\(\): the machine "loader" cannot start: .*\. Give it an input that it takes\.$/,
    );
  });

  test('an exploration without end, by its limit', () => {
    const counter = setup({
      types: { context: {} as { readonly count: number }, events: {} as { readonly type: 'up' } },
    }).createMachine({
      context: { count: 0 },
      on: { up: { actions: assign({ count: ({ context }) => context.count + 1 }) } },
    });
    const { machine, options } = testMachine(counter, { actors: {}, events: [{ type: 'up' }], limit: 50 });
    expect(() => getShortestPaths(machine, options)).toThrow('Traversal limit exceeded');
  });
});

test('outputs and events are checked by type', () => {
  const machine = setup({
    types: { events: {} as Event },
    actors: { load: fromPromise(() => Promise.resolve(1)) },
  }).createMachine({});
  // @ts-expect-error -- the output of `load` is a number
  testMachine(machine, { actors: { load: [{ type: 'done', output: 'seven' }] } });
  // @ts-expect-error -- `load` has no replies
  expect(() => testMachine(machine, { actors: {} })).toThrow('has no replies');
  // @ts-expect-error -- there is no such event
  testMachine(machine, { actors: { load: [] }, events: [{ type: 'other' }] });
  expectTypeOf(testMachine(machine, { actors: { load: [] } }).machine).toEqualTypeOf(machine);
});

test('a silent actor takes every event and says which', () => {
  const heard: { readonly type: 'ping' }[] = [];
  const actor = silentActor<{ readonly type: 'ping' }>('owner', (event) => heard.push(event));
  actor.send({ type: 'ping' });
  expect(heard).toEqual([{ type: 'ping' }]);
  expect(actor.getSnapshot().status).toBe('active');
});
