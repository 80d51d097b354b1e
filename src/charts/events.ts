/** What a chart calls that which sets off a transition, in the words of XState's configuration. */
import { type MachineNode, type MachineTransition, property } from './machine-node.ts';
import { guardName, type Invoked, invokedBy } from './names.ts';

/** `submit`, `always`, `after 1000 ms`, `after backOff`, `onDone`, `onError modelTurn`, `route #id`. */
export function triggerName(node: MachineNode, { eventType, delay, target }: MachineTransition): string {
  if (eventType === '') return 'always';
  if (typeof delay === 'number') return `after ${delay} ms`;
  if (delay !== undefined) return `after ${delay}`;
  if (eventType === `xstate.done.state.${node.id}`) return 'onDone';
  if (isRoute(eventType)) return `route #${target?.[0]?.id ?? ''}`;
  const invoked = invokedBy(node.config);
  for (const [index, actor] of invoked.entries()) {
    // the id that XState gives an invoked actor that has none
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

/** The name of a transition's guard, if it has one. A route's own check, that the event means it, is none. */
export function triggerGuard({ eventType, guard, target }: MachineTransition): string | undefined {
  const written = isRoute(eventType) ? property(property(target?.[0]?.config, 'route'), 'guard') : guard;
  return written === undefined || written === null ? undefined : guardName(written);
}
