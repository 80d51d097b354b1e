/**
 * The state that every machine is in, and what brought it there, for whoever asks by the id of an agent or a call.
 *
 * What you can rely on:
 * - An actor is known from its birth on, and for a while after its end; of those that ended the oldest are forgotten first.
 * - What is kept are names of states and events, never a context or a payload. Memory is bounded.
 * - `inspect` never throws, and keeps nothing of an actor alive.
 */
import type { InspectionEvent } from 'xstate';

/** A change from some states to others. States are dotted paths, outermost first. */
export interface WatchedTransition {
  /** Epoch milliseconds. */
  readonly at: number;
  /** The type of the event. */
  readonly event: string;
  readonly from: readonly string[];
  readonly to: readonly string[];
}

export interface WatchedActor {
  /** Of an agent or a call (`<agentId>/<callId>`); `orchestrator` for the root. */
  readonly id: string;
  /** The name of its machine. */
  readonly machine: string;
  /** The states that are active, as dotted paths, outermost first. */
  readonly active: readonly string[];
  /** The last ones, oldest first. */
  readonly transitions: readonly WatchedTransition[];
}

export interface ActorWatch {
  /** For `inspect` of the orchestrator. */
  readonly inspect: (event: InspectionEvent) => void;
  /** `undefined`: no such actor was seen, or it was forgotten. */
  state(id: string): WatchedActor | undefined;
}

export interface ActorWatchOptions {
  /** Actors kept; those that ended go first. Default 5000. */
  readonly maxActors?: number;
  /** Transitions kept of each. Default 20. */
  readonly maxTransitions?: number;
}

interface Watched {
  readonly machine: string;
  value: unknown;
  active: readonly string[];
  readonly transitions: WatchedTransition[];
  hasEnded: boolean;
}

export function createActorWatch({ maxActors = 5000, maxTransitions = 20 }: ActorWatchOptions = {}): ActorWatch {
  const actors = new Map<string, Watched>();
  const forgetSome = () => {
    for (const [id, { hasEnded }] of actors) {
      if (actors.size <= maxActors) return;
      if (hasEnded) actors.delete(id);
    }
  };
  const see = (id: string, machine: string, event: string, snapshot: Machine) => {
    const known = actors.get(id);
    if (known?.value === snapshot.value && !snapshot.hasEnded) return;
    const active = pathsOf(snapshot.value);
    const actor = known ?? { machine, value: undefined, active: [], transitions: [], hasEnded: false };
    if (known === undefined) {
      actors.set(id, actor);
      if (actors.size > maxActors) forgetSome();
    }
    if (active.join() !== actor.active.join()) {
      if (known !== undefined) actor.transitions.push({ at: Date.now(), event, from: actor.active, to: active });
      if (actor.transitions.length > maxTransitions) actor.transitions.shift();
    }
    actor.value = snapshot.value;
    actor.active = active;
    actor.hasEnded = snapshot.hasEnded;
  };
  return {
    inspect(event) {
      if (event.type !== '@xstate.snapshot') return;
      const machine = machineOf(event.actorRef);
      const snapshot = machine === undefined ? undefined : machineSnapshot(event.snapshot);
      if (machine !== undefined && snapshot !== undefined) {
        // the root was given no id of its own
        see(machine === 'orchestrator' ? machine : idOf(event.actorRef), machine, event.event.type, snapshot);
      }
    },
    state(id) {
      const actor = actors.get(id);
      if (actor === undefined) return undefined;
      const { machine, active, transitions } = actor;
      return { id, machine, active, transitions: [...transitions] };
    },
  };
}

interface Machine {
  readonly value: unknown;
  readonly hasEnded: boolean;
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

const idOf = (ref: unknown): string => {
  const id = fieldOf(ref, 'id');
  return typeof id === 'string' ? id : '';
};

function machineOf(ref: unknown): string | undefined {
  const id = fieldOf(fieldOf(fieldOf(ref, 'logic'), 'config'), 'id');
  return typeof id === 'string' ? id : undefined;
}

function machineSnapshot(snapshot: unknown): Machine | undefined {
  const value = fieldOf(snapshot, 'value');
  return value === undefined ? undefined : { value, hasEnded: fieldOf(snapshot, 'status') !== 'active' };
}

/** `{ running: { acting: 'idle' } }` → `running`, `running.acting`, `running.acting.idle`. */
function pathsOf(value: unknown, within = ''): readonly string[] {
  if (typeof value === 'string') return [within + value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, below]) => [within + key, ...pathsOf(below, `${within}${key}.`)]);
}
