/** What stands in the boxes of a drawing, in lines. */
import { ANY_STATE } from './any-state.ts';
import type { ChartState, Trigger } from './chart.ts';
import { dutiesOf, effectOf, innerLabelOf, type Label, labelOf } from './label.ts';
import { cut } from '../text/columns.ts';
import { oneLine } from '../text/visible.ts';
import { lineHeight, lineWidth, type Span, type TextLine, wrapped } from './text-lines.ts';

export interface Box {
  /** Centred. */
  readonly head: readonly TextLine[];
  /** Below it, from the left. */
  readonly body: readonly TextLine[];
  readonly padding: number;
  readonly width: number;
  readonly height: number;
}

/** Inside of a box, on each side. */
const PADDING = 9;
const LABEL_PADDING = 4;
/** Between head and body. */
export const GAP = 6;

const HEAD_WIDTH = 220;
const TITLE_WIDTH = 340;
const BODY_WIDTH = 250;
const LABEL_WIDTH = 190;
const NAME_LENGTH = 120;
const DESCRIPTION_LENGTH = 400;

function safe(name: string): string {
  const line = cut(oneLine(name), NAME_LENGTH);
  return line === '' ? "''" : line;
}

/** A state without states in it. */
export function stateBox(state: ChartState): Box {
  const kind = state.kind.endsWith('history') ? [{ text: state.kind, look: 'note' } as const] : [];
  const duties = dutiesOf(state, safe);
  const inner = state.inner.map((trigger) => innerLabelOf(trigger, safe));
  const head = [...headOf(state, HEAD_WIDTH), ...(kind.length === 0 ? [] : [{ spans: kind, indent: 0 }])];
  return boxOf(
    head,
    [...duties, ...inner].flatMap((label) => labelLines(label, BODY_WIDTH)),
  );
}

/** The head of a state that has states in it. */
export function titleBox(state: ChartState): Box {
  return boxOf(
    headOf(state, TITLE_WIDTH),
    dutiesOf(state, safe).flatMap((label) => labelLines(label, TITLE_WIDTH)),
  );
}

/** What such a state does in all its states. */
export function anyStateBox({ inner }: ChartState): Box {
  const head = [{ spans: [{ text: ANY_STATE, look: 'note' } as const], indent: 0 }];
  return boxOf(
    head,
    inner.flatMap((trigger) => labelLines(innerLabelOf(trigger, safe), BODY_WIDTH)),
  );
}

/** What stands at an arrow. */
export function arrowBox(triggers: readonly Trigger[]): Box {
  return boxOf(
    [],
    triggers.flatMap((trigger) => labelLines(labelOf(trigger, safe), LABEL_WIDTH)),
    LABEL_PADDING,
  );
}

/** What is done on the way to the first state. */
export function initialBox(actions: readonly string[]): Box {
  const spans = [{ text: effectOf(actions, safe).trimStart(), look: 'plain' } as const];
  return boxOf([], actions.length === 0 ? [] : wrapped(spans, LABEL_WIDTH), LABEL_PADDING);
}

function headOf({ key, description }: ChartState, width: number): readonly TextLine[] {
  const note = cut(oneLine(description), DESCRIPTION_LENGTH);
  return [
    ...wrapped([{ text: safe(key), look: 'name' }], width, { hanging: 0 }),
    ...(note === '' ? [] : wrapped([{ text: note, look: 'note' }], width, { hanging: 0 })),
  ];
}

/** In one line if that is wide enough, else what it does in a line of its own. */
function labelLines({ event, guard, effect }: Label, width: number): readonly TextLine[] {
  const cause: Span[] = [
    { text: event, look: 'event' },
    { text: guard, look: 'plain' },
  ];
  const whole = wrapped([...cause, { text: effect, look: 'plain' }], width);
  if (whole.length === 1 || effect === '') return whole;
  const [first, ...rest] = wrapped([{ text: effect.trimStart(), look: 'plain' }], width - INDENT);
  const below = [...(first === undefined ? [] : [first]), ...rest];
  return [...wrapped(cause, width), ...below.map((line) => ({ ...line, indent: line.indent + INDENT }))];
}

const INDENT = 10;

function boxOf(head: readonly TextLine[], body: readonly TextLine[], padding = PADDING): Box {
  const lines = [...head, ...body];
  const text = lines.reduce((height, line) => height + lineHeight(line), 0);
  const gap = head.length > 0 && body.length > 0 ? 2 * GAP : 0;
  const isEmpty = lines.length === 0;
  return {
    head,
    body,
    padding,
    width: isEmpty ? 0 : Math.ceil(Math.max(...lines.map(lineWidth)) + 2 * padding),
    height: isEmpty ? 0 : Math.ceil(text + gap + 2 * padding),
  };
}
