/** The part of a chart that one picture shows: a state as its root, opened to a depth. */
import { GreenroomError } from '../errors.ts';
import type { Chart, ChartState, Trigger } from './chart.ts';
import { dottedPath, stateAt } from './state-paths.ts';

/** Which part of a machine is drawn. */
export interface ViewOptions {
  /**
   * How many levels of states below the root are drawn, 1 or more. A compound state on the last level is drawn closed: as
   * one box that names the states in it. Default: all levels.
   */
  readonly depth?: number | undefined;
  /** The dotted path of the state that is the root of the picture, e.g. `running.modelTurn`. Default: the machine. */
  readonly root?: string | undefined;
}

export interface ViewState extends ChartState {
  /** Keys of the states in it that are not drawn: it is closed. */
  readonly hidden: readonly string[];
}

export interface ViewMove {
  readonly from: number;
  readonly to: number;
  readonly triggers: readonly ViewTrigger[];
}

export interface ViewTrigger extends Trigger {
  /** The transition starts or ends in a state that is not drawn, inside of the one that the arrow joins. */
  readonly isLifted: boolean;
}

/** A state outside of the picture's root that a transition comes from or leads to. */
export interface Neighbour {
  readonly direction: 'from' | 'to';
  readonly state: ChartState;
  /** The state in the picture at the other end. */
  readonly at: number;
  readonly triggers: readonly ViewTrigger[];
}

export interface View {
  /** Of the machine. */
  readonly id: string;
  /** In document order; the picture's root is the first. Indices are places in this list. */
  readonly states: readonly ViewState[];
  readonly moves: readonly ViewMove[];
  readonly neighbours: readonly Neighbour[];
  /** The drawn state, by index, that stands for a state of the chart: itself or the closed one around it. */
  readonly standsFor: ReadonlyMap<number, number>;
}

/**
 * Guarantees: every transition that starts or ends in the root appears, except those between two states that the same
 * closed state hides.
 * @throws GreenroomError `invalid_params` for a depth or a root that is not valid.
 */
export function viewOf(chart: Chart, { depth, root = '' }: ViewOptions): View {
  if (depth !== undefined && !(Number.isSafeInteger(depth) && depth >= 1)) {
    const problem = `depth must be a whole number from 1 on, and is ${String(depth)}. Leave it out to draw all levels.`;
    throw new GreenroomError('invalid_params', problem, { path: 'depth' });
  }
  const top = stateAt(chart, root, 'root');
  const states: ViewState[] = [];
  const standsFor = new Map<number, number>();
  if (top !== undefined) show(top, depth ?? Infinity, undefined);
  return { id: chart.id, states, standsFor, ...transitionsIn(chart, states, standsFor) };

  function show(state: ChartState, levels: number, parent: number | undefined): number {
    const index = states.length;
    standsFor.set(state.index, index);
    const inside = state.children.flatMap((child) => chart.states[child] ?? []);
    const isClosed = levels === 0 && inside.length > 0;
    const hidden = isClosed ? inside.map(({ key }) => key) : [];
    states.push({ ...state, index, parent, hidden, children: [], initial: undefined });
    if (isClosed) {
      for (const below of descendants(chart, state)) standsFor.set(below, index);
      return index;
    }
    const children = inside.map((child) => show(child, levels - 1, index));
    const to = state.initial === undefined ? undefined : standsFor.get(state.initial.to);
    const initial = to === undefined ? undefined : { to, actions: state.initial?.actions ?? [] };
    states[index] = { ...state, index, parent, hidden, children, initial };
    return index;
  }
}

function descendants(chart: Chart, { children }: ChartState): readonly number[] {
  return children.flatMap((child) => {
    const state = chart.states[child];
    return state === undefined ? [] : [child, ...descendants(chart, state)];
  });
}

function transitionsIn(
  chart: Chart,
  states: readonly ViewState[],
  standsFor: ReadonlyMap<number, number>,
): Pick<View, 'moves' | 'neighbours'> {
  const moves = new Map<string, { from: number; to: number; triggers: readonly ViewTrigger[] }>();
  const neighbours = new Map<string, Neighbour>();
  for (const { from, to, triggers: all } of chart.moves) {
    const [start, end] = [standsFor.get(from), standsFor.get(to)];
    const isLifted = isHidden(chart.states[from], states[start ?? -1]) || isHidden(chart.states[to], states[end ?? -1]);
    const triggers = all.map((trigger) => ({ ...trigger, isLifted }));
    if (start !== undefined && end !== undefined) {
      if (start === end && isLifted) continue;
      const known = moves.get(`${start} ${end}`)?.triggers ?? [];
      moves.set(`${start} ${end}`, { from: start, to: end, triggers: [...known, ...triggers] });
    } else if (start !== undefined || end !== undefined) {
      const direction = start === undefined ? 'from' : 'to';
      const at = start ?? end ?? 0;
      const state = chart.states[start === undefined ? from : to];
      if (state === undefined) continue;
      const known = neighbours.get(`${direction} ${state.index} ${at}`)?.triggers ?? [];
      neighbours.set(`${direction} ${state.index} ${at}`, { direction, state, at, triggers: [...known, ...triggers] });
    }
  }
  return { moves: [...moves.values()], neighbours: [...neighbours.values()] };
}

const isHidden = (state: ChartState | undefined, drawn: ViewState | undefined): boolean =>
  state !== undefined && drawn !== undefined && dottedPath(state) !== dottedPath(drawn);

/** Whether a state lies in another one, or is it. */
export function isWithin({ states }: Pick<View, 'states'>, index: number, outer: number): boolean {
  for (let at: number | undefined = index; at !== undefined; at = states[at]?.parent) if (at === outer) return true;
  return false;
}

/** The name of the box in a compound state from which the transitions start that it takes in all its states. */
export const ANY_STATE = 'any state';

/** Whether a transition starts from that box: an arrow from the edge of a state to its own inside looks like a child's. */
export function leavesFromAnyState(view: View, { from, to }: Pick<ViewMove, 'from' | 'to'>): boolean {
  return (view.states[from]?.children.length ?? 0) > 0 && isWithin(view, to, from);
}

/** Whether a state needs that box. */
export function hasAnyState(view: View, { index, children, inner }: ViewState): boolean {
  if (children.length === 0) return false;
  return inner.length > 0 || view.moves.some((move) => move.from === index && leavesFromAnyState(view, move));
}
