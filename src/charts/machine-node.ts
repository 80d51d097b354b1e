/** Access to an XState machine's tree of states, as XState has resolved it. */
import type { AnyStateMachine } from 'xstate';
import { GreenroomError } from '../errors.ts';

export interface MachineTransition {
  readonly eventType: string;
  /** Undefined or empty: the transition leaves no state. */
  readonly target: readonly MachineNode[] | undefined;
  readonly guard?: unknown;
  readonly actions: readonly unknown[];
  readonly reenter: boolean;
  /** Of a delayed transition: milliseconds, or a name. */
  readonly delay?: number | string | undefined;
  readonly description?: unknown;
}

export interface MachineNode {
  readonly id: string;
  readonly key: string;
  readonly path: readonly string[];
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  readonly history: false | 'shallow' | 'deep';
  readonly states: Readonly<Record<string, MachineNode>>;
  readonly transitions: ReadonlyMap<string, readonly MachineTransition[]>;
  readonly always?: readonly MachineTransition[] | undefined;
  /** The config as the author wrote it. */
  readonly config: object;
}

/**
 * The root of a machine's tree of states.
 * @throws GreenroomError `invalid_params` when it is not an XState 5 machine.
 */
export function rootOf(machine: AnyStateMachine): MachineNode {
  // in XState 4 the transitions of a state are a list
  if (!(property(property(machine, 'root'), 'transitions') instanceof Map)) {
    throw new GreenroomError('invalid_params', 'Not an XState 5 machine. Pass what createMachine() returns.');
  }
  return machine.root;
}

/** Reads a property of any value; `undefined` for a primitive and for a getter that throws. */
export function property(written: unknown, name: string): unknown {
  if ((typeof written !== 'object' && typeof written !== 'function') || written === null) return undefined;
  try {
    const value: unknown = Reflect.get(written, name);
    return value;
  } catch {
    return undefined;
  }
}

/** Normalises what a config may hold as one value or as a list. */
export function listOf(written: unknown): readonly unknown[] {
  if (written === undefined || written === null) return [];
  return Array.isArray(written) ? written : [written];
}
