/** Text in lines of a bounded width. */
import { charactersOf } from '../text/columns.ts';
import { textWidth } from './text-width.ts';

/** How a piece of text looks; each is a class of the drawing. */
export type Look = 'name' | 'note' | 'event' | 'plain';

export interface Span {
  readonly text: string;
  readonly look: Look;
}

export interface TextLine {
  readonly spans: readonly Span[];
  /** From the left edge, where it is not centred. */
  readonly indent: number;
}

const SIZE: Readonly<Record<Look, number>> = { name: 13, note: 11, event: 11, plain: 11 };

export const fontSize = (look: Look): number => SIZE[look];
export const isBold = (look: Look): boolean => look === 'name' || look === 'event';
export const lineHeight = ({ spans }: TextLine): number => Math.max(...spans.map(({ look }) => SIZE[look] + 4), 0);

export function lineWidth({ spans, indent }: TextLine): number {
  return spans.reduce((width, span) => width + spanWidth(span), indent);
}

const spanWidth = ({ text, look }: Span): number => textWidth(text, { size: SIZE[look], isBold: isBold(look) });

/** Lines after the first begin further right. */
const HANGING = 10;

/** Breaks at spaces, and inside words that are wider than a line. */
export function wrapped(spans: readonly Span[], width: number, { hanging = HANGING } = {}): readonly TextLine[] {
  const lines: { spans: Span[]; indent: number }[] = [{ spans: [], indent: 0 }];
  for (const piece of piecesOf(spans, width - hanging)) {
    const line = lines.at(-1);
    if (line === undefined) break;
    if (line.spans.length === 0 || lineWidth(line) + spanWidth({ ...piece, text: piece.text.trimEnd() }) <= width) {
      append(line.spans, piece);
    } else {
      lines.push({ spans: [piece], indent: hanging });
    }
  }
  return lines.map((line) => ({ ...line, spans: trimmed(line.spans) }));
}

function trimmed(spans: readonly Span[]): readonly Span[] {
  const last = spans.at(-1);
  return last === undefined ? spans : [...spans.slice(0, -1), { ...last, text: last.text.trimEnd() }];
}

function append(spans: Span[], { text, look }: Span): void {
  const last = spans.at(-1);
  if (last?.look === look) spans.splice(-1, 1, { text: last.text + text, look });
  else spans.push({ text, look });
}

/** Words with the space behind them; long ones are split, if possible where a new word of theirs begins. */
function piecesOf(spans: readonly Span[], width: number): readonly Span[] {
  return spans.flatMap(({ text, look }) =>
    (text.match(/\S+\s*|\s+/g) ?? []).flatMap((word) => split({ text: word, look }, width)),
  );
}

function split(word: Span, width: number): readonly Span[] {
  if (spanWidth(word) <= width) return [word];
  const parts: string[] = [''];
  for (const part of word.text.match(/[\p{Lu}\p{N}]*[^\p{Lu}\p{N}._/:-]*[._/:-]*/gu) ?? []) {
    for (const character of spanWidth({ ...word, text: part }) <= width ? [part] : charactersOf(part)) {
      const last = parts.at(-1) ?? '';
      if (spanWidth({ ...word, text: last + character }) <= width) parts.splice(-1, 1, last + character);
      else parts.push(character);
    }
  }
  return parts.filter((text) => text !== '').map((text) => ({ text, look: word.look }));
}
