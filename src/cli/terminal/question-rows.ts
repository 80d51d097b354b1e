/** The question card in the rows of a terminal: nothing runs over the edge, and what does not fit is counted. */
import type { PendingRelay } from '../../index.ts';
import { callDetail } from '../../read-model/call-text.ts';
import { questionView } from '../output/question-view.ts';
import type { Format, Paint } from '../output/screen.ts';
import { rowsOf } from '../../text/columns.ts';

/** One row, and what it looks like behind the bar. */
interface CardRow {
  readonly text: string;
  readonly format?: Format | readonly Format[];
}

/** A card whole, in its parts. */
export interface Card {
  readonly head: readonly CardRow[];
  /** All that the call would do. */
  readonly detail: readonly CardRow[];
  /** Why it asks. */
  readonly why: readonly CardRow[];
  /** What the answers would mean. */
  readonly answers: readonly CardRow[];
}

export interface CardOptions {
  readonly relay: PendingRelay;
  readonly pending: readonly PendingRelay[];
  readonly columns: number;
}

const BAR = '│';

/** The card, broken into rows of the terminal. */
export function cardOf({ relay, pending, columns }: CardOptions): Card {
  const [headline = '', ...lines] = questionView({ relay, pending, columns });
  const count = callDetail(relay.tool, relay.params).length;
  const rows = (line: string, lead: string, format?: CardRow['format']) =>
    rowsOf(line, columns, lead).map((text) => (format === undefined ? { text } : { text, format }));
  const tail = lines.slice(count);
  const answersAt = tail.findIndex((line, at) => at > 0 && line.startsWith(`${BAR} `) && line.charAt(2) !== ' ');
  const broken = (some: readonly string[]) => some.flatMap((line) => rows(line, `${BAR}         `));
  return {
    head: rows(headline, `${BAR} `, ['bold', 'yellow']),
    detail: lines.slice(0, count).flatMap((line) => rows(line, `${BAR}   `, formatOf(line.slice(4), relay.tool))),
    why: broken(tail.slice(0, answersAt)),
    answers: broken(tail.slice(answersAt)),
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

/**
 * At most `height` rows of it, and how many are missing where some are. Of what would run as much is kept as can be, then of
 * what the answers would mean.
 */
export function cutCard({ head, detail, why, answers }: Card, height: number): readonly CardRow[] {
  const whole = [...head, ...detail, ...why, ...answers];
  if (whole.length <= height) return whole;
  if (height < 2) return head.slice(0, Math.max(0, height));
  const top = head.slice(0, Math.max(1, Math.floor(height / 4)));
  const room = height - top.length - 1;
  // at least half of the room, and all that the rest leaves
  const ofDetail = Math.min(detail.length, Math.max(Math.ceil(room / 2), room - why.length - answers.length));
  const ofAnswers = Math.min(answers.length, room - ofDetail);
  const ofWhy = Math.min(why.length, room - ofDetail - ofAnswers);
  const missing = whole.length - top.length - ofDetail - ofAnswers - ofWhy;
  const note = {
    text: `${BAR} … ${missing} more ${missing === 1 ? 'row' : 'rows'}: v shows all`,
    format: 'yellow',
  } as const;
  return [...top, ...detail.slice(0, ofDetail), note, ...why.slice(0, ofWhy), ...answers.slice(0, ofAnswers)];
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
