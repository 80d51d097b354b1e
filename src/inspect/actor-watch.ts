/**
 * A record of the state of every machine and of its last transitions, by the id of an agent or a call.
 *
 * Guarantees:
 * - An actor is known from its start. Of the actors that ended, the oldest are forgotten first.
 * - It keeps names of states and events, never a context or a payload. Memory is bounded.
 * - `inspect` never throws and keeps no actor alive.
 */
import type { InspectionEvent } from 'xstate';
import { dottedPath } from '../charts/state-paths.ts';

/** A change of the active states. States are dotted paths, outermost first. */
export interface WatchedTransition {
  /** Epoch milliseconds. */
  readonly at: number;
  /** The type of the event. */
  readonly event: string;
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** An arrow of the chart: from the state that has the transition to its target, as dotted paths. */
export interface WatchedMove {
  readonly from: string;
  readonly to: string;
}

/** The machine of an agent, of a call, or of the orchestrator, and its state. */
export interface WatchedActor {
  /** Of an agent or a call (`<agentId>/<callId>`); `orchestrator` for the root. */
  readonly id: string;
  /** The id of its machine. */
  readonly machine: string;
  /** The active states, as dotted paths, outermost first. */
  readonly active: readonly string[];
  /** The last ones, oldest first. */
  readonly transitions: readonly WatchedTransition[];
  /** The arrows of the last microstep that had any; more than one in a parallel state. */
  readonly lastMoves: readonly WatchedMove[];
}

/** The states of the machines of a run. */
export interface ActorWatch {
  /** For `inspect` of the orchestrator. */
  readonly inspect: (event: InspectionEvent) => void;
  /** `undefined` for an actor that is not known or was forgotten. */
  state(id: string): WatchedActor | undefined;
}

/** Options of `createActorWatch`. */
export interface ActorWatchOptions {
  /** Actors kept; those that ended are forgotten first. Default 5000. */
  readonly maxActors?: number;
  /** Transitions kept of each. Default 20. */
  readonly maxTransitions?: number;
}

interface Watched {
  readonly machine: string;
  value: unknown;
  active: readonly string[];
  readonly transitions: WatchedTransition[];
  lastMoves: readonly WatchedMove[];
  isNew: boolean;
  hasEnded: boolean;
}

/**
 * Watches the machines of agents and calls: their state and their last transitions. Give its `inspect` to the
 * orchestrator.
 */
export function createActorWatch({ maxActors = 5000, maxTransitions = 20 }: ActorWatchOptions = {}): ActorWatch {
  const actors = new Map<string, Watched>();
  const forgetSome = () => {
    for (const [id, { hasEnded }] of actors) {
      if (actors.size <= maxActors) return;
      if (hasEnded) actors.delete(id);
    }
  };
  const actorOf = (ref: unknown, snapshot: unknown): Watched | undefined => {
    const machine = machineOf(ref);
    if (machine === undefined) return undefined;
    const id = idOf(machine, ref, snapshot);
    const known = actors.get(id);
    if (known !== undefined) return known;
    const actor = {
      machine,
      value: undefined,
      active: [],
      transitions: [],
      lastMoves: [],
      isNew: true,
      hasEnded: false,
    };
    actors.set(id, actor);
    if (actors.size > maxActors) forgetSome();
    return actor;
  };
  const see = (actor: Watched, event: string, snapshot: Machine) => {
    if (actor.value === snapshot.value && !snapshot.hasEnded) return;
    const active = pathsOf(snapshot.value);
    if (active.join() !== actor.active.join()) {
      if (!actor.isNew) actor.transitions.push({ at: Date.now(), event, from: actor.active, to: active });
      if (actor.transitions.length > maxTransitions) actor.transitions.shift();
    }
    actor.isNew = false;
    actor.value = snapshot.value;
    actor.active = active;
    actor.hasEnded = snapshot.hasEnded;
  };
  return {
    inspect(event) {
      if (event.type === '@xstate.microstep') {
        const moves = movesOf(event._transitions);
        const actor = moves.length === 0 ? undefined : actorOf(event.actorRef, event.snapshot);
        if (actor !== undefined) actor.lastMoves = moves;
      } else if (event.type === '@xstate.snapshot') {
        const snapshot = machineSnapshot(event.snapshot);
        const actor = snapshot === undefined ? undefined : actorOf(event.actorRef, event.snapshot);
        if (actor !== undefined && snapshot !== undefined) see(actor, event.event.type, snapshot);
      }
    },
    state(id) {
      const actor = actors.get(id);
      if (actor === undefined) return undefined;
      const { machine, active, transitions, lastMoves } = actor;
      return { id, machine, active, transitions: [...transitions], lastMoves };
    },
  };
}

interface Machine {
  readonly value: unknown;
  readonly hasEnded: boolean;
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

/** The id of an agent or a call is in its context, since their actors have fixed ids; the root is known by its machine. */
function idOf(machine: string, ref: unknown, snapshot: unknown): string {
  if (machine === 'orchestrator') return machine;
  const context = fieldOf(snapshot, 'context');
  const owner = machine === 'agent' ? fieldOf(fieldOf(context, 'spec'), 'identity') : fieldOf(context, 'call');
  const id = fieldOf(owner, 'id') ?? fieldOf(ref, 'id');
  return typeof id === 'string' ? id : machine;
}

function machineOf(ref: unknown): string | undefined {
  const id = fieldOf(fieldOf(fieldOf(ref, 'logic'), 'config'), 'id');
  return typeof id === 'string' ? id : undefined;
}

function machineSnapshot(snapshot: unknown): Machine | undefined {
  const value = fieldOf(snapshot, 'value');
  return value === undefined ? undefined : { value, hasEnded: fieldOf(snapshot, 'status') !== 'active' };
}

/** The arrows of transitions; one without a target has none. */
function movesOf(transitions: unknown): readonly WatchedMove[] {
  if (!Array.isArray(transitions)) return [];
  return transitions.flatMap((transition: unknown) => {
    const targets = fieldOf(transition, 'target');
    if (!Array.isArray(targets)) return [];
    const from = pathOf(fieldOf(transition, 'source'));
    return targets.map((target: unknown) => ({ from, to: pathOf(target) }));
  });
}

function pathOf(node: unknown): string {
  const path = fieldOf(node, 'path');
  return Array.isArray(path) ? dottedPath({ path: path.map(String) }) : '';
}

/** `{ running: { acting: 'idle' } }` → `running`, `running.acting`, `running.acting.idle`. */
function pathsOf(value: unknown, within: readonly string[] = []): readonly string[] {
  if (typeof value === 'string') return [dottedPath({ path: [...within, value] })];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, below]) => {
    const path = [...within, key];
    return [dottedPath({ path }), ...pathsOf(below, path)];
  });
}
