/** What is kept of a running system, and what is not. */
import { expect, test } from 'vitest';
import { assign, createActor, fromPromise, type InspectionEvent, setup, spawnChild, stopChild } from 'xstate';
import { LiveActors, type Update } from '../../src/inspect/live-actors.ts';
import { type Connection, Viewer } from '../../src/inspect/viewer.ts';

const counter = setup({ types: { context: {} as { count: number }, events: {} as { type: 'add' } } }).createMachine({
  id: 'counter',
  context: { count: 0 },
  on: { add: { actions: assign({ count: ({ context }) => context.count + 1 }) } },
});

const nursery = setup({
  types: {
    events: {} as
      { type: 'bear' | 'stop'; id: string } | { type: 'fail'; id: string } | { type: `xstate.error.actor.${string}` },
  },
  actors: { child: counter, failure: fromPromise(() => Promise.reject(new Error('no'))) },
}).createMachine({
  on: {
    bear: { actions: spawnChild('child', { id: ({ event }) => event.id }) },
    stop: { actions: stopChild(({ event }) => event.id) },
    fail: { actions: spawnChild('failure', { id: ({ event }) => event.id }) },
    'xstate.error.actor.*': {},
  },
});

function keeper() {
  let calls = 0;
  const actors = new LiveActors(() => (calls += 1));
  return { actors, inspect: (event: InspectionEvent) => actors.observe(event), calls: () => calls };
}

const toldOf = ({ what }: Update): string => {
  if (what.type === 'started') return 'started';
  const { type } = what.event as { readonly type: string };
  return what.type === 'event' ? type : `state after ${type}`;
};

test('while nobody looks only the actors that live are kept, and nobody is called', () => {
  const { actors, inspect, calls } = keeper();
  const actor = createActor(nursery, { inspect }).start();
  for (let nth = 0; nth < 100; nth += 1) {
    actor.send({ type: 'bear', id: `child ${nth}` });
    if (nth >= 10) actor.send({ type: 'stop', id: `child ${nth}` });
  }
  expect(actors.size).toBe(11);
  expect(actors.pending).toBe(0);
  expect(calls()).toBe(0);
  actor.stop();
  expect(actors.size).toBe(0);
});

test('an actor that fails is one that has ended', async () => {
  const { actors, inspect } = keeper();
  const actor = createActor(nursery, { inspect }).start();
  actor.send({ type: 'fail', id: 'one' });
  expect(actors.size).toBe(2);
  await new Promise((resolve) => setImmediate(resolve));
  expect(actors.size).toBe(1);
  actor.stop();
});

test('news are told in order, of states that follow each other the latest, after all that led there', () => {
  const { actors, inspect } = keeper();
  actors.setWatched(true);
  const actor = createActor(counter, { inspect }).start();
  for (let nth = 0; nth < 3; nth += 1) actor.send({ type: 'add' });
  const news = [...actors.take()];
  expect(news.map(toldOf)).toEqual(['started', 'xstate.init', 'add', 'add', 'add', 'state after add']);
  expect(news[0]?.what).toMatchObject({ snapshot: { context: { count: 0 } } });
  expect(news.at(-1)?.what).toMatchObject({ snapshot: { context: { count: 3 } } });
  expect(actors.pending).toBe(0);
});

test('news that nobody takes are bounded: messages are given up, births and latest states are not', () => {
  const { actors, inspect } = keeper();
  actors.setWatched(true);
  const actor = createActor(counter, { inspect }).start();
  const sent = 25_000;
  for (let nth = 0; nth < sent; nth += 1) actor.send({ type: 'add' });
  const news = [...actors.take()];
  expect(news.length).toBeLessThan(10_010);
  expect(toldOf(news[0] as Update)).toBe('started');
  expect(news.at(-1)?.what).toMatchObject({ type: 'state', snapshot: { context: { count: sent } } });
});

test('actors that come and go unseen are given up as well; the end of one that somebody was shown is not', () => {
  const { actors, inspect } = keeper();
  actors.setWatched(true);
  const actor = createActor(nursery, { inspect }).start();
  actor.send({ type: 'bear', id: 'shown' });
  const here = line();
  const viewer = new Viewer({ connection: here, actors, maxBytes: 300_000, onRoom: () => undefined });
  while (viewer.wantsMore) viewer.sendNextActor();
  actor.send({ type: 'stop', id: 'shown' });
  for (let nth = 0; nth < 10_000; nth += 1) {
    actor.send({ type: 'bear', id: `child ${nth}` });
    actor.send({ type: 'stop', id: `child ${nth}` });
  }
  const news = [...actors.take()];
  expect(news.length).toBeLessThan(20_000);
  const ends = news.filter(({ actor: { id } }) => id === 'shown').map(toldOf);
  expect(ends).toEqual(['started', 'state after xstate.stop']);
  // what is told of any actor is whole: it is born before anything else is said of it
  const begun = new Set<string>();
  for (const told of news) {
    if (told.what.type === 'started') begun.add(told.actor.id);
    else expect(begun).toContain(told.actor.id);
  }
});

test('when the last viewer has left, what was not told is forgotten', () => {
  const { actors, inspect } = keeper();
  actors.setWatched(true);
  const actor = createActor(counter, { inspect }).start();
  actor.send({ type: 'add' });
  actors.setWatched(false);
  expect(actors.pending).toBe(0);
  expect(actors.size).toBe(1);
});

test('actors that are given up before they start do not pile up', () => {
  const { actors } = keeper();
  const gone = createActor(nursery);
  for (let nth = 0; nth < 5000; nth += 1) {
    const actorRef = Object.assign(createActor(counter), { _parent: gone }); // nobody says that its parent has ended
    actors.observe({ type: '@xstate.actor', actorRef, rootId: gone.sessionId });
  }
  expect(actors.size).toBeLessThan(2001);
});

/** A connection from which nobody takes anything until he is told to. */
function line() {
  const sent: { readonly text: string; readonly onSent: () => void }[] = [];
  const kept: Connection & { readonly sent: typeof sent; isCut: boolean; read(): void } = {
    sent,
    isCut: false,
    get waiting() {
      return sent.reduce((sum, { text }) => sum + text.length, 0);
    },
    send: (text, onSent) => void sent.push({ text, onSent }),
    terminate() {
      kept.isCut = true;
    },
    read() {
      for (const { onSent } of sent.splice(0)) onSent();
    },
  };
  return kept;
}

test('a first picture that nobody reads takes bounded room, and goes on when it is read', () => {
  const { actors, inspect } = keeper();
  const actor = createActor(nursery, { inspect }).start();
  for (let nth = 0; nth < 500; nth += 1) actor.send({ type: 'bear', id: `${nth} ${'x'.repeat(1000)}` });
  const slow = line();
  let asked = 0;
  const viewer = new Viewer({ connection: slow, actors, maxBytes: 300_000, onRoom: () => (asked += 1) });
  while (viewer.wantsMore) viewer.sendNextActor();
  expect(slow.waiting).toBeLessThan(150_000 + 64 * 1024);
  let shown = 0;
  while (slow.sent.length > 0) {
    shown += slow.sent.length;
    slow.read();
    while (viewer.wantsMore) viewer.sendNextActor();
  }
  expect(asked).toBeGreaterThan(0);
  expect(shown).toBe(501);
  expect(slow.isCut).toBe(false);
});

test('a viewer hears nothing of an actor that it was not shown yet, and nothing twice', () => {
  const { actors, inspect } = keeper();
  actors.setWatched(true);
  const actor = createActor(nursery, { inspect }).start();
  actor.send({ type: 'bear', id: 'first' });
  const here = line();
  const viewer = new Viewer({ connection: here, actors, maxBytes: 300_000, onRoom: () => undefined });
  const tell = () => {
    for (const news of actors.take()) viewer.send(news, () => `${news.actor.id}: ${toldOf(news)}`);
  };
  tell(); // it was shown nothing yet
  expect(here.sent).toEqual([]);
  while (viewer.wantsMore) viewer.sendNextActor();
  tell(); // all of it is in the picture
  expect(here.sent).toHaveLength(2);
  here.read();
  actor.send({ type: 'bear', id: 'second' });
  tell();
  expect(here.sent.map(({ text }) => text.replace(/^x:\d+/, 'root'))).toEqual([
    'root: bear',
    'second: started',
    'second: xstate.init',
    'second: state after xstate.init',
    'root: state after bear',
  ]);
});
