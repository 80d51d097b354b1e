/** Labels of states and arrows in Graphviz's HTML-like language: left-aligned lines, wrapped and escaped. */
import type { HTMLString } from '@viz-js/viz';
import type { ChartState } from './chart.ts';
import { arrowLabels, dutiesOf, effectOf, innerLabelOf, type Label } from './label.ts';
import { cut } from '../text/columns.ts';
import { oneLine } from '../text/visible.ts';
import { type Line, type Look, type Span, wrapped } from './text-lines.ts';
import { ANY_STATE, type Neighbour, type ViewState, type ViewTrigger } from './view.ts';

/** Marks, as a colour, the text that the drawing shows in the style of notes. */
export const NOTE_COLOUR = '#59636e';
/** Marks, as a colour, the surface behind the label of an arrow. */
export const LABEL_COLOUR = '#fffffe';

/** Pixels. */
export const SMALLEST_FONT = 11;
const SIZE: Readonly<Record<Look, number>> = {
  name: 13,
  note: SMALLEST_FONT,
  event: SMALLEST_FONT,
  plain: SMALLEST_FONT,
};
/** Graphviz lays out text with the metrics of Helvetica. With so many more pixels there is room for wider fonts. */
export const FONT_ROOM = 2;

/** Columns. */
const NAME_WIDTH = 32;
const TITLE_WIDTH = 64;
const BODY_WIDTH = 38;
const INITIAL_WIDTH = 30;
/** Characters after which a text is cut. */
const NAME_LENGTH = 120;
const DESCRIPTION_LENGTH = 400;

/** A state that is one box: a leaf, or one whose states are hidden. */
export function boxLabel(state: ViewState): HTMLString {
  const kind: readonly Line[] = state.kind.endsWith('history') ? [[{ text: state.kind, look: 'note' }]] : [];
  const inside = state.hidden.map(safe).join(' · ');
  const hidden = inside === '' ? [] : wrapped([{ text: `▸ ${inside}`, look: 'plain' }], BODY_WIDTH);
  const head = [...headLines(state, NAME_WIDTH, BODY_WIDTH), ...kind];
  return table([head, hidden, [...dutyLines(state, BODY_WIDTH), ...innerLines(state)]]);
}

/** The title of a state that is drawn open. */
export function titleLabel(state: ViewState): HTMLString {
  return table([[...headLines(state, NAME_WIDTH, TITLE_WIDTH), ...dutyLines(state, TITLE_WIDTH)]]);
}

export function anyStateLabel(state: ViewState): HTMLString {
  return table([[[{ text: ANY_STATE, look: 'note' }]], innerLines(state)]);
}

/** A state outside of the picture, as one text. */
export function neighbourLabel({ direction, state }: Pick<Neighbour, 'direction' | 'state'>): HTMLString {
  const name = state.path.length === 0 ? `${ANY_STATE} of ${safe(state.key)}` : state.path.map(safe).join('.');
  return table([wrapped([{ text: direction === 'to' ? `→ ${name}` : `${name} →`, look: 'event' }], NAME_WIDTH)]);
}

/** @param width In columns. */
export function arrowLabel(triggers: readonly ViewTrigger[], width: number): HTMLString {
  const lines = arrowLabels(triggers, safe).flatMap((label) => labelLines(label, width));
  return table([lines], `CELLPADDING="1" BGCOLOR="${LABEL_COLOUR}"`);
}

/** The actions on the way to the first state; `undefined` without any. */
export function initialLabel(actions: readonly string[]): HTMLString | undefined {
  if (actions.length === 0) return undefined;
  const lines = wrapped([{ text: effectOf(actions, safe).trimStart(), look: 'plain' }], INITIAL_WIDTH);
  return table([lines], `CELLPADDING="1" BGCOLOR="${LABEL_COLOUR}"`);
}

function safe(name: string): string {
  const line = cut(oneLine(name), NAME_LENGTH);
  return line === '' ? "''" : line;
}

function headLines({ key, description }: ChartState, nameWidth: number, noteWidth: number): readonly Line[] {
  const note = cut(oneLine(description), DESCRIPTION_LENGTH);
  return [
    ...wrapped([{ text: safe(key), look: 'name' }], nameWidth),
    ...(note === '' ? [] : wrapped([{ text: note, look: 'note' }], noteWidth)),
  ];
}

const dutyLines = (state: ChartState, width: number): readonly Line[] =>
  dutiesOf(state, safe).flatMap((label) => labelLines(label, width));

const innerLines = ({ inner }: ChartState): readonly Line[] =>
  inner.flatMap((trigger) => labelLines(innerLabelOf(trigger, safe), BODY_WIDTH));

/** The cause, and the effect on the same line if there is room, else indented below it; then the description. */
function labelLines({ event, guard, effect, note }: Label, width: number): readonly Line[] {
  const cause: readonly Span[] = [
    { text: event, look: 'event' },
    { text: guard, look: 'plain' },
  ];
  const whole = wrapped([...cause, { text: effect, look: 'plain' }], width);
  const notes = indented(wrapped([{ text: note, look: 'note' }], width - INDENT.length), event === '' ? '' : INDENT);
  if (whole.length <= 1 || effect === '') return [...whole, ...notes];
  const below = wrapped([{ text: effect.trimStart(), look: 'plain' }], width - INDENT.length);
  return [...wrapped(cause, width), ...indented(below), ...notes];
}

/** No-break spaces: others are collapsed. */
const INDENT = '\u00A0\u00A0\u00A0';

const indented = (lines: readonly Line[], indent = INDENT): readonly Line[] =>
  lines.map((line) => line.map((span, at) => (at === 0 ? { ...span, text: indent + span.text } : span)));

/** Rows of lines, with a rule between the first row and the others. */
function table(rows: readonly (readonly Line[])[], attributes = 'CELLPADDING="3"'): HTMLString {
  const cells = rows.filter((lines) => lines.length > 0).map(cell);
  const body = cells.length === 0 ? '<TR><TD></TD></TR>' : cells.join('<HR/>');
  return { html: `<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" ${attributes}>${body}</TABLE>` };
}

const cell = (lines: readonly Line[]): string =>
  `<TR><TD ALIGN="LEFT" BALIGN="LEFT">${lines.map((line) => line.map(spanHtml).join('')).join('<BR/>')}</TD></TR>`;

function spanHtml({ text, look }: Span): string {
  if (text === '') return '';
  const colour = look === 'note' ? ` COLOR="${NOTE_COLOUR}"` : '';
  const font = `<FONT POINT-SIZE="${SIZE[look] + FONT_ROOM}"${colour}>${escapeXml(text)}</FONT>`;
  return look === 'name' || look === 'event' ? `<B>${font}</B>` : font;
}

/** Text as XML can hold it, in elements and in attributes with double quotes. */
export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
