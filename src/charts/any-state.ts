/**
 * What a compound state does in all its states is drawn from a box of its own inside it: an arrow from its edge to its
 * own inside could not be told from one of a child.
 */
import type { Chart, ChartState, Move } from './chart.ts';

/** What the box is called. */
export const ANY_STATE = 'any state';

/** Whether a state lies in another one, or is it. */
export function isWithin({ states }: Chart, index: number, outer: number): boolean {
  for (let at: number | undefined = index; at !== undefined; at = states[at]?.parent) if (at === outer) return true;
  return false;
}

/** Whether a transition starts from the box of its state. */
export function leavesFromAnyState(chart: Chart, { from, to }: Move): boolean {
  return (chart.states[from]?.children.length ?? 0) > 0 && isWithin(chart, to, from);
}

/** Whether a state needs such a box. */
export function hasAnyState(chart: Chart, { index, children, inner }: ChartState): boolean {
  if (children.length === 0) return false;
  return inner.length > 0 || chart.moves.some((move) => move.from === index && leavesFromAnyState(chart, move));
}
