/** The real orchestrator against the model: every situation, every act that does something there, and every one that does not. */
import { describe, expect, test } from 'vitest';
import { casts } from './casts.ts';
import { type Graph, graphOf, placeText, walksOf } from './graph.ts';
import { isEnabled, step } from './semantics.ts';
import { refusalOf, shown } from './shown.ts';
import { Stage } from './stage.ts';
import { type Act, actText, type Cast, everyAct, nobody, type World, worldText } from './world.ts';

/** Acts that do nothing here. While the system is open, a second spawn would be another agent. */
const disabledIn = (cast: Cast, world: World): readonly Act[] =>
  everyAct(cast).filter((act) => !isEnabled(cast, world, act) && !(act.type === 'spawn' && world.open));

/** What was really done, on all walks through a cast. */
class Walker {
  readonly states = new Set<string>();
  readonly edges = new Set<string>();
  readonly disabled = new Set<string>();
  readonly #cast: Cast;

  constructor(cast: Cast) {
    this.#cast = cast;
  }

  async walk(acts: readonly Act[]): Promise<void> {
    const stage = new Stage(this.#cast);
    let world = nobody;
    try {
      await this.#arrive(stage, world);
      for (const act of acts) {
        this.edges.add(placeText(this.#cast, world, act));
        await stage.make(act);
        world = step(this.#cast, world, act);
        await this.#arrive(stage, world);
      }
      await stage.close();
    } catch (error) {
      const way = acts.map(actText).join(' → ');
      throw new Error(`on the way ${way}\nin ${JSON.stringify(world)}`, { cause: error });
    }
  }

  async #arrive(stage: Stage, world: World): Promise<void> {
    expect(stage.situation()).toEqual(shown(this.#cast, world));
    const text = worldText(this.#cast, world);
    if (this.states.has(text)) return;
    this.states.add(text);
    const acts = disabledIn(this.#cast, world);
    const said = acts.map((act) => [actText(act), stage.try(act)]);
    expect(said).toEqual(acts.map((act) => [actText(act), refusalOf(act)]));
    await stage.settle();
    expect(stage.situation()).toEqual(shown(this.#cast, { ...world, told: [] }));
    for (const act of acts) this.disabled.add(placeText(this.#cast, world, act));
  }
}

/** All that there is to be done, from the graph alone. */
function dueIn({ cast, states }: Graph) {
  const places = (
    acts: (state: { readonly world: World; readonly edges: ReadonlyMap<string, { act: Act }> }) => readonly Act[],
  ) => new Set([...states.values()].flatMap((state) => acts(state).map((act) => placeText(cast, state.world, act))));
  return {
    states: new Set(states.keys()),
    edges: places(({ edges }) => [...edges.values()].map(({ act }) => act)),
    disabled: places(({ world }) => disabledIn(cast, world)),
  };
}

describe.each(Object.entries(casts))('%s', (_name, cast) => {
  const graph = graphOf(cast);
  const due = dueIn(graph);
  const { states, edges, disabled } = due;
  test(
    `all ${states.size} situations, all ${edges.size} acts that do something, and ${disabled.size} that change nothing`,
    { timeout: 600_000 },
    async () => {
      const walker = new Walker(cast);
      for (const acts of walksOf(graph)) await walker.walk(acts);
      expect({ states: walker.states, edges: walker.edges, disabled: walker.disabled }).toEqual(due);
    },
  );
});
