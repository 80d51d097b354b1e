/** Question view in rows of a terminal: no row is too wide, and rows that do not fit are counted. */
import type { PendingRelay } from '../../index.ts';
import { callDetail } from '../../read-model/call-text.ts';
import { questionView } from '../output/question-view.ts';
import type { Format, Paint } from '../output/screen.ts';
import { rowsOf } from '../../text/columns.ts';

/** One row, and its format after the bar. */
interface QuestionRow {
  readonly text: string;
  readonly format?: Format | readonly Format[];
}

/** A whole question view, by its parts. */
export interface QuestionRows {
  readonly head: readonly QuestionRow[];
  /** Everything that the call would do. */
  readonly detail: readonly QuestionRow[];
  /** Why it asks. */
  readonly why: readonly QuestionRow[];
  /** The effect of each answer. */
  readonly answers: readonly QuestionRow[];
}

export interface QuestionRowsOptions {
  readonly relay: PendingRelay;
  readonly pending: readonly PendingRelay[];
  readonly columns: number;
}

const BAR = '│';

/** Breaks the question view into rows of the terminal. */
export function questionRows({ relay, pending, columns }: QuestionRowsOptions): QuestionRows {
  const [headline = '', ...lines] = questionView({ relay, pending, columns });
  const count = callDetail(relay.tool, relay.params).length;
  const rows = (line: string, lead: string, format?: QuestionRow['format']) =>
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

/** Makes views and keeps the last one: a long view takes time, and a frame is drawn many times a second. */
export function keptRows(): (options: QuestionRowsOptions) => QuestionRows {
  let kept: { readonly key: string; readonly question: QuestionRows } | undefined;
  return (options) => {
    const { relay, columns } = options;
    const key = [columns, relay.id, ...relay.releases].join(' ');
    if (kept?.key !== key) kept = { key, question: questionRows(options) };
    return kept.question;
  };
}

/** At most `height` rows, with a note of how many are missing. Keeps the detail of the call first, then the effects of answers. */
export function cutRows({ head, detail, why, answers }: QuestionRows, height: number): readonly QuestionRow[] {
  const whole = [...head, ...detail, ...why, ...answers];
  if (whole.length <= height) return whole;
  if (height < 2) return head.slice(0, Math.max(0, height));
  const top = head.slice(0, Math.max(1, Math.floor(height / 4)));
  const room = height - top.length - 1;
  // at least half of the room, and all that the other parts leave
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

/** Colours a row. */
export function paintedRow({ text, format }: QuestionRow, paint: Paint): string {
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
