/**
 * How a drawing looks. Every text stands on a surface of the drawing's own, so that it can be read on any page: a page
 * may be dark where the system, which is all that a picture can ask, is light.
 */
const LIGHT = {
  frame: '#f6f8fa',
  card: '#ffffff',
  line: '#59636e',
  text: '#1f2328',
  note: '#59636e',
  lit: '#dafbe1',
  glow: '#1a7f37',
};

const DARK: typeof LIGHT = {
  frame: '#161b22',
  card: '#0d1117',
  line: '#9198a1',
  text: '#f0f6fc',
  note: '#9198a1',
  lit: '#0f3d1c',
  glow: '#3fb950',
};

/** The class of the whole drawing: its rules touch nothing else on a page that it is written into. */
export const DRAWING_CLASS = 'greenroom-chart';

/** Several drawings on a page share these rules. */
export function styleSheet(): string {
  return [...rulesIn(LIGHT), '@media (prefers-color-scheme:dark){', ...rulesIn(DARK), '}', ...SHAPES.map(scoped)].join(
    '\n',
  );
}

const SHAPES = [
  'text{font:11px Helvetica,Arial,"Liberation Sans",sans-serif}',
  '.name{font-size:13px;font-weight:bold}',
  '.event{font-weight:bold}',
  '.line,.rule{fill:none}',
  '.rule{stroke-width:.6}',
  '.region{stroke-dasharray:5 3}',
  '.any{stroke-dasharray:2 2}',
  '.active>.shape{stroke-width:3}',
];

const rulesIn = ({ frame, card, line, text, note, lit, glow }: typeof LIGHT): readonly string[] =>
  [
    `text{fill:${text}}`,
    `.note{fill:${note}}`,
    `.frame,.group>.shape{fill:${frame};stroke:${line}}`,
    `.shape,.label{fill:${card};stroke:${line}}`,
    `.label{stroke:none}`,
    `.line,.rule{stroke:${line}}`,
    `.tip,.entry{fill:${line}}`,
    `.active>.shape{stroke:${glow}}`,
    `.state.active:not(.group)>.shape{fill:${lit}}`,
  ].map(scoped);

/** `.a,.b{…}` inside of the drawing. */
function scoped(rule: string): string {
  const [selectors = '', body = ''] = rule.split('{');
  return `${selectors
    .split(',')
    .map((selector) => `.${DRAWING_CLASS} ${selector}`)
    .join(',')}{${body}`;
}
