/** The form of a machine that `xstate/graph` can explore: every actor is replaced by the events it may give. */
import {
  type Actor,
  type ActorRef,
  type AnyStateMachine,
  createActor,
  type EventFromLogic,
  type EventObject,
  fromTransition,
  type InputFrom,
  type OutputFrom,
  type Snapshot,
  type SnapshotFrom,
  type StateMachine,
} from 'xstate';
import type { TraversalOptions } from 'xstate/graph';
import { GreenroomError, messageOf } from '../index.ts';
import { actorNames, expandWildcards, formOf, hasEnded, type MachineForm, type SnapshotView } from './machine-form.ts';

/** Something that an invoked or spawned actor may give to its parent. */
export type ActorReply<Output = unknown, Event extends EventObject = EventObject> =
  | { readonly type: 'done'; readonly output: Output }
  | { readonly type: 'error'; readonly error: unknown }
  | { readonly type: 'snapshot'; readonly snapshot: unknown }
  /** An event that it sends by itself, as a callback does. */
  | { readonly type: 'event'; readonly event: Event };

/** What one actor may give: a list, or a list that depends on the parent's snapshot and the actor's id. */
export type ActorReplies<S, Output = unknown, Event extends EventObject = EventObject> =
  readonly ActorReply<Output, Event>[] | ((snapshot: S, id: string) => readonly ActorReply<Output, Event>[]);

type Replies = ActorReplies<never>;

type ActorsOf<M extends AnyStateMachine> =
  // `any`: the other parameters of the class play no part
  // oxlint-disable-next-line typescript/no-explicit-any
  M extends StateMachine<any, any, any, infer A, any, any, any, any, any, any, any, any, any, any, any> ? A : never;

/** Options of `testMachine`. */
export interface TestMachineOptions<M extends AnyStateMachine> {
  /** What each named actor of the machine may give; an empty list for one that gives nothing. */
  readonly actors: {
    readonly [A in ActorsOf<M> as A['src']]: ActorReplies<SnapshotFrom<M>, OutputFrom<A['logic']>, EventFromLogic<M>>;
  };
  /** What the world may send. Default: nothing. */
  readonly events?:
    readonly EventFromLogic<M>[] | ((snapshot: SnapshotFrom<M>) => readonly EventFromLogic<M>[]) | undefined;
  /** The input to start with. Default: none. */
  readonly input?: InputFrom<M>;
  /**
   * What makes two snapshots different. Default: value, children and the whole context. A context that grows with every
   * event (a history, a counter) has no end of situations: name the parts that matter.
   */
  readonly situation?: (snapshot: SnapshotFrom<M>) => unknown;
  /** The most transitions that are tried before the exploration fails. Default 20 000. */
  readonly limit?: number;
}

/** A machine for `xstate/graph`, and the options to explore it with. */
export interface TestMachine<M extends AnyStateMachine> {
  readonly machine: M;
  /** For `getShortestPaths`, `getSimplePaths`, `getAdjacencyMap` and `createTestModel`. */
  readonly options: TraversalOptions<SnapshotFrom<M>, EventFromLogic<M>, InputFrom<M>>;
  /** The events that may come next, those of its actors and timers included. */
  readonly eventsIn: (snapshot: SnapshotFrom<M>) => readonly EventFromLogic<M>[];
  /** Starts an actor of the form with its input. Only the events sent to it move it. */
  readonly start: () => Actor<M>;
}

/**
 * Makes the form of a machine that `getShortestPaths`, `getSimplePaths` and `createTestModel` of `xstate/graph` accept.
 *
 * - Each invoked actor exists under its id while its state is active, and does nothing; its `onDone`, `onError` and
 *   `onSnapshot` are transitions for the events that `actors` lists. Its `input` is still computed.
 * - Actors that actions spawn do nothing either; they reply in the same way for as long as the machine keeps them.
 * - An actor that is done or has failed gives nothing more.
 * - Each `after` is a transition for the event `xstate.after.<delay>.<state id>`, which may come at any time.
 * - The machine starts with `input` when no other is given.
 * - The given machine is not changed.
 *
 * @throws GreenroomError `invalid_params` when `actors` lacks an actor of the machine or names one that it does not have.
 */
export function testMachine<M extends AnyStateMachine>(machine: M, options: TestMachineOptions<M>): TestMachine<M> {
  const replies = new Map<string, Replies>(Object.entries(options.actors));
  checkNames(machine.id, actorNames(machine), replies);
  const form = formOf(machine);
  const types = new Set<string>();
  const given = new WeakSet<EventObject>();
  expandWildcards(form.machine.root, types);
  startWith(form.machine, options.input);

  const { events: world = [], situation } = options;
  // The form has the states, context and events of `machine`; only XState's own events are not among the typed ones.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const own = (snapshot: SnapshotView) => snapshot as unknown as SnapshotFrom<M>;
  const eventsIn = (snapshot: SnapshotView): readonly EventObject[] => {
    if (snapshot.status !== 'active') return [];
    const fromWorld: readonly EventObject[] = typeof world === 'function' ? world(own(snapshot)) : world;
    const fromActors = form.actorsIn(snapshot).flatMap(({ id, name }) => {
      const list = replies.get(name) ?? [];
      return (typeof list === 'function' ? list(own(snapshot), id) : list).map((reply) => eventOf(reply, id));
    });
    const events = [...fromWorld, ...fromActors, ...form.timersIn(snapshot)];
    for (const event of events) {
      given.add(event);
      types.add(event.type);
    }
    return events;
  };
  const traversal = {
    ...(options.input === undefined ? {} : { input: options.input }),
    events: eventsIn,
    // `createTestModel` adds an event without data for each descriptor of the active states
    filterEvents: (_snapshot: unknown, event: EventObject) => given.has(event),
    serializeState: (snapshot: SnapshotView) =>
      stableJson([snapshot.status, situation === undefined ? wholeSituation(snapshot) : situation(own(snapshot))]),
    serializeEvent: stableJson,
    limit: options.limit ?? 20_000,
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above; the form gives the input
  const start = () => createActor(form.machine as unknown as AnyStateMachine).start();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
  return { machine: form.machine, options: traversal, eventsIn, start } as unknown as TestMachine<M>;
}

/** An actor that takes every event and does nothing; `heard` is called with each. For inputs that hold an actor. */
export function silentActor<E extends EventObject>(
  id: string,
  heard: (event: E) => void = () => undefined,
): ActorRef<Snapshot<unknown>, E> {
  const logic = fromTransition((state: null, event: E) => {
    heard(event);
    return state;
  }, null);
  return createActor(logic, { id }).start();
}

/** XState's own events carry more than their type. */
type GivenEvent = EventObject & Readonly<Record<string, unknown>>;

function eventOf(reply: ActorReply, id: string): EventObject | GivenEvent {
  switch (reply.type) {
    case 'done':
      return { type: `xstate.done.actor.${id}`, output: reply.output, actorId: id } satisfies GivenEvent;
    case 'error':
      return { type: `xstate.error.actor.${id}`, error: reply.error, actorId: id } satisfies GivenEvent;
    case 'snapshot':
      return { type: `xstate.snapshot.${id}`, snapshot: reply.snapshot } satisfies GivenEvent;
    case 'event':
      return reply.event;
    default:
      return reply satisfies never;
  }
}

function startWith(machine: MachineForm['machine'], input: unknown): void {
  const getInitialSnapshot = machine.getInitialSnapshot.bind(machine);
  machine.getInitialSnapshot = (scope, given) => {
    const snapshot = getInitialSnapshot(scope, given ?? input);
    if (snapshot.status !== 'error') return snapshot;
    const problem = `testMachine(): the machine "${machine.id}" cannot start: ${messageOf(snapshot.error)}. Give it an input that it takes.`;
    throw new GreenroomError('invalid_params', problem, { path: 'input', cause: snapshot.error });
  };
}

const wholeSituation = ({ value, context, children }: SnapshotView): unknown => [
  value,
  context,
  Object.entries(children).map(([id, ref]) => [id, ref !== undefined && hasEnded(ref)]),
];

function checkNames(machine: string, names: readonly string[], replies: ReadonlyMap<string, unknown>): void {
  const fail = (problem: string): never => {
    throw new GreenroomError('invalid_params', `testMachine(): ${problem}`, { path: 'actors' });
  };
  for (const name of names) {
    if (replies.has(name)) continue;
    fail(
      `the actor "${name}" of "${machine}" has no replies. Give actors["${name}"]; an empty list if it gives nothing.`,
    );
  }
  for (const name of replies.keys()) {
    if (!names.includes(name)) fail(`"${machine}" has no actor "${name}". It has: ${names.join(', ') || 'none'}.`);
  }
}

/** Any value as text that is equal for equal values: the keys of objects are sorted, and cycles are named. */
function stableJson(value: unknown): string {
  return JSON.stringify(plain(value, [])) ?? 'undefined';
}

function plain(value: unknown, above: readonly object[]): unknown {
  if (typeof value === 'function') return `[function ${value.name}]`;
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (above.includes(value)) return '[circular]';
  const inside = [...above, value];
  const all = (values: Iterable<unknown>) => [...values].map((one) => plain(one, inside));
  if ('sessionId' in value && 'send' in value && 'id' in value) return `[actor ${String(value.id)}]`;
  if (value instanceof Map) return { map: all(value) };
  if (value instanceof Set) return { set: all(value) };
  if ('toJSON' in value && typeof value.toJSON === 'function')
    return plain(Reflect.apply(value.toJSON, value, []), inside);
  if (Array.isArray(value)) return all(value);
  const keys = Object.keys(value).toSorted();
  const about = value instanceof Error ? { name: value.name, message: value.message } : {};
  return { ...about, ...Object.fromEntries(keys.map((key) => [key, plain(Reflect.get(value, key), inside)])) };
}
