/** Graphviz's `dot`, in WebAssembly. */
import type { Attributes, Graph, Viz } from '@viz-js/viz';
import { GreenroomError, messageOf } from '../errors.ts';

/** Loaded once: that takes a tenth of a second. */
let graphviz: Promise<Viz> | undefined;

async function loaded(): Promise<Viz> {
  graphviz ??= (async () => {
    const { instance } = await import('@viz-js/viz');
    return await instance();
  })();
  return await graphviz;
}

/** With more edges than this, routing them around the boxes takes many seconds. */
const MANY_EDGES = 150;

export const isLarge = ({ edges = [] }: Graph): boolean => edges.length > MANY_EDGES;

const CAREFUL: Attributes = { splines: 'spline' };
const QUICK: Attributes = { splines: 'line', nslimit: 1, nslimit1: 1, mclimit: 0.2 };

/**
 * The graph as Graphviz's own SVG. Edges are routed around the boxes; they are straight when there are very many, or when
 * Graphviz cannot route them.
 * @throws GreenroomError `internal` when Graphviz fails, e.g. for lack of memory.
 */
export async function renderSvg(graph: Graph): Promise<string> {
  if (!isLarge(graph)) {
    try {
      return await render(graph, CAREFUL);
    } catch {
      graphviz = undefined; // a module that has failed is in no usable state
    }
  }
  try {
    return await render(graph, QUICK);
  } catch (thrown) {
    graphviz = undefined;
    const problem = `The chart could not be laid out: ${messageOf(thrown)}. Draw less of it with "root" and "depth".`;
    throw new GreenroomError('internal', problem, { cause: thrown });
  }
}

async function render(graph: Graph, effort: Attributes): Promise<string> {
  const viz = await loaded();
  return viz.renderString(
    { ...graph, graphAttributes: { ...graph.graphAttributes, ...effort } },
    { format: 'svg_inline' },
  );
}
