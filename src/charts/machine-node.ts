/** What the charts read of an XState machine: its tree of states, as XState has resolved it. */
import type { AnyStateMachine } from 'xstate';
import { GreenroomError } from '../errors.ts';

export interface MachineTransition {
  readonly eventType: string;
  /** Undefined or empty: the transition stays where it is. */
  readonly target: readonly MachineNode[] | undefined;
  readonly guard?: unknown;
  readonly actions: readonly unknown[];
  readonly reenter: boolean;
  /** Of a delayed transition: milliseconds, or a name. */
  readonly delay?: number | string | undefined;
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
  /** As the author wrote it. */
  readonly config: object;
}

/**
 * The root of a machine's tree of states.
 * @throws GreenroomError `invalid_params` when it is no XState 5 machine.
 */
export function rootOf(machine: AnyStateMachine): MachineNode {
  // in XState 4 the transitions of a state are a list
  if (!(property(property(machine, 'root'), 'transitions') instanceof Map)) {
    throw new GreenroomError('invalid_params', 'This is no XState 5 machine. Give what createMachine() returns.');
  }
  return machine.root;
}

/** A property of what an author wrote, which may be anything: also a getter that throws. */
export function property(written: unknown, name: string): unknown {
  if ((typeof written !== 'object' && typeof written !== 'function') || written === null) return undefined;
  try {
    const value: unknown = Reflect.get(written, name);
    return value;
  } catch {
    return undefined;
  }
}

/** What may be written as one thing or as a list of them. */
export function listOf(written: unknown): readonly unknown[] {
  if (written === undefined || written === null) return [];
  return Array.isArray(written) ? written : [written];
}
