/** A machine as a Mermaid state diagram. */
import type { AnyStateMachine } from 'xstate';
import { ANY_STATE, hasAnyState, isWithin, leavesFromAnyState } from './any-state.ts';
import { type Chart, type ChartState, type Move, readChart } from './chart.ts';
import { dutiesOf, effectOf, innerLabelOf, type Label, labelOf } from './label.ts';
import { type MermaidIds, mermaidIds } from './mermaid-ids.ts';
import { cut } from '../text/columns.ts';
import { oneLine } from '../text/visible.ts';

/** Mermaid breaks no title of a compound state. */
const TITLE_LENGTH = 100;

/**
 * Draws a machine as a Mermaid `stateDiagram-v2`, which GitHub and most Markdown viewers show.
 *
 * Guarantees, for every XState 5 machine:
 * - It holds every state and every transition; the same machine gives the same text.
 * - A transition reads `event [guard] / actions`. One that stays in its state is a line of that state's text, as is one
 *   to a state around it, which Mermaid cannot draw.
 * - Whatever names and descriptions hold is shown as text: none of it is read as Mermaid or HTML.
 * - What a compound state does in all its states starts from a state `any state` in it.
 * - It runs nothing of the machine and does no I/O.
 *
 * @returns The text, with a line feed at its end.
 * @throws GreenroomError `invalid_params` when it is no XState 5 machine.
 *
 * @example
 * ```ts
 * console.log(toMermaid(agentMachine));
 * ```
 */
export function toMermaid(machine: AnyStateMachine): string {
  const chart = readChart(machine);
  const drawing = { chart, ids: mermaidIds(chart) };
  const [root] = chart.states;
  const lines = root === undefined ? [] : rootLines(root, drawing);
  return ['stateDiagram-v2', ...[...lines, ...moveLines(drawing)].map((line) => `  ${line}`), ''].join('\n');
}

interface Drawing {
  readonly chart: Chart;
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

function rootLines(root: ChartState, drawing: Drawing): string[] {
  const title = [`accTitle: ${safe(root.key)}`];
  if (root.description !== '') title.push(`accDescr: ${safe(root.description)}`);
  // Mermaid divides the inside of a state only
  const isShown = root.children.length === 0 || root.kind === 'parallel';
  return [...title, ...(isShown ? stateLines(root, drawing) : insideOf(root, drawing))];
}

function stateLines(state: ChartState, drawing: Drawing): string[] {
  if (state.children.length === 0) return leafLines(state, drawing);
  const title = [state.key, ...(state.description === '' ? [] : [state.description])].map(oneLine).join(' - ');
  const head = `state "${safe(cut(title, TITLE_LENGTH))}" as ${drawing.ids.states[state.index]} {`;
  return [head, ...insideOf(state, drawing).map((line) => `  ${line}`), '}'];
}

function leafLines(state: ChartState, drawing: Drawing): string[] {
  const id = drawing.ids.states[state.index] ?? '';
  const kind = state.kind.endsWith('history') ? [state.kind] : [];
  const description = state.description === '' ? [] : [safe(state.description)];
  return [
    ...boxLines(id, safe(state.key), [...kind, ...description, ...textsOf(state, drawing)]),
    ...(state.kind === 'final' ? [`${id} --> [*]`] : []),
  ];
}

const boxLines = (id: string, title: string, texts: readonly string[]): string[] => [
  `state "${title}" as ${id}`,
  ...texts.map((text) => `${id}: ${text}`),
];

/** What stands in a state's box, or in that of any state in it. */
function textsOf(state: ChartState, { chart }: Drawing): string[] {
  const outward = chart.moves
    .filter((move) => move.from === state.index && isOutward(chart, move))
    .flatMap(({ to, triggers }) =>
      triggers.map((trigger) => `${joined(labelOf(trigger, safe))}, to ${safe(chart.states[to]?.key ?? '')}`),
    );
  const inner = state.inner.map((trigger) => joined(innerLabelOf(trigger, safe)));
  return [...dutiesOf(state, safe).map(joined), ...inner, ...outward];
}

/** Whether a transition leads to a compound state that it starts in. */
const isOutward = (chart: Chart, { from, to }: Move): boolean =>
  (chart.states[to]?.children.length ?? 0) > 0 && isWithin(chart, from, to);

const joined = ({ event, guard, effect }: Label): string => event + guard + effect;

function insideOf(state: ChartState, drawing: Drawing): string[] {
  const { chart, ids } = drawing;
  const boxes = state.children.flatMap((index) => {
    const child = chart.states[index];
    return child === undefined ? [] : [stateLines(child, drawing)];
  });
  const texts = textsOf(state, drawing);
  if (texts.length > 0 || hasAnyState(chart, state)) {
    boxes.unshift(boxLines(ids.anyStates[state.index] ?? '', ANY_STATE, texts));
  }
  const between = state.kind === 'parallel' ? ['--'] : [];
  return [
    ...initialLines(state, drawing),
    ...boxes.flatMap((box, index) => (index === 0 ? box : [...between, ...box])),
  ];
}

function initialLines({ initial }: ChartState, { ids }: Drawing): string[] {
  if (initial === undefined) return [];
  const effect = effectOf(initial.actions, safe).trimStart();
  return [`[*] --> ${ids.states[initial.to]}${effect === '' ? '' : `: ${effect}`}`];
}

/** At the end and outside of all states: Mermaid takes a state for a part of the one in which it is first named. */
function moveLines({ chart, ids }: Drawing): string[] {
  return chart.moves
    .filter((move) => !isOutward(chart, move))
    .map((move) => {
      const from = (leavesFromAnyState(chart, move) ? ids.anyStates : ids.states)[move.from];
      const labels = move.triggers.map((trigger) => joined(labelOf(trigger, safe)));
      return `${from} --> ${ids.states[move.to]}: ${labels.join('<br/>')}`;
    });
}
