/** A report as Markdown tables and as a picture. */
import type { Figure, Measured, Report } from './report.ts';
import { type Row, ROWS, SUBJECTS, type SubjectName } from './rows.ts';

const PEER_NAMES = ['ai', 'openai-agents', 'langgraph', 'mastra'] as const;
const FLOOR_NAMES = ['subjects', 'loop', 'race'] as const;

interface Line {
  readonly row: Row;
  readonly size: number;
  readonly title: string;
  readonly of: (subject: SubjectName) => Measured | undefined;
}

function linesOf({ measured }: Report): readonly Line[] {
  return ROWS.flatMap((row) => {
    const own = measured.filter((one) => one.row === row.id);
    return [...new Set(own.map(({ size }) => size))].map((size) => ({
      row,
      size,
      title: row.title.replace('#', size.toLocaleString('en-US')),
      of: (subject: SubjectName) => own.find((one) => one.size === size && one.subject === subject),
    }));
  });
}

const number = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(2)));

/** `median (low–high)`. */
function shown({ median, low, high }: Figure, divisor = 1): string {
  const middle = number(median / divisor);
  const [from, to] = [number(low / divisor), number(high / divisor)];
  return from === to ? middle : `${middle} (${from}–${to})`;
}

function cell({ row }: Line, measured: Measured | undefined, isBest: boolean): string {
  const figure = measured?.figures[row.figure];
  if (figure === undefined) return measured?.failed ?? row.others ?? '–';
  const text = isBest ? `**${shown(figure, row.divisor)}**` : shown(figure, row.divisor);
  const also = row.also === undefined ? undefined : measured?.figures[row.also.figure];
  if (also === undefined) return text;
  return `${text}; ${number(also.median / (row.also?.divisor ?? 1))} ${row.also?.unit}`;
}

const medianOf = ({ row, of }: Line, subject: SubjectName): number | undefined =>
  of(subject)?.figures[row.figure]?.median;

/** Among these subjects, the one with the best median. */
function bestOf(line: Line, subjects: readonly SubjectName[]): SubjectName | undefined {
  const sign = line.row.moreIsBetter === true ? -1 : 1;
  return subjects
    .filter((subject) => medianOf(line, subject) !== undefined)
    .toSorted((a, b) => sign * ((medianOf(line, a) ?? 0) - (medianOf(line, b) ?? 0)))[0];
}

function ratio(line: Line, against: SubjectName | undefined): string {
  const [ours, theirs] = [medianOf(line, 'greenroom'), against && medianOf(line, against)];
  return ours === undefined || theirs === undefined ? '–' : `${number(ours / theirs)} × ${SUBJECTS[against ?? 'ai']}`;
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

function compared(lines: readonly Line[], others: readonly SubjectName[]): string {
  const subjects: readonly SubjectName[] = ['greenroom', ...others];
  const rows = lines.map((line) => {
    const best = bestOf(
      line,
      subjects.filter((subject) => subject !== 'loop'),
    ); // it merges nothing
    const against = line.row.against ?? bestOf(line, others);
    return [
      `${line.title}, ${line.row.unit}`,
      ...subjects.map((subject) => cell(line, line.of(subject), subject === best)),
      ratio(line, against),
    ];
  });
  return table(['what', ...subjects.map((subject) => SUBJECTS[subject]), 'Greenroom against'], rows);
}

/** The tables of a report. The best median of a row is bold. */
export function tablesOf(report: Report): string {
  const lines = linesOf(report);
  const { date, machine, node, rounds, versions } = report;
  const listed = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const merged = lines.filter(({ row }) => row.id === 'merge');
  const alone = lines.filter(({ row }) => row.subjects.length === 1);
  const beside = lines.filter((line) => !merged.includes(line) && !alone.includes(line));
  return [
    `${date}, ${machine}, Node ${node}, medians of ${rounds} rounds (lowest–highest). ${listed.join(', ')}.`,
    '### Beside peers',
    compared(beside, PEER_NAMES),
    '### One stream of many agents',
    'The peers have none: an application that runs many agents merges their streams itself. The other columns are such merges.',
    compared(merged, FLOOR_NAMES),
    '### Without a counterpart',
    table(
      ['what', 'Greenroom', 'peers'],
      alone.map((line) => [
        `${line.title}, ${line.row.unit}`,
        cell(line, line.of('greenroom'), false),
        line.row.others ?? '–',
      ]),
    ),
  ].join('\n\n');
}

const WIDTH = 960;
const LEFT = 430;
const STEP = 34;
const TOP = 96;
const COLOURS = { ai: '#0072b2', 'openai-agents': '#d55e00', langgraph: '#009e73', mastra: '#cc79a7' } as const;
/** The axis goes from a tenth to a hundred times Greenroom's cost. */
const [FROM, TO] = [0.1, 100];

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const x = (value: number): number => {
  const part = Math.log(Math.min(TO, Math.max(FROM, value)) / FROM) / Math.log(TO / FROM);
  return Math.round(LEFT + part * (WIDTH - LEFT - 30));
};

/** What each peer costs in multiples of Greenroom, on a logarithmic axis. */
export function plotOf(report: Report): string {
  const lines = linesOf(report).filter((line) => PEER_NAMES.some((peer) => medianOf(line, peer) !== undefined));
  const height = TOP + lines.length * STEP + 30;
  const ticks = [0.1, 0.3, 1, 3, 10, 30, 100].map(
    (tick) =>
      `<line class="${tick === 1 ? 'one' : 'grid'}" x1="${x(tick)}" x2="${x(tick)}" y1="${TOP - 16}" y2="${height - 24}"/>` +
      `<text x="${x(tick)}" y="${height - 8}" text-anchor="middle">${tick} ×</text>`,
  );
  const legend = PEER_NAMES.map(
    (peer, at) =>
      `<circle cx="${LEFT + at * 135}" cy="30" r="6" fill="${COLOURS[peer]}"/>` +
      `<text x="${LEFT + 12 + at * 135}" y="35">${escaped(SUBJECTS[peer])}</text>`,
  );
  const rows = lines.flatMap((line, at) => {
    const y = TOP + at * STEP;
    const ours = medianOf(line, 'greenroom') ?? Number.NaN;
    const dots = PEER_NAMES.flatMap((peer) => {
      const theirs = medianOf(line, peer);
      if (theirs === undefined || !(ours > 0)) return [];
      const text = `${SUBJECTS[peer]}: ${number(theirs / ours)} × Greenroom`;
      return [
        `<circle cx="${x(theirs / ours)}" cy="${y}" r="6" fill="${COLOURS[peer]}"><title>${escaped(text)}</title></circle>`,
      ];
    });
    return [`<text x="${LEFT - 20}" y="${y + 4}" text-anchor="end">${escaped(line.title)}</text>`, ...dots];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    '<title>The cost of the same work in each peer, in multiples of Greenroom</title>',
    '<style>text{font:13px system-ui,sans-serif;fill:#24292f}.grid{stroke:#d0d7de}.one{stroke:#57606a;stroke-width:2}',
    'rect{fill:#fff}@media(prefers-color-scheme:dark){text{fill:#e6edf3}.grid{stroke:#30363d}.one{stroke:#8b949e}rect{fill:#0d1117}}</style>',
    `<rect width="${WIDTH}" height="${height}"/>`,
    ...legend,
    `<text x="${LEFT - 6}" y="60">Cost in multiples of Greenroom. Right of 1 ×, Greenroom costs less.</text>`,
    ...ticks,
    ...rows,
    '</svg>',
    '',
  ].join('\n');
}
