/**
 * The style sheet of a drawing. Every text stands on a surface of the drawing's own, so that it is readable on any page: a
 * page may be dark where the system's colour scheme, which is all that a picture can query, is light.
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
  frame: '#0d1117',
  card: '#161b22',
  line: '#9198a1',
  text: '#f0f6fc',
  note: '#9198a1',
  lit: '#0f3d1c',
  glow: '#3fb950',
};

/** The class of the whole drawing: its rules touch nothing else on a page that embeds it. */
export const DRAWING_CLASS = 'greenroom-chart';

/** The same for every drawing, so that several on a page share it. */
export function styleSheet(): string {
  return [...rulesIn(LIGHT), '@media (prefers-color-scheme:dark){', ...rulesIn(DARK), '}', ...SHAPES.map(scoped)].join(
    '\n',
  );
}

const SHAPES = [
  'text{font-family:Helvetica,Arial,"Liberation Sans",sans-serif}',
  '.edge>path,.state>path~path{fill:none}',
  '.state>polygon,.any>polygon{stroke-width:.5}',
  '.region>path{stroke-dasharray:5 3}',
  '.any>path,.shallow-history>path,.deep-history>path{stroke-dasharray:2 2}',
  '.active>path{stroke-width:2.5}',
];

const rulesIn = ({ frame, card, line, text, note, lit, glow }: typeof LIGHT): readonly string[] =>
  [
    `text{fill:${text}}`,
    `.dim{fill:${note}}`,
    `.graph>polygon{fill:${frame}}`,
    `.node>path{fill:${card};stroke:${line}}`,
    `.group>path{fill:${frame};stroke:${line}}`,
    `.edge>path,.state>polygon,.any>polygon{stroke:${line}}`,
    `.edge>polygon:not(.label),.entry>ellipse{fill:${line}}`,
    `.edge>.label{fill:${frame}}`,
    `.active>path{stroke:${glow}}`,
    `.node.active>path{fill:${lit}}`,
  ].map(scoped);

/** `.a,.b{…}` inside of the drawing. */
function scoped(rule: string): string {
  const [selectors = '', body = ''] = rule.split('{');
  return `${selectors
    .split(',')
    .map((selector) => `.${DRAWING_CLASS} ${selector}`)
    .join(',')}{${body}`;
}
