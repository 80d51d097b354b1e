/** Which states of a chart are lit. */
import type { StateValue } from 'xstate';
import { GreenroomError } from '../errors.ts';
import type { Chart, ChartState } from './chart.ts';

/**
 * A state value as XState gives it (`snapshot.value`), or the dotted path of one state (`running.thinking`). A dot in
 * the name of a state is written `\.`, as in XState's targets.
 */
export type Active = StateValue | readonly StateValue[];

/**
 * The states that are named, and all those around them, by index.
 * @throws GreenroomError `invalid_params` for a state that the machine has not.
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
    const name = [...within.path, key].join('.');
    throw new GreenroomError(
      'invalid_params',
      `The machine "${chart.id}" has no state "${name}". Give snapshot.value of an actor of this machine, or a path.`,
      { path: 'active' },
    );
  }
  lit.add(child.index);
  return child;
}

const childOf = ({ states }: Chart, { children }: ChartState, key: string): ChartState | undefined =>
  children.flatMap((index) => states[index] ?? []).find((child) => child.key === key);

const keysIn = (path: string): readonly string[] =>
  (path.match(/(?:\\.|[^.\\])+/gs) ?? []).map((key) => key.replace(/\\(.)/gs, '$1'));

/** The dotted path of a state. */
export const dottedPath = ({ path }: ChartState): string =>
  path.map((key) => key.replace(/[.\\]/g, String.raw`\$&`)).join('.');
