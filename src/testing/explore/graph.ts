/** The explored part of a team: states, and the moves between them. */
import { fromTransition } from 'xstate';
import { getShortestPaths } from 'xstate/graph';

export interface Edge {
  readonly from: string;
  readonly label: string;
  readonly to: string;
}

export class Graph {
  /** By state and move: the next state; `undefined` while the move is untried. */
  readonly #moves = new Map<string, Map<string, string | undefined>>();
  #start: string | undefined;

  get states(): number {
    return this.#moves.size;
  }

  get edges(): readonly Edge[] {
    return [...this.#moves].flatMap(([from, moves]) =>
      [...moves].flatMap(([label, to]) => (to === undefined ? [] : [{ from, label, to }])),
    );
  }

  /** Adds a state with its moves. */
  reach(state: string, labels: readonly string[]): void {
    this.#start ??= state;
    if (this.#moves.has(state)) return;
    this.#moves.set(state, new Map(labels.map((label) => [label, undefined])));
  }

  /** Records where a move leads. False when it led elsewhere before. */
  lead(from: string, label: string, to: string): boolean {
    const known = this.#moves.get(from)?.get(label);
    this.#moves.get(from)?.set(label, to);
    return known === undefined || known === to;
  }

  /** An untried move of this state. */
  openMove(state: string): string | undefined {
    for (const [label, to] of this.#moves.get(state) ?? []) if (to === undefined) return label;
    return undefined;
  }

  /** The shortest path from the start to a state with an untried move. */
  wayToOpen(): readonly string[] | undefined {
    const start = this.#start;
    if (start === undefined) return undefined;
    const before = new Map<string, { readonly from: string; readonly label: string } | undefined>([[start, undefined]]);
    for (const [state] of before) {
      if (this.openMove(state) !== undefined) return wayTo(state, before);
      for (const [label, to] of this.#moves.get(state) ?? []) {
        if (to !== undefined && !before.has(to)) before.set(to, { from: state, label });
      }
    }
    return undefined;
  }

  /** The shortest path to each state, by `xstate/graph`. */
  shortestWays(): ReadonlyMap<string, readonly string[]> {
    const start = this.#start;
    if (start === undefined) return new Map();
    const moves = this.#moves;
    const logic = fromTransition(
      (state: string, event: { type: string }) => moves.get(state)?.get(event.type) ?? state,
      start,
    );
    const paths = getShortestPaths(logic, {
      events: ({ context }) => [...(moves.get(context)?.keys() ?? [])].map((type) => ({ type })),
      serializeState: ({ context }) => context,
      limit: Infinity,
    });
    return new Map(
      paths.map(({ state, steps }) => [
        state.context,
        steps.map(({ event }) => event.type).filter((type) => !type.startsWith('xstate.')),
      ]),
    );
  }
}

function wayTo(
  state: string,
  before: ReadonlyMap<string, { readonly from: string; readonly label: string } | undefined>,
): readonly string[] {
  const way: string[] = [];
  for (let at = before.get(state); at !== undefined; at = before.get(at.from)) way.unshift(at.label);
  return way;
}
