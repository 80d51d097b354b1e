/** The question card in the rows of a terminal: nothing runs over the edge, and what does not fit is counted. */
import type { PendingRelay } from '../../index.ts';
import { callDetail } from '../call-text.ts';
import { questionCard } from '../question-card.ts';
import type { Format, Paint } from '../styles.ts';
import { rowsOf } from './columns.ts';

/** One row, and what it looks like behind the bar. */
interface CardRow {
  readonly text: string;
  readonly format?: Format | readonly Format[];
}

/** A card whole, in its three parts. */
export interface Card {
  readonly head: readonly CardRow[];
  /** All that the call would do. */
  readonly detail: readonly CardRow[];
  /** Why it asks, and what the answers would mean. */
  readonly tail: readonly CardRow[];
}

export interface CardOptions {
  readonly relay: PendingRelay;
  readonly pending: readonly PendingRelay[];
  readonly columns: number;
}

const BAR = '│';

/** The card, broken into rows of the terminal. */
export function cardOf({ relay, pending, columns }: CardOptions): Card {
  const [headline = '', ...lines] = questionCard({ relay, pending, columns });
  const count = callDetail(relay.tool, relay.params).length;
  const rows = (line: string, lead: string, format?: CardRow['format']) =>
    rowsOf(line, columns, lead).map((text) => (format === undefined ? { text } : { text, format }));
  return {
    head: rows(headline, `${BAR} `, ['bold', 'yellow']),
    detail: lines.slice(0, count).flatMap((line) => rows(line, `${BAR}   `, formatOf(line.slice(4), relay.tool))),
    tail: lines.slice(count).flatMap((line) => rows(line, `${BAR}         `)),
  };
}

/** Makes cards, and keeps the last one: a long one takes a while, and a frame is drawn many times a second. */
export function keptCards(): (options: CardOptions) => Card {
  let kept: { readonly key: string; readonly card: Card } | undefined;
  return (options) => {
    const { relay, columns } = options;
    const key = [columns, relay.id, ...relay.releases].join(' ');
    if (kept?.key !== key) kept = { key, card: cardOf(options) };
    return kept.card;
  };
}

/** At most `height` rows of it: some of each part, and how many are missing where some are. */
export function cutCard({ head, detail, tail }: Card, height: number): readonly CardRow[] {
  const whole = [...head, ...detail, ...tail];
  if (whole.length <= height) return whole;
  if (height < 2) return head.slice(0, Math.max(0, height));
  const top = head.slice(0, Math.max(1, Math.floor(height / 4)));
  const room = height - top.length - 1;
  // of what would run at least half, and all that the rest leaves
  const ofDetail = Math.min(detail.length, Math.max(Math.ceil(room / 2), room - tail.length));
  const ofTail = Math.min(tail.length, room - ofDetail);
  const missing = whole.length - top.length - ofDetail - ofTail;
  const note = { text: `${BAR} … ${missing} more ${missing === 1 ? 'row' : 'rows'}: v shows all`, format: 'yellow' } as const;
  return [...top, ...detail.slice(0, ofDetail), note, ...tail.slice(0, ofTail)];
}

/** A row in colours. */
export function paintedRow({ text, format }: CardRow, paint: Paint): string {
  if (!text.startsWith(BAR)) return paint(format ?? 'yellow', text);
  const rest = text.slice(BAR.length);
  return `${paint('yellow', BAR)}${format === undefined ? rest : paint(format, rest)}`;
}

function formatOf(line: string, tool: string): Format | undefined {
  if (tool !== 'patch' && tool !== 'write') return 'bold';
  if (line.startsWith('+')) return 'green';
  if (line.startsWith('-')) return 'red';
  return line.startsWith('***') || line.startsWith('@@') ? 'dim' : undefined;
}
