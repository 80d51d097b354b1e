/** Text broken into lines of a bounded width. */
import { charactersOf, columnsOf } from '../text/columns.ts';

/** The style of a piece of text. */
export type Look = 'name' | 'note' | 'event' | 'plain';

export interface Span {
  readonly text: string;
  readonly look: Look;
}

export type Line = readonly Span[];

/** Breaks at spaces, and inside words that are longer than a line. Widths are in columns. */
export function wrapped(spans: readonly Span[], width: number): readonly Line[] {
  const lines: Span[][] = [];
  let room = 0;
  for (const piece of spans.flatMap((span) => piecesOf(span, width))) {
    const line = lines.at(-1);
    if (line === undefined || columnsOf(piece.text.trimEnd()) > room) {
      lines.push([piece]);
      room = width;
    } else {
      append(line, piece);
    }
    room -= columnsOf(piece.text);
  }
  return lines.map(trimmed);
}

function trimmed(line: Line): Line {
  const last = line.at(-1);
  return last === undefined ? line : [...line.slice(0, -1), { ...last, text: last.text.trimEnd() }];
}

function append(line: Span[], { text, look }: Span): void {
  const last = line.at(-1);
  if (last?.look === look) line.splice(-1, 1, { text: last.text + text, look });
  else line.push({ text, look });
}

/** Words with the space behind them. Long ones are split, where possible at a capital or behind a separator. */
function piecesOf({ text, look }: Span, width: number): readonly Span[] {
  return (text.match(/\S+\s*|\s+/g) ?? []).flatMap((word) => split(word, width).map((part) => ({ text: part, look })));
}

function split(word: string, width: number): readonly string[] {
  if (columnsOf(word) <= width) return [word];
  const parts: string[] = [''];
  for (const part of word.match(/[\p{Lu}\p{N}]*[^\p{Lu}\p{N}._/:-]*[._/:-]*/gu) ?? []) {
    for (const character of columnsOf(part) <= width ? [part] : charactersOf(part)) {
      const last = parts.at(-1) ?? '';
      if (columnsOf(last + character) <= width) parts.splice(-1, 1, last + character);
      else parts.push(character);
    }
  }
  return parts.filter((part) => part !== '');
}
