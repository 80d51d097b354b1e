/** Every situation a cast can get into, and every act that leads from one to another; and walks that miss none of them. */
import { fromTransition, type TransitionSnapshot } from 'xstate';
import { type AdjacencyMap, getAdjacencyMap, getShortestPaths } from 'xstate/graph';
import { isEnabled, step } from './semantics.ts';
import { type Act, actText, type Cast, everyAct, nobody, type World, worldText } from './world.ts';

export interface Graph {
  readonly cast: Cast;
  /** By their texts. */
  readonly states: ReadonlyMap<string, State>;
}

export interface State {
  readonly world: World;
  /** The shortest way to it from the beginning. */
  readonly way: readonly Act[];
  /** Acts that do something there, by their texts, and where they lead. */
  readonly edges: ReadonlyMap<string, Edge>;
}

interface Edge {
  readonly act: Act;
  readonly to: string;
}

export function graphOf(cast: Cast): Graph {
  const logic = fromTransition((world: World, act: Act) => step(cast, world, act), nobody);
  const acts = everyAct(cast);
  const options = {
    events: ({ context }: TransitionSnapshot<World>) => acts.filter((act) => isEnabled(cast, context, act)),
    // the texts are keys; xstate brands its own
    serializeState: ({ context }: TransitionSnapshot<World>) => worldText(cast, context) as never,
    serializeEvent: (act: Act) => actText(act) as never,
  };
  const map: AdjacencyMap<TransitionSnapshot<World>, Act> = getAdjacencyMap(logic, options);
  const states = new Map<string, State>();
  for (const { state, steps } of getShortestPaths(logic, options)) {
    const text = worldText(cast, state.context);
    const edges = Object.values(map[text as never]?.transitions ?? {}).map(({ event, state: { context } }) => {
      return [actText(event), { act: event, to: worldText(cast, context) }] as const;
    });
    // the first step of a path is the beginning itself
    const way = steps.slice(1).map(({ event }) => event);
    states.set(text, { world: state.context, way, edges: new Map(edges) });
  }
  return { cast, states };
}

/** An act in a situation, as text. */
export const placeText = (cast: Cast, world: World, act: Act): string => `${actText(act)} @ ${worldText(cast, world)}`;

/**
 * Walks from the beginning that take a shortest way to every situation, and every edge at least once. Each goes on along edges
 * that no other has taken for as long as it finds one.
 */
export function* walksOf({ cast, states }: Graph): Generator<readonly Act[]> {
  const left = new Map([...states].map(([text, { edges }]) => [text, new Map(edges)] as const));
  const unreached = new Set(states.keys());
  const longestFirst = [...states].toSorted(([, one], [, other]) => other.way.length - one.way.length);
  for (const [text, { way }] of longestFirst) {
    while (unreached.has(text) || left.get(text)?.size !== 0) {
      const walk: Act[] = [];
      let here = worldText(cast, nobody);
      for (let act = way[0]; act !== undefined; act = way[walk.length] ?? firstOf(left.get(here))) {
        if (states.get(here)?.way.length === walk.length) unreached.delete(here);
        left.get(here)?.delete(actText(act));
        here = states.get(here)?.edges.get(actText(act))?.to ?? here;
        walk.push(act);
      }
      if (states.get(here)?.way.length === walk.length) unreached.delete(here);
      yield walk;
    }
  }
}

const firstOf = (edges: ReadonlyMap<string, Edge> | undefined): Act | undefined => edges?.values().next().value?.act;
