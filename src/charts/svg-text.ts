/** The pieces that a drawing is written in. */
import { type Box, GAP } from './boxes.ts';
import { between, type Point } from './curves.ts';
import { fontSize, lineHeight, type TextLine } from './text-lines.ts';

/** Text as XML can hold it, in elements and in attributes with double quotes. */
export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** A tenth of a pixel is enough. */
export const rounded = (value: number): string => String(Math.round(value * 10) / 10);

/** The lines of a box around its centre, and the line between head and body. */
export function boxText(box: Box, { x, y }: Point): readonly string[] {
  const left = x - box.width / 2;
  let top = y - box.height / 2 + box.padding;
  const drawn: string[] = [];
  for (const line of box.head) {
    drawn.push(textLine(line, { x, top, isCentred: true }));
    top += lineHeight(line);
  }
  if (box.head.length > 0 && box.body.length > 0) {
    top += GAP;
    drawn.push(`<path class="rule" d="M${rounded(left)} ${rounded(top)}h${rounded(box.width)}"/>`);
    top += GAP;
  }
  for (const line of box.body) {
    drawn.push(textLine(line, { x: left + box.padding + line.indent, top, isCentred: false }));
    top += lineHeight(line);
  }
  return drawn;
}

function textLine(
  line: TextLine,
  { x, top, isCentred }: { readonly x: number; readonly top: number; readonly isCentred: boolean },
): string {
  const size = Math.max(...line.spans.map(({ look }) => fontSize(look)), 0);
  const spans = line.spans.map(({ text, look }) => `<tspan class="${look}">${escapeXml(text)}</tspan>`).join('');
  const anchor = isCentred ? ' text-anchor="middle"' : '';
  return `<text x="${rounded(x)}" y="${rounded(top + size)}"${anchor} xml:space="preserve">${spans}</text>`;
}

const TIP_LENGTH = 8;
const TIP_WIDTH = 7;

/** A curve of Bézier pieces that ends in an arrow. */
export function arrow(points: readonly Point[]): readonly string[] {
  const [start, ...rest] = points;
  const tip = rest.at(-1);
  if (start === undefined || tip === undefined) return [];
  // the curve is straight enough there; a control point may lie on the end itself
  const before = rest.toReversed().find((point) => Math.hypot(tip.x - point.x, tip.y - point.y) > 1) ?? start;
  const length = Math.hypot(tip.x - before.x, tip.y - before.y) || 1;
  const base = between(tip, before, TIP_LENGTH / length);
  const half = TIP_WIDTH / 2 / length;
  const across = { x: (tip.y - before.y) * half, y: (before.x - tip.x) * half };
  const one = { x: base.x + across.x, y: base.y + across.y };
  const other = { x: base.x - across.x, y: base.y - across.y };
  return [
    `<path class="line" d="M${at(start)}C${rest.map(at).join(' ')}"/>`,
    `<path class="tip" d="M${at(tip)}L${at(one)} ${at(other)}Z"/>`,
  ];
}

const at = ({ x, y }: Point): string => `${rounded(x)} ${rounded(y)}`;
