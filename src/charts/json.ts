/** A machine as its configuration, in JSON. */
import type { AnyStateMachine } from 'xstate';
import { listOf, property, rootOf } from './machine-node.ts';
import { actionName, actorName, guardName } from './names.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * A machine's configuration as JSON, which `createMachine` takes and the import of Stately's editor reads. It is always
 * the whole machine: transitions out of a part would have no target.
 *
 * Guarantees, for every XState 5 machine:
 * - `createMachine(JSON.parse(toJson(machine)))` has the same states and transitions, with the same names.
 * - Actions, guards, delays and actors appear by name, never as a function or `null`. Those written inline have the name
 *   of their function, or `inline`.
 * - Computed contexts, inputs, outputs and parameters, types and options are left out: they are no part of the chart.
 * - The same machine gives the same text. It runs none of the machine's code and does no I/O.
 *
 * @returns The text, indented by two spaces, with a line feed at its end.
 * @throws GreenroomError `invalid_params` for what is not an XState 5 machine.
 *
 * @example
 * ```ts
 * writeFileSync('agent.json', toJson(agentMachine));
 * ```
 */
export function toJson(machine: AnyStateMachine): string {
  rootOf(machine);
  return `${JSON.stringify(stateOf(property(machine, 'config')), null, 2)}\n`;
}

function stateOf(config: unknown): Json {
  const data = (name: string) => [name, plainData(property(config, name))] as const;
  const transitions = (name: string) => [name, transitionOf(property(config, name))] as const;
  return withoutUndefined([
    data('id'),
    data('version'),
    data('description'),
    data('type'),
    data('context'),
    data('history'),
    ['target', targetOf(property(config, 'target'))],
    ['initial', initialOf(property(config, 'initial'))],
    data('tags'),
    ['entry', actionsOf(property(config, 'entry'))],
    ['exit', actionsOf(property(config, 'exit'))],
    ['invoke', oneOrAll(listOf(property(config, 'invoke')).map(invokeOf))],
    transitions('always'),
    ['on', eachOf(property(config, 'on'), (value) => transitionOf(value) ?? {})],
    ['after', eachOf(property(config, 'after'), (value) => transitionOf(value) ?? {})],
    transitions('onDone'),
    transitions('route'),
    data('output'),
    data('meta'),
    ['states', eachOf(property(config, 'states'), stateOf)],
  ]);
}

function eachOf(written: unknown, read: (value: unknown) => Json): Json | undefined {
  if (typeof written !== 'object' || written === null) return undefined;
  return withoutUndefined(Object.keys(written).map((key) => [key, read(property(written, key))]));
}

const oneOrAll = (all: readonly Json[]): Json | undefined => (all.length > 1 ? all : all[0]);

function transitionOf(written: unknown): Json | undefined {
  if (Array.isArray(written)) return oneOrAll(written.map((each: unknown) => transitionOf(each) ?? {}));
  if (written === undefined || written === null) return undefined;
  if (typeof written === 'string') return { target: written };
  return withoutUndefined([
    ['target', targetOf(property(written, 'target'))],
    ['guard', guardOf(property(written, 'guard'))],
    ['actions', actionsOf(property(written, 'actions'))],
    ['reenter', plainData(property(written, 'reenter'))],
    ['description', plainData(property(written, 'description'))],
    ['meta', plainData(property(written, 'meta'))],
  ]);
}

/** A target may be a state itself, which XState lets through. */
function targetOf(written: unknown): Json | undefined {
  return oneOrAll(
    listOf(written).flatMap((target) => {
      const id = property(target, 'id');
      if (typeof target === 'string') return target;
      return typeof id === 'string' ? `#${id}` : [];
    }),
  );
}

function initialOf(written: unknown): Json | undefined {
  if (typeof written === 'string') return written;
  const target = property(written, 'target');
  const actions = actionsOf(property(written, 'actions'));
  if (typeof target !== 'string') return undefined;
  return actions === undefined ? target : { target, actions };
}

function actionsOf(written: unknown): Json | undefined {
  const actions = listOf(written).map((action) => named(actionName(action), action));
  return actions.length === 0 ? undefined : actions;
}

function guardOf(written: unknown): Json | undefined {
  return written === undefined || written === null ? undefined : named(guardName(written), written);
}

function named(type: string, written: unknown): Json {
  // XState's own actions are functions with properties
  const params = typeof written === 'object' ? plainData(property(written, 'params')) : undefined;
  return withoutUndefined([
    ['type', type],
    ['params', params],
  ]);
}

function invokeOf(written: unknown): Json {
  const data = (name: string) => [name, plainData(property(written, name))] as const;
  const transitions = (name: string) => [name, transitionOf(property(written, name))] as const;
  return withoutUndefined([
    ['src', actorName(property(written, 'src'))],
    data('id'),
    data('systemId'),
    data('input'),
    transitions('onDone'),
    transitions('onError'),
    transitions('onSnapshot'),
  ]);
}

/** Copies a value without what JSON cannot hold: functions, symbols, `undefined` and cycles. */
function plainData(value: unknown, around: readonly unknown[] = []): Json | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'object' || around.includes(value)) return undefined;
  const inside = [...around, value];
  if (Array.isArray(value)) return value.flatMap((item: unknown) => plainData(item, inside) ?? []);
  return withoutUndefined(Object.entries(value).map(([key, item]) => [key, plainData(item, inside)]));
}

/** Makes an object of the entries that have a value, in their order. */
function withoutUndefined(entries: readonly (readonly [string, Json | undefined])[]): Readonly<Record<string, Json>> {
  return Object.fromEntries(entries.flatMap(([key, item]) => (item === undefined ? [] : [[key, item] as const])));
}
