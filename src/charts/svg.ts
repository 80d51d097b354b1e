/** A machine as a picture. */
import type { AnyStateMachine } from 'xstate';
import { readChart } from './chart.ts';
import { dotGraph, moveId, type Shape, stateId } from './dot-graph.ts';
import { isLarge, renderSvg } from './graphviz.ts';
import { escapeXml, FONT_ROOM, LABEL_COLOUR, NOTE_COLOUR, SMALLEST_FONT } from './html-label.ts';
import { oneLine } from '../text/visible.ts';
import { type Active, activeStates, dottedPath } from './state-paths.ts';
import { DRAWING_CLASS, styleSheet } from './svg-style.ts';
import { type View, type ViewOptions, type ViewState, viewOf } from './view.ts';

/** Options of `toSvg`. */
export interface SvgOptions extends ViewOptions {
  /** The states to light: `snapshot.value` of an actor, dotted paths, or a list of either. */
  readonly active?: Active | undefined;
}

/**
 * Draws a machine, or a part of it, as an SVG picture. Graphviz draws it, in WebAssembly: no program, network or font is
 * needed.
 *
 * Guarantees, for every XState 5 machine:
 * - Without `depth` and `root` the picture holds every state and every transition. The same input gives the same bytes.
 * - A transition reads `event [guard] / actions`, with its description below. One without a target is written in its
 *   state; one that a compound state takes in all its states starts from a box `any state` in it.
 * - `depth` closes the compound states on the last level: a closed one is one box that names its states. A transition from
 *   or to a hidden state joins the closed one, and its label is short. It is left out if the same box hides both ends.
 * - `root` draws one state with all in it. Transitions from and to other states join their names, `→ done`.
 * - Names and descriptions are drawn as text. Very long ones are cut, with `…`.
 * - A dozen states take some hundredths of a second. Above 150 arrows they are drawn straight, to save time; hundreds of
 *   states still block this thread for up to a minute.
 * - The picture is readable on light and dark pages, loads nothing and runs no script.
 * - Each state is an element of class `state` with `data-state`, its dotted path ('' for the machine); a closed one has the
 *   class `closed`, an active one the class `active`. Each arrow is an element of class `move` with the paths `data-from`
 *   and `data-to`. A page can light both by itself.
 *
 * @returns One `<svg>` element, with a line feed at its end.
 * @throws GreenroomError `invalid_params` for what is not an XState 5 machine, for a state that the machine does not have
 * and for a depth below 1; `internal` when Graphviz fails.
 *
 * @example
 * ```ts
 * await toSvg(agentMachine, { root: 'running', depth: 1, active: { running: { modelTurn: 'calling' } } });
 * ```
 */
export async function toSvg(machine: AnyStateMachine, { active, depth, root }: SvgOptions = {}): Promise<string> {
  const chart = readChart(machine);
  const lit = activeStates(chart, active);
  const view = viewOf(chart, { depth, root });
  const litInView = new Set([...lit].flatMap((index) => view.standsFor.get(index) ?? []));
  return finished(await narrow(view), view, litInView);
}

/** At 1440 px a drawing up to this wide shows its smallest text, of 11 px, at 10 px or larger. */
const LEGIBLE_WIDTH = (1440 * SMALLEST_FONT) / 10;

const SHAPES: readonly Shape[] = [
  { labelWidth: 30, newrank: false },
  { labelWidth: 30, newrank: true },
  { labelWidth: 22, newrank: false },
  { labelWidth: 22, newrank: true },
];

/** The first shape that is legible, else the narrowest; very large drawings have one only, to save time. */
async function narrow(view: View): Promise<string> {
  let best: { readonly drawing: string; readonly width: number } | undefined;
  for (const shape of SHAPES) {
    const graph = dotGraph(view, shape);
    const drawing = await renderSvg(graph);
    const { width } = sizeOf(drawing);
    if (best === undefined || width < best.width) best = { drawing, width };
    if (width <= LEGIBLE_WIDTH || isLarge(graph)) break;
  }
  return best?.drawing ?? '';
}

/** The line `<svg …` of Graphviz is two lines; everything else is one element a line. */
const HEAD = /^[\s\S]*?<svg [^>]*viewBox="([^"]*)"[^>]*>\n/;

/** Graphviz's drawing with our attributes, texts and styles instead of its own. */
function finished(drawing: string, view: View, lit: ReadonlySet<number>): string {
  const { width, height } = sizeOf(drawing);
  const attributes = attributesById(view, lit);
  const lines = drawing
    .replace(HEAD, '')
    .split('\n')
    .filter((line) => line !== '' && !/^(<!--|-->| -->|<title>)/.test(line))
    .map((line) => restyled(line.replace(/ id="([^"]*)"/, (_all, id: string) => attributes.get(id) ?? '')));
  const [root] = view.states;
  const name = root === undefined ? '' : oneLine([view.id, ...root.path].join(' › '));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="${DRAWING_CLASS}" role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title>${escapeXml(name)}</title>`,
    ...(root === undefined || root.description === '' ? [] : [`<desc>${escapeXml(oneLine(root.description))}</desc>`]),
    `<style>${styleSheet()}</style>`,
    ...withJoinedTexts(lines),
    '',
  ].join('\n');
}

function sizeOf(drawing: string): { readonly width: number; readonly height: number } {
  const [, viewBox = ''] = HEAD.exec(drawing) ?? [];
  const [, , width = 0, height = 0] = viewBox.split(' ').map((side) => Math.ceil(Number(side)));
  return { width, height };
}

/** What stands in place of the id of each element. */
function attributesById(view: View, lit: ReadonlySet<number>): ReadonlyMap<string, string> {
  const quoted = (name: string, state: Pick<ViewState, 'path'> | undefined) =>
    ` ${name}="${escapeXml(oneLine(dottedPath(state ?? { path: [] })))}"`;
  const ends = [
    ...view.moves.map(({ from, to }) => [view.states[from], view.states[to]] as const),
    ...view.neighbours.map(({ direction, state, at }) => {
      const inside = view.states[at];
      return direction === 'from' ? ([state, inside] as const) : ([inside, state] as const);
    }),
  ];
  return new Map([
    ...view.states.map((state): [string, string] => {
      const active = lit.has(state.index) ? ' data-active=""' : '';
      return [stateId(state.index), quoted('data-state', state) + active];
    }),
    ...ends.map(([from, to], index): [string, string] => [
      moveId(index),
      quoted('data-from', from) + quoted('data-to', to),
    ]),
  ]);
}

/**
 * Classes instead of Graphviz's colours, its font sizes without the room that they were given, and characters instead of
 * references to them, which it writes for dashes, apostrophes and no-break spaces.
 */
function restyled(line: string): string {
  return line
    .replace(/&#(\d+);/g, (_all, code: string) => escapeXml(String.fromCodePoint(Number(code))))
    .replace(/^<g( data-state="[^"]*") data-active="" class="/, '<g$1 class="active ')
    .replace(` fill="${NOTE_COLOUR}"`, ' class="dim"')
    .replace(` fill="${LABEL_COLOUR}" stroke="none"`, ' class="label"')
    .replace(/ (fill|stroke)="[a-z]+"/g, '')
    .replace(/ font-family="[^"]*"/, '')
    .replace(/ font-size="([\d.]+)"/, (_all, size: string) => ` font-size="${Number(size) - FONT_ROOM}"`);
}

const TEXT = /^<text( xml:space="preserve") text-anchor="start" x="([^"]*)" y="([^"]*)"([^>]*)>(.*)<\/text>$/;

/** Pieces of one line as one text, so that a wider font moves the pieces behind instead of running into them. */
function withJoinedTexts(lines: readonly string[]): readonly string[] {
  const joined: string[] = [];
  let open: { readonly y: string; spans: string } | undefined;
  const close = () => {
    if (open !== undefined) joined.push(`${open.spans}</text>`);
    open = undefined;
  };
  for (const line of lines) {
    const [, space = '', x = '', y = '', style = '', text] = TEXT.exec(line) ?? [];
    const span = `<tspan${style}>${text}</tspan>`;
    if (text !== undefined && open?.y === y) open.spans += span;
    else {
      close();
      if (text === undefined) joined.push(line);
      else open = { y, spans: `<text${space} x="${x}" y="${y}">${span}` };
    }
  }
  close();
  return joined;
}
