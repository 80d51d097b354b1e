/**
 * The data that every format is drawn from: states in document order, their transitions, and a name for everything.
 * Names are unescaped; each format escapes them for itself.
 */
import type { AnyStateMachine } from 'xstate';
import { listOf, type MachineNode, type MachineTransition, property, rootOf } from './machine-node.ts';
import { actionName, type Invoked, invokedBy, triggerGuard, triggerName } from './names.ts';

export interface ChartState {
  /** Index in `Chart.states`. */
  readonly index: number;
  readonly key: string;
  readonly path: readonly string[];
  readonly parent: number | undefined;
  readonly children: readonly number[];
  readonly kind: 'atomic' | 'compound' | 'parallel' | 'final' | 'shallow history' | 'deep history';
  /** '' for none. */
  readonly description: string;
  readonly tags: readonly string[];
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  readonly invoked: readonly Invoked[];
  /** The child that is entered first, and the actions of that transition. */
  readonly initial: { readonly to: number; readonly actions: readonly string[] } | undefined;
  /** Transitions without a target. */
  readonly inner: readonly Trigger[];
}

/** The cause and the effect of a transition. */
export interface Trigger {
  readonly event: string;
  readonly guard: string | undefined;
  readonly actions: readonly string[];
  /** As the author wrote it; '' for none. */
  readonly description: string;
  /** `reenter: true` changes what it does: it exits and enters its own state. */
  readonly reenters: boolean;
}

/** All transitions from one state to another, in the order in which XState tries them. */
export interface Move {
  readonly from: number;
  readonly to: number;
  readonly triggers: readonly Trigger[];
}

export interface Chart {
  readonly id: string;
  /** In document order; the root is the first. */
  readonly states: readonly ChartState[];
  readonly moves: readonly Move[];
}

/**
 * Reads a machine without running any of its code.
 * @throws GreenroomError `invalid_params` when it is not an XState 5 machine.
 */
export function readChart(machine: AnyStateMachine): Chart {
  const root = rootOf(machine);
  const nodes = [...inDocumentOrder(root)];
  const indexOf = new Map(nodes.map((node, index) => [node, index]));
  const parentOf = new Map(nodes.flatMap((node, index) => childrenOf(node).map((child) => [child, index] as const)));
  const places = { indexOf, parentOf };
  return {
    id: root.id,
    states: nodes.map((node) => readState(node, places)),
    moves: nodes.flatMap((node) => movesFrom(node, places)),
  };
}

interface Places {
  readonly indexOf: ReadonlyMap<MachineNode, number>;
  readonly parentOf: ReadonlyMap<MachineNode, number>;
}

const childrenOf = (node: MachineNode): readonly MachineNode[] => Object.values(node.states);

function* inDocumentOrder(node: MachineNode): Generator<MachineNode> {
  yield node;
  for (const child of childrenOf(node)) yield* inDocumentOrder(child);
}

function readState(node: MachineNode, { indexOf, parentOf }: Places): ChartState {
  const { config, key, path } = node;
  const description = property(config, 'description');
  return {
    index: indexOf.get(node) ?? 0,
    key,
    path,
    parent: parentOf.get(node),
    children: childrenOf(node).map((child) => indexOf.get(child) ?? 0),
    kind: kindOf(node),
    description: typeof description === 'string' ? description : '',
    tags: listOf(property(config, 'tags')).map(String),
    // from the config: XState adds the timers of delayed transitions to the node's own entry and exit actions
    entry: listOf(property(config, 'entry')).map(actionName),
    exit: listOf(property(config, 'exit')).map(actionName),
    invoked: invokedBy(config),
    initial: initialOf(node, indexOf),
    inner: transitionsOf(node)
      .filter(staysInside)
      .map((transition) => triggerOf(node, transition)),
  };
}

function kindOf({ type, history }: MachineNode): ChartState['kind'] {
  if (type !== 'history') return type;
  return history === 'deep' ? 'deep history' : 'shallow history';
}

function initialOf(node: MachineNode, indexOf: Places['indexOf']): ChartState['initial'] {
  const written = property(node.config, 'initial');
  const target = typeof written === 'string' ? written : property(written, 'target');
  const child = typeof target === 'string' && Object.hasOwn(node.states, target) ? node.states[target] : undefined;
  const to = child === undefined ? undefined : indexOf.get(child);
  if (to === undefined) return undefined;
  return { to, actions: listOf(property(written, 'actions')).map(actionName) };
}

const staysInside = ({ target }: MachineTransition): boolean => target === undefined || target.length === 0;

const transitionsOf = ({ transitions, always = [] }: MachineNode): readonly MachineTransition[] => [
  ...always,
  ...[...transitions.values()].flat(),
];

function triggerOf(node: MachineNode, transition: MachineTransition): Trigger {
  const { target = [], reenter, actions, description } = transition;
  return {
    event: triggerName(node, transition),
    guard: triggerGuard(transition),
    actions: actions.map(actionName),
    description: typeof description === 'string' ? description : '',
    reenters: reenter && target.some((to) => isWithin(to, node)),
  };
}

const isWithin = ({ path }: MachineNode, { path: outer }: MachineNode): boolean =>
  outer.every((key, depth) => path[depth] === key);

function movesFrom(node: MachineNode, { indexOf, parentOf }: Places): readonly Move[] {
  const from = indexOf.get(node) ?? 0;
  const triggers = new Map<number, Trigger[]>();
  for (const transition of transitionsOf(node)) {
    for (const target of transition.target ?? []) {
      const to = indexOf.get(target);
      if (to === undefined) continue;
      triggers.set(to, [...(triggers.get(to) ?? []), triggerOf(node, transition)]);
    }
  }
  const moves = [...triggers].map(([to, all]) => ({ from, to, triggers: all }));
  return node.type === 'history' ? [...moves, ...defaultsOf(node, from, { indexOf, parentOf })] : moves;
}

/** The default targets of a history state. */
function defaultsOf(node: MachineNode, from: number, { indexOf, parentOf }: Places): readonly Move[] {
  const trigger = { event: 'by default', guard: undefined, actions: [], description: '', reenters: false };
  const siblings = [...indexOf].filter(([other]) => parentOf.get(other) === parentOf.get(node));
  return listOf(property(node.config, 'target')).flatMap((target) => {
    const to = findTarget(String(target), siblings, indexOf);
    return to === undefined ? [] : [{ from, to, triggers: [trigger] }];
  });
}

/** `#id`, or a path that starts among the siblings. */
function findTarget(
  target: string,
  siblings: readonly (readonly [MachineNode, number])[],
  indexOf: Places['indexOf'],
): number | undefined {
  if (target.startsWith('#')) return [...indexOf].find(([{ id }]) => id === target.slice(1))?.[1];
  const [first = '', ...rest] = target.split('.');
  let found = siblings.find(([{ key }]) => key === first)?.[0];
  for (const key of rest)
    found = found !== undefined && Object.hasOwn(found.states, key) ? found.states[key] : undefined;
  return found === undefined ? undefined : indexOf.get(found);
}
