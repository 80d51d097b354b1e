/** A machine as a Mermaid state diagram. */
import type { AnyStateMachine } from 'xstate';
import { readChart } from './chart.ts';
import { arrowLabels, dutiesOf, effectOf, innerLabelOf, type Label } from './label.ts';
import { type MermaidIds, mermaidIds } from './mermaid-ids.ts';
import { cut } from '../text/columns.ts';
import { oneLine } from '../text/visible.ts';
import {
  ANY_STATE,
  hasAnyState,
  isWithin,
  leavesFromAnyState,
  type View,
  type ViewMove,
  type ViewOptions,
  type ViewState,
  type ViewTrigger,
  viewOf,
} from './view.ts';

/** Mermaid breaks no title of a compound state. */
const TITLE_LENGTH = 100;

/**
 * Draws a machine, or a part of it, as a Mermaid `stateDiagram-v2`, which GitHub and most Markdown viewers show.
 *
 * Guarantees, for every XState 5 machine:
 * - Without `depth` and `root` it holds every state and every transition. The same input gives the same text.
 * - A transition reads `event [guard] / actions`. One without a target is a line of its state's text, as is one to a state
 *   around it, which Mermaid cannot draw.
 * - `depth` and `root` mean what they mean for `toSvg`. A state outside of the root is a box with its path, before or
 *   behind an arrow.
 * - Names and descriptions are shown as text: none of it is parsed as Mermaid or HTML.
 * - A transition that a compound state takes in all its states starts from a state `any state` in it.
 * - It runs none of the machine's code and does no I/O.
 *
 * @returns The text, with a line feed at its end.
 * @throws GreenroomError `invalid_params` for what is not an XState 5 machine, for a state that the machine does not have
 * and for a depth below 1.
 *
 * @example
 * ```ts
 * console.log(toMermaid(agentMachine, { depth: 1 }));
 * ```
 */
export function toMermaid(machine: AnyStateMachine, options: ViewOptions = {}): string {
  const view = viewOf(readChart(machine), options);
  const drawing = { view, ids: mermaidIds(view) };
  const [root] = view.states;
  const lines = root === undefined ? [] : rootLines(root, drawing);
  const all = [...lines, ...neighbourLines(drawing), ...moveLines(drawing)];
  return ['stateDiagram-v2', ...all.map((line) => `  ${line}`), ''].join('\n');
}

interface Drawing {
  readonly view: View;
  readonly ids: MermaidIds;
}

/**
 * Characters other than the plain ones go in as numbers, which Mermaid turns back when all is parsed. `direction TB`
 * anywhere in a line would turn the diagram.
 */
function safe(name: string): string {
  const line = oneLine(name);
  return (line === '' ? "''" : line)
    .replace(/[^\p{L}\p{M}\p{N} .,?!()+/-]|--/gu, (found) => Array.from(found, code).join(''))
    .replace(/direction/gi, (word) => code(word.slice(0, 1)) + word.slice(1));
}

const code = (character: string): string => `#${character.codePointAt(0)};`;

function rootLines(root: ViewState, drawing: Drawing): string[] {
  const title = [`accTitle: ${safe(root.key)}`];
  if (root.description !== '') title.push(`accDescr: ${safe(root.description)}`);
  // the regions of a parallel state need a state around them, and so do arrows from and to the root
  const isShown = root.children.length === 0 || root.kind === 'parallel' || root.path.length > 0;
  return [...title, ...(isShown ? stateLines(root, drawing) : insideOf(root, drawing))];
}

function stateLines(state: ViewState, drawing: Drawing): string[] {
  if (state.children.length === 0) return leafLines(state, drawing);
  const title = [state.key, ...(state.description === '' ? [] : [state.description])].map(oneLine).join(' - ');
  const head = `state "${safe(cut(title, TITLE_LENGTH))}" as ${drawing.ids.states[state.index]} {`;
  return [head, ...insideOf(state, drawing).map((line) => `  ${line}`), '}'];
}

function leafLines(state: ViewState, drawing: Drawing): string[] {
  const id = drawing.ids.states[state.index] ?? '';
  const kind = state.kind.endsWith('history') ? [state.kind] : [];
  const description = state.description === '' ? [] : [safe(state.description)];
  const hidden = state.hidden.length === 0 ? [] : [state.hidden.map(safe).join(', ')];
  return [
    ...boxLines(id, safe(state.key), [...kind, ...description, ...hidden, ...textsOf(state, drawing)]),
    ...(state.kind === 'final' ? [`${id} --> [*]`] : []),
  ];
}

const boxLines = (id: string, title: string, texts: readonly string[]): string[] => [
  `state "${title}" as ${id}`,
  ...texts.map((text) => `${id}: ${text}`),
];

/** What stands in a state's box, or in that of any state in it. */
function textsOf(state: ViewState, { view }: Drawing): string[] {
  const outward = view.moves
    .filter((move) => move.from === state.index && isOutward(view, move))
    .flatMap(({ to, triggers }) =>
      arrowLabels(triggers, safe).map((label) => `${joined(label)}, to ${safe(view.states[to]?.key ?? '')}`),
    );
  const inner = state.inner.map((trigger) => joined(innerLabelOf(trigger, safe)));
  return [...dutiesOf(state, safe).map(joined), ...inner, ...outward];
}

/** Whether a transition leads to a compound state that it starts in. */
const isOutward = (view: View, { from, to }: ViewMove): boolean =>
  (view.states[to]?.children.length ?? 0) > 0 && isWithin(view, from, to);

const joined = ({ event, guard, effect, note }: Label): string => event + guard + effect || note;

function insideOf(state: ViewState, drawing: Drawing): string[] {
  const { view, ids } = drawing;
  const boxes = state.children.flatMap((index) => {
    const child = view.states[index];
    return child === undefined ? [] : [stateLines(child, drawing)];
  });
  const texts = textsOf(state, drawing);
  if (texts.length > 0 || hasAnyState(view, state)) {
    boxes.unshift(boxLines(ids.anyStates[state.index] ?? '', ANY_STATE, texts));
  }
  const between = state.kind === 'parallel' ? ['--'] : [];
  return [
    ...initialLines(state, drawing),
    ...boxes.flatMap((box, index) => (index === 0 ? box : [...between, ...box])),
  ];
}

function initialLines({ initial }: ViewState, { ids }: Drawing): string[] {
  if (initial === undefined) return [];
  const effect = effectOf(initial.actions, safe).trimStart();
  return [`[*] --> ${ids.states[initial.to]}${effect === '' ? '' : `: ${effect}`}`];
}

/** States outside of the root. */
function neighbourLines({ view, ids }: Drawing): string[] {
  const lines = view.neighbours.map(({ direction, state }, index) => {
    const path = state.path.length === 0 ? `${ANY_STATE} of ${state.key}` : state.path.map(oneLine).join('.');
    return `state "${safe(direction === 'to' ? `→ ${path}` : `${path} →`)}" as ${ids.neighbours[index]}`;
  });
  return [...new Set(lines)];
}

/** At the end and outside of all states: Mermaid puts a state into the one in which it is first named. */
function moveLines({ view, ids }: Drawing): string[] {
  const inside = view.moves
    .filter((move) => !isOutward(view, move))
    .map((move) => {
      const from = (leavesFromAnyState(view, move) ? ids.anyStates : ids.states)[move.from];
      return arrowLine(from, ids.states[move.to], move.triggers);
    });
  const across = view.neighbours.map(({ direction, at, triggers }, index) => {
    const ends = [ids.states[at], ids.neighbours[index]];
    const [from, to] = direction === 'to' ? ends : ends.toReversed();
    return arrowLine(from, to, triggers);
  });
  return [...inside, ...across];
}

function arrowLine(from: string | undefined, to: string | undefined, triggers: readonly ViewTrigger[]): string {
  return `${from} --> ${to}: ${arrowLabels(triggers, safe).map(joined).join('<br/>')}`;
}
