/**
 * Names of actions, guards, actors and triggers, in the words of XState's configuration. An implementation that is
 * written inline has the name of its function, or of XState's built-in action, or `inline`.
 */
import { listOf, type MachineNode, type MachineTransition, property } from './machine-node.ts';

/** The name of a function without a name. */
const INLINE = 'inline';

/** Names that a function takes from the property it is assigned to; they say nothing. */
const NO_NAMES = ['', 'actions', 'entry', 'exit', 'guard', 'src'];

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

function functionName(written: unknown): string {
  const name = typeof written === 'function' ? text(property(written, 'name')) : undefined;
  return name === undefined || NO_NAMES.includes(name) ? INLINE : name;
}

/** The name of an action: `'name'`, `{ type: 'name' }`, a built-in one (`raise tick`), or a function. */
export function actionName(action: unknown): string {
  const type = text(action) ?? text(property(action, 'type'));
  if (type === undefined) return functionName(action);
  return typeof action === 'function' ? builtInName(type, action) : type;
}

function builtInName(type: string, action: unknown): string {
  const verb = type.replace(/^xstate\./, '');
  const event = property(action, 'event');
  const object =
    text(property(event, 'type')) ??
    text(property(action, 'src')) ??
    text(property(action, 'sendId')) ??
    text(property(action, 'actorRef'));
  return object === undefined ? verb : `${verb} ${object}`;
}

/** The name of a guard, also of `and`, `or`, `not` and `stateIn`; a composed guard inside another has brackets. */
export function guardName(guard: unknown, isPart = false): string {
  if (typeof guard !== 'function') return text(guard) ?? text(property(guard, 'type')) ?? INLINE;
  const parts = property(guard, 'guards');
  if (Array.isArray(parts)) {
    const names = parts.map((part) => guardName(part, true));
    const kind = property(guard, 'name');
    if (kind === 'not') return `!${names.join(', ')}`;
    const joined = names.join(kind === 'or' ? ' || ' : ' && ');
    return isPart && names.length > 1 ? `(${joined})` : joined;
  }
  const stateValue = property(guard, 'stateValue');
  return stateValue === undefined ? functionName(guard) : `in ${statePath(stateValue)}`;
}

/** Of `{ a: { b: 'c' } }`: `a.b.c`. */
function statePath(value: unknown): string {
  if (typeof value !== 'object' || value === null) return text(value) ?? INLINE;
  return Object.keys(value)
    .map((key) => `${key}.${statePath(property(value, key))}`)
    .join(' & ');
}

/** The name of invoked logic; the id of an inline machine. */
export function actorName(source: unknown): string {
  return text(source) ?? text(property(source, 'id')) ?? INLINE;
}

export interface Invoked {
  readonly src: string;
  /** From the config; `undefined` where XState generates one. */
  readonly id: string | undefined;
}

/** The actors that a state invokes, in order. */
export function invokedBy(stateConfig: unknown): readonly Invoked[] {
  return listOf(property(stateConfig, 'invoke')).map((invoke) => ({
    src: actorName(property(invoke, 'src')),
    id: text(property(invoke, 'id')),
  }));
}

/** The name of a transition's trigger: `submit`, `always`, `after 1000 ms`, `after backOff`, `onDone`, `onError modelTurn`, `route #id`. */
export function triggerName(node: MachineNode, { eventType, delay, target }: MachineTransition): string {
  if (eventType === '') return 'always';
  if (typeof delay === 'number') return `after ${delay} ms`;
  if (delay !== undefined) return `after ${delay}`;
  if (eventType === `xstate.done.state.${node.id}`) return 'onDone';
  if (isRoute(eventType)) return `route #${target?.[0]?.id ?? ''}`;
  const invoked = invokedBy(node.config);
  for (const [index, actor] of invoked.entries()) {
    // the id that XState generates for an invoked actor
    const id = actor.id ?? `${index}.${node.id}`;
    const shown = shownActor(actor, id, invoked);
    if (eventType === `xstate.done.actor.${id}`) return `onDone ${shown}`;
    if (eventType === `xstate.error.actor.${id}`) return `onError ${shown}`;
    if (eventType === `xstate.snapshot.${id}`) return `onSnapshot ${shown}`;
  }
  return eventType;
}

function shownActor({ src }: Invoked, id: string, all: readonly Invoked[]): string {
  return all.filter((other) => other.src === src).length > 1 ? `${src} (${id})` : src;
}

const isRoute = (eventType: string): boolean => eventType === 'xstate.route';

/** The name of a transition's guard. XState's own check of a route's event does not count as one. */
export function triggerGuard({ eventType, guard, target }: MachineTransition): string | undefined {
  const written = isRoute(eventType) ? property(property(target?.[0]?.config, 'route'), 'guard') : guard;
  return written === undefined || written === null ? undefined : guardName(written);
}
