/** Every situation a chart can get into, and which of its states and transitions were seen on the way. */
import type { AnyMachineSnapshot, AnyStateMachine, AnyStateNode, AnyTransitionDefinition, EventObject } from 'xstate';
import { getShortestPaths } from 'xstate/graph';

/** A way to begin, and what may happen from there. */
export interface Beginning<S extends AnyMachineSnapshot> {
  readonly input: unknown;
  /** What may come in a situation: completions of children, and what others say. */
  readonly events: (snapshot: S) => readonly Said[];
}

/** An event of a child or of the world, with what it says. */
export type Said = EventObject & Readonly<Record<string, unknown>>;

/** The shortest way to a situation. */
export interface Way<S extends AnyMachineSnapshot> {
  readonly input: unknown;
  readonly events: readonly EventObject[];
  readonly state: S;
}

export interface Explored<S extends AnyMachineSnapshot> {
  readonly ways: readonly Way<S>[];
  /** Ids of the states that were active at rest or passed through. */
  readonly states: ReadonlySet<string>;
  readonly transitions: ReadonlySet<string>;
}

/**
 * Explores the chart from every beginning.
 * @param situationOf What makes two situations different.
 */
export function explore<S extends AnyMachineSnapshot>(
  machine: AnyStateMachine,
  beginnings: readonly Beginning<S>[],
  situationOf: (snapshot: S) => unknown,
): Explored<S> {
  const transitions = new Set<string>();
  const states = new Set<string>();
  const see = (taken: readonly AnyTransitionDefinition[], snapshot: AnyMachineSnapshot) => {
    for (const transition of taken) {
      transitions.add(transitionText(transition));
      states.add(transition.source.id);
    }
    for (const { id } of snapshot._nodes as readonly AnyStateNode[]) states.add(id);
  };
  const logic = watched(machine, see);
  const ways = beginnings.flatMap(({ input, events }) => {
    const paths = getShortestPaths(logic as never, {
      input: input as never,
      events: ((snapshot: S) => possible(snapshot, events(snapshot))) as never,
      serializeState: (snapshot: unknown) => JSON.stringify(situationOf(snapshot as S)) as never,
      limit: 20_000,
    });
    // the first step of a path is the beginning itself
    return paths.map(({ state, steps }) => ({
      input,
      events: steps.slice(1).map(({ event }) => event),
      state: state as unknown as S,
    }));
  });
  return { ways, states, transitions };
}

/** Who has ended hears nothing, and a child that is not there says nothing. */
function possible(snapshot: AnyMachineSnapshot, events: readonly Said[]): readonly Said[] {
  if (snapshot.status !== 'active') return [];
  return events.filter(({ type }) => {
    const child = /^xstate\.(?:done|error)\.actor\.(.*)$/.exec(type)?.[1];
    return child === undefined || child === 'agent' || child in snapshot.children; // agents are in no table of children
  });
}

type Scope = Parameters<AnyStateMachine['transition']>[2];

/** The same logic; every microstep is told, those that follow by themselves included. */
function watched(
  machine: AnyStateMachine,
  see: (taken: readonly AnyTransitionDefinition[], snapshot: AnyMachineSnapshot) => void,
) {
  const watching = <T>({ system }: Scope, act: () => T): T => {
    const watch = system.inspect((event) => {
      if (event.type === '@xstate.microstep') see(event._transitions, event.snapshot as AnyMachineSnapshot);
    });
    try {
      return act();
    } finally {
      watch.unsubscribe();
    }
  };
  return {
    getInitialSnapshot: (scope: Scope, input: unknown) =>
      watching(scope, () => machine.getInitialSnapshot(scope, input)),
    transition: (snapshot: AnyMachineSnapshot, event: EventObject, scope: Scope) =>
      watching(scope, () => machine.transition(snapshot, event, scope)),
  };
}

/** Ids of all states of a chart that an actor can be in. */
export const statesOf = ({ root }: AnyStateMachine): string[] =>
  nodesOf(root).flatMap(({ id, type }) => (type === 'history' ? [] : [id]));

/** All transitions of a chart, those that follow by themselves included. */
export const transitionsOf = ({ root }: AnyStateMachine): string[] =>
  nodesOf(root).flatMap(ownTransitions).map(transitionText);

function nodesOf(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap(nodesOf)];
}

const ownTransitions = ({ transitions, always = [] }: AnyStateNode): AnyTransitionDefinition[] => [
  ...[...transitions.values()].flat(),
  ...always,
];

/** `agent.running.acting: always 0 → agent.done`; the number is its place among those for the same event. */
function transitionText(transition: AnyTransitionDefinition): string {
  const { source, eventType, target = [] } = transition;
  const rivals = ownTransitions(source).filter((other) => other.eventType === eventType);
  const to = target.map(({ id }) => id).join(', ');
  return `${source.id}: ${eventType === '' ? 'always' : eventType} ${rivals.indexOf(transition)}${to === '' ? '' : ` → ${to}`}`;
}
