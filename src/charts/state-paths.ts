/** Paths and state values that name states of a chart. */
import type { StateValue } from 'xstate';
import { GreenroomError } from '../errors.ts';
import type { Chart, ChartState } from './chart.ts';

/**
 * A state value (`snapshot.value` of an actor) or the dotted path of one state (`running.modelTurn`). A dot in the key of a
 * state is written `\.`, as in XState's targets.
 */
export type Active = StateValue | readonly StateValue[];

/**
 * The named states and all their ancestors, by index.
 * @throws GreenroomError `invalid_params` for a state that the machine does not have.
 */
export function activeStates(chart: Chart, active: Active | undefined): ReadonlySet<number> {
  const [root] = chart.states;
  const lit = new Set<number>();
  if (active === undefined || root === undefined) return lit;
  for (const value of isList(active) ? active : [active]) {
    lit.add(root.index);
    light(chart, root, value, lit);
  }
  return lit;
}

/**
 * The state at a dotted path; the machine itself for ''.
 * @throws GreenroomError `invalid_params`, with this option's name as `path`, when the machine does not have it.
 */
export function stateAt(chart: Chart, path: string, option: string): ChartState | undefined {
  const [root] = chart.states;
  let at = root;
  for (const key of keysIn(path)) at = at === undefined ? undefined : childOf(chart, at, key);
  if (at !== undefined && (path === '' || at !== root)) return at;
  throw missing(chart, path, option, `Pass the dotted path of a state, e.g. "${examplePath(chart)}".`);
}

/** The dotted path of a state; '' for the machine itself. */
export const dottedPath = ({ path }: Pick<ChartState, 'path'>): string =>
  path.map((key) => key.replace(/[.\\]/g, String.raw`\$&`)).join('.');

const isList = (active: Active): active is readonly StateValue[] => Array.isArray(active);

function light(chart: Chart, within: ChartState, value: StateValue | undefined, lit: Set<number>): void {
  if (value === undefined) return;
  if (typeof value !== 'string') {
    for (const [key, below] of Object.entries(value)) light(chart, enter(chart, within, key, lit), below, lit);
    return;
  }
  const isKey = childOf(chart, within, value) !== undefined;
  let at = within;
  for (const key of isKey ? [value] : keysIn(value)) at = enter(chart, at, key, lit);
}

function enter(chart: Chart, within: ChartState, key: string, lit: Set<number>): ChartState {
  const child = childOf(chart, within, key);
  if (child === undefined) {
    const path = [...within.path, key].join('.');
    throw missing(chart, path, 'active', 'Pass snapshot.value of an actor of this machine, or a dotted path.');
  }
  lit.add(child.index);
  return child;
}

const missing = ({ id }: Chart, path: string, option: string, remedy: string) =>
  new GreenroomError('invalid_params', `The machine "${id}" has no state "${path}". ${remedy}`, { path: option });

const examplePath = ({ states }: Chart): string => dottedPath(states.at(1) ?? { path: [] });

const childOf = ({ states }: Chart, { children }: ChartState, key: string): ChartState | undefined =>
  children.flatMap((index) => states[index] ?? []).find((child) => child.key === key);

const keysIn = (path: string): readonly string[] =>
  (path.match(/(?:\\.|[^.\\])+/gs) ?? []).map((key) => key.replace(/\\(.)/gs, '$1'));
