/** A machine rebuilt without invocations and timers: what its actors and timers give are events. */
import {
  type AnyActorRef,
  type AnyStateMachine,
  createActor,
  enqueueActions,
  type EventObject,
  fromTransition,
  spawnChild,
  StateMachine,
  stopChild,
} from 'xstate';

/** What is read of a state; XState types most of it as `any`. */
interface StateView {
  readonly id: string;
  readonly config: object;
  readonly invoke: readonly InvokeView[];
  readonly states: Readonly<Record<string, StateView>>;
  readonly ownEvents: readonly string[];
}

interface InvokeView {
  readonly id: string;
  readonly src: unknown;
  readonly input?: unknown;
  readonly onDone?: unknown;
  readonly onError?: unknown;
  readonly onSnapshot?: unknown;
}

/** What is read of a snapshot. */
export interface SnapshotView {
  readonly status: string;
  readonly value: unknown;
  readonly context: unknown;
  readonly error: unknown;
  readonly children: Readonly<Record<string, AnyActorRef | undefined>>;
  readonly _nodes: readonly { readonly id: string }[];
}

interface ScopeView {
  readonly self: { readonly logic?: unknown };
}

interface MachineView {
  readonly id: string;
  readonly root: StateView;
  readonly implementations: { readonly actors: Readonly<Record<string, unknown>> };
  transition(snapshot: SnapshotView, event: EventObject, scope: never): SnapshotView;
  getInitialSnapshot(scope: never, input?: unknown): SnapshotView;
}

export interface MachineForm {
  readonly machine: MachineView;
  /** The actors that live in a snapshot: id and name. Those that are done or have failed are not among them. */
  actorsIn(snapshot: SnapshotView): readonly { readonly id: string; readonly name: string }[];
  /** The events of the timers that run in a snapshot. */
  timersIn(snapshot: SnapshotView): readonly EventObject[];
}

const silent = fromTransition((state: null) => state, null);

/** Stand for actors that are done or have failed and were not stopped yet. */
const ended = new WeakSet<AnyActorRef>();

export const hasEnded = (actor: AnyActorRef): boolean => ended.has(actor);

/** The names of a machine's actors; one that is invoked without a name is known by its id. */
export function actorNames({ root, implementations }: MachineView): readonly string[] {
  const inline = ({ invoke, states }: StateView): string[] => [
    ...invoke.map((one) => nameOf(one, implementations.actors)),
    ...Object.values(states).flatMap(inline),
  ];
  return [...new Set([...Object.keys(implementations.actors), ...inline(root)])];
}

/** Rebuilds a machine. The given one is not changed. */
export function formOf(given: AnyStateMachine): MachineForm {
  const { root, implementations }: MachineView = given;
  const names = new Map<string, string>();
  const timers = new Map<string, readonly string[]>();

  const configOf = (node: StateView): object => {
    const { invoke: _invoke, after, entry, exit, on, states: _states, ...rest } = fieldsOf(node.config);
    for (const one of node.invoke) names.set(one.id, nameOf(one, implementations.actors));
    timers.set(
      node.id,
      Object.keys(fieldsOf(after)).map((delay) => timerType(delay, node.id)),
    );
    const states = Object.entries(node.states).map(([key, child]) => [key, configOf(child)] as const);
    return {
      ...rest,
      on: { ...fieldsOf(on), ...repliesOn(node), ...timersOn(node, fieldsOf(after)) },
      // before `entry`, so that it may send to what it invokes; the input is computed after it, as XState does
      entry: [
        ...node.invoke.map(({ id }) => spawnChild(silent, { id })),
        ...listOf(entry),
        ...node.invoke.map(({ input }) => computed(input)),
      ],
      exit: [...listOf(exit), ...node.invoke.map(({ id }) => stopChild(id))],
      ...(states.length === 0 ? {} : { states: Object.fromEntries(states) }),
    };
  };

  const actors = Object.fromEntries(Object.keys(implementations.actors).map((name) => [name, silent]));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it has the shape of the config that it was made of
  const machine: MachineView = new StateMachine(configOf(root) as never, { ...given.implementations, actors });
  endChildren(machine);
  return {
    machine,
    actorsIn: ({ children }) =>
      Object.entries(children).flatMap(([id, ref]) => {
        if (ref === undefined || ended.has(ref)) return [];
        return [{ id, name: names.get(id) ?? (typeof ref.src === 'string' ? ref.src : id) }];
      }),
    timersIn: ({ _nodes }) => _nodes.flatMap(({ id }) => (timers.get(id) ?? []).map((type) => ({ type }))),
  };
}

/**
 * `createTestModel` takes an event only by its exact descriptor. So a wildcard of the machine counts as each type in `types`
 * that it matches.
 */
export function expandWildcards(node: StateView, types: ReadonlySet<string>): void {
  const own = node.ownEvents;
  const prefixes = own.filter((type) => type === '*' || type.endsWith('.*')).map((type) => type.slice(0, -1));
  const matches = (type: string) => prefixes.some((prefix) => type.startsWith(prefix));
  if (prefixes.length > 0)
    Object.defineProperty(node, 'ownEvents', { get: () => [...own, ...[...types].filter(matches)] });
  for (const child of Object.values(node.states)) expandWildcards(child, types);
}

/** XState keeps a child that is done or has failed until it is stopped; here a stub takes its place. */
function endChildren(machine: MachineView): void {
  const transition = machine.transition.bind(machine);
  machine.transition = (snapshot, event, scope) => {
    const next = transition(snapshot, event, asSelf(machine, scope));
    const id = /^xstate\.(?:done|error)\.actor\.(.*)$/.exec(event.type)?.[1];
    const child = id === undefined ? undefined : next.children[id];
    if (id === undefined || child === undefined || child !== snapshot.children[id]) return next;
    const stub = createActor(silent, { id });
    ended.add(stub);
    // a copy: the same snapshot may lead elsewhere on another path
    return { ...next, children: { ...next.children, [id]: stub } };
  };
}

/** `xstate/graph` gives every machine the same empty actor as `self`; actions may look at the logic of their own. */
function asSelf(machine: MachineView, scope: never): never {
  const { self, ...rest }: ScopeView = scope;
  if (self.logic === machine) return scope;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the scope that was given, with a `self` that inherits from its own
  return { ...rest, self: Object.assign(Object.create(self) as object, { logic: machine }) } as never;
}

function repliesOn({ invoke }: StateView): object {
  const replies = invoke.flatMap(({ id, onDone, onError, onSnapshot }): [string, unknown][] => [
    [`xstate.done.actor.${id}`, onDone],
    [`xstate.error.actor.${id}`, onError],
    [`xstate.snapshot.${id}`, onSnapshot],
  ]);
  return Object.fromEntries(replies.filter(([, transition]) => transition !== undefined));
}

const timersOn = ({ id }: StateView, after: object): object =>
  Object.fromEntries(Object.entries(after).map(([delay, transition]) => [timerType(delay, id), transition]));

/** The type that XState gives to the event of a timer. */
const timerType = (delay: string, stateId: string): string => `xstate.after.${delay}.${stateId}`;

/** Computes the input of an invoked actor and drops it: a mapper that throws must fail the test. */
const computed = (input: unknown) =>
  enqueueActions(({ context, event, self }) => {
    if (typeof input === 'function') Reflect.apply(input, undefined, [{ context, event, self }]);
  });

const nameOf = ({ id, src }: InvokeView, actors: object): string =>
  typeof src === 'string' && Object.hasOwn(actors, src) ? src : id;

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];
