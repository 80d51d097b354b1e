/** Ids of states in Mermaid: the path of each, in letters that the grammar allows. */
import type { ChartState } from './chart.ts';
import type { View } from './view.ts';

/** Words that begin a statement in Mermaid, or that its renderer reserves. */
const TAKEN = new Set(
  (
    'accdescr acctitle as choice class classdef click constructor default direction end fork graph hide href join ' +
    'note prototype root scale state statediagram style subgraph title'
  ).split(' '),
);

export interface MermaidIds {
  /** By the index of the state. */
  readonly states: readonly string[];
  /** Of the box `any state` in each. */
  readonly anyStates: readonly string[];
  /** By index; the same state in the same direction has one id. */
  readonly neighbours: readonly string[];
}

export function mermaidIds({ states, neighbours }: View): MermaidIds {
  const used = new Set<string>();
  const take = (candidate: string): string => {
    const id = freeId(candidate, used);
    used.add(id.toLowerCase());
    return id;
  };
  const taken = states.map((state) => take(candidateOf(state)));
  const anyStates = taken.map((id, index) => take(index === 0 ? 'any' : `${id}_any`));
  const outside = new Map<string, string>();
  for (const { direction, state } of neighbours) {
    const key = `${direction} ${state.index}`;
    if (!outside.has(key)) outside.set(key, take(`${direction}_${candidateOf(state)}`));
  }
  return {
    states: taken,
    anyStates,
    neighbours: neighbours.map(({ direction, state }) => outside.get(`${direction} ${state.index}`) ?? ''),
  };
}

function candidateOf({ path, key }: ChartState): string {
  const name = (path.length === 0 ? [key] : path).map((part) => part.replace(/\W/g, '_')).join('_');
  return /^[a-z]/i.test(name) ? name : `s${name}`;
}

/** Mermaid itself makes ids that end in `_start` and `_end`. */
function freeId(candidate: string, used: ReadonlySet<string>): string {
  const isFree = (id: string) => !used.has(id) && !TAKEN.has(id) && !/_(start|end)$/.test(id);
  for (let count = 1; ; count += 1) {
    const id = count === 1 ? candidate : `${candidate}_${count}`;
    if (isFree(id.toLowerCase())) return id;
  }
}
