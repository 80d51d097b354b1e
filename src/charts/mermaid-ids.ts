/** Names under which Mermaid knows the states of a chart: the way to each, in letters that its grammar leaves alone. */
import type { Chart, ChartState } from './chart.ts';

/** Words that begin a statement in Mermaid, or that its drawing keeps for itself. */
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
}

export function mermaidIds({ states }: Chart): MermaidIds {
  const used = new Set<string>();
  const take = (candidate: string): string => {
    const id = freeId(candidate, used);
    used.add(id.toLowerCase());
    return id;
  };
  const taken = states.map((state) => take(candidateOf(state)));
  return { states: taken, anyStates: taken.map((id, index) => take(index === 0 ? 'any' : `${id}_any`)) };
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
