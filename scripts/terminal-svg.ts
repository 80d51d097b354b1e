/**
 * Renders lines of text as an SVG of a terminal. Guarantees: text only (no script, link, image, web font or request), every
 * character escaped, the same bytes for the same lines.
 */

/** A run of text in one colour. */
export interface Span {
  readonly text: string;
  readonly colour: Colour;
}

export type Colour = keyof typeof COLOURS;

export interface TerminalSvgOptions {
  /** Shown in the title bar, and read out by screen readers. */
  readonly title: string;
  /** Width in characters; longer lines are cut with an ellipsis. */
  readonly columns: number;
}

const COLOURS = {
  plain: '#d5d9e2',
  dim: '#7d8596',
  yellow: '#e5c07b',
  green: '#98c379',
  red: '#e06c75',
  cyan: '#56b6c2',
  magenta: '#c678dd',
  blue: '#61afef',
} as const;
const FONT_SIZE = 13;
/** A monospace character is about 0.6 em wide; `textLength` below enforces it in any font. */
const CHARACTER = FONT_SIZE * 0.602;
const LINE = 18;
const MARGIN = 16;
const BAR = 34;

export function terminalSvg(lines: readonly (readonly Span[])[], { title, columns }: TerminalSvgOptions): string {
  const width = Math.ceil(columns * CHARACTER + 2 * MARGIN);
  const height = BAR + lines.length * LINE + MARGIN;
  const dots = ['#ff5f56', '#ffbd2e', '#27c93f'].map(
    (fill, index) => `<circle cx="${MARGIN + 6 + index * 20}" cy="17" r="6" fill="${fill}"/>`,
  );
  const rows = lines.map((spans, index) => row(cut(spans, columns), BAR + index * LINE + FONT_SIZE));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="10" fill="#1b1e26"/>`,
    ...dots,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${FONT_SIZE}">`,
    `<text x="${width / 2}" y="21" text-anchor="middle" fill="${COLOURS.dim}">${escaped(title)}</text>`,
    ...rows.filter((text) => text !== ''),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** Places every span by itself, so that columns stay columns in any font. */
function row(spans: readonly Span[], y: number): string {
  let at = 0;
  return spans
    .map(({ text, colour }) => {
      const start = at + text.length - text.trimStart().length;
      at += text.length;
      const shown = text.trim();
      if (shown === '') return '';
      const place = `x="${fixed(MARGIN + start * CHARACTER)}" y="${y}" textLength="${fixed(shown.length * CHARACTER)}"`;
      return `<text ${place} fill="${COLOURS[colour]}" xml:space="preserve">${escaped(shown)}</text>`;
    })
    .join('');
}

function cut(spans: readonly Span[], columns: number): readonly Span[] {
  let room = columns;
  return spans.flatMap((span) => {
    const text = span.text.length > room ? `${span.text.slice(0, Math.max(0, room - 1))}…` : span.text;
    const isGone = room <= 0;
    room -= span.text.length;
    return isGone ? [] : [{ ...span, text }];
  });
}

const fixed = (value: number): string => value.toFixed(1).replace(/\.0$/, '');

/** XML cannot hold control characters, escaped or not. */
function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replaceAll(/\p{Cc}|\p{Cs}/gu, '\uFFFD').replaceAll(/[&<>"]/g, (char) => entities[char] ?? char);
}
