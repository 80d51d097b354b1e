/**
 * Parser of the drawings that `toSvg` makes. The page builds their elements itself, since its Content-Security-Policy
 * allows no markup from text and no inline style. It does not parse XML in general.
 *
 * Guarantees: the result holds only elements and attributes that a drawing needs; a text of another shape gives `undefined`.
 */

export interface SvgElement {
  readonly name: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
  readonly children: readonly (SvgElement | string)[];
}

const ELEMENTS: ReadonlySet<string> = new Set('svg g path polygon ellipse text tspan desc'.split(' '));
const ATTRIBUTES: ReadonlySet<string> = new Set(
  (
    'class cx cy d data-from data-state data-to font-size font-weight height points rx ry transform viewBox width x y ' +
    'xml:space'
  ).split(' '),
);

/** A tag with its attributes, or the text between two tags. */
const PIECE =
  /<(?<end>\/?)(?<name>[A-Za-z][\w:-]*)(?<given>(?:\s+[\w:-]+="[^"<]*")*)\s*(?<alone>\/?)>|(?<text>[^<]+)/gy;
const ATTRIBUTE = /([\w:-]+)="([^"]*)"/g;

interface Open {
  readonly name: string;
  readonly attributes: SvgElement['attributes'];
  readonly children: (SvgElement | string)[];
}

export function svgTree(svg: string): SvgElement | undefined {
  const root: Open = { name: '', attributes: [], children: [] };
  const open: Open[] = [root];
  let read = 0;
  for (const { 0: piece, groups = {} } of svg.matchAll(PIECE)) {
    read += piece.length;
    const { end, name = '', given = '', alone, text } = groups;
    const last = open.at(-1) ?? root;
    if (text !== undefined) last.children.push(unescaped(text));
    else if (end === '/') {
      if (open.length === 1 || last.name !== name) return undefined;
      open.pop();
    } else {
      const element: Open = { name, attributes: attributesOf(given), children: [] };
      if (ELEMENTS.has(name)) last.children.push(element);
      if (alone === '') open.push(element);
    }
  }
  const [first] = root.children.filter((child) => typeof child !== 'string');
  return read === svg.length && open.length === 1 && first?.name === 'svg' ? first : undefined;
}

const attributesOf = (given: string): SvgElement['attributes'] =>
  [...given.matchAll(ATTRIBUTE)].flatMap(([, name = '', value = '']) =>
    ATTRIBUTES.has(name) ? [[name, unescaped(value)] as const] : [],
  );

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&' };

const unescaped = (text: string): string =>
  text.replace(/&(lt|gt|quot|amp);/g, (_all, name: string) => ENTITIES[name] ?? '');

/** The description of what is drawn, from its `desc`. */
export function descriptionOf({ children }: SvgElement): string {
  const desc = children.find((child) => typeof child !== 'string' && child.name === 'desc');
  if (desc === undefined || typeof desc === 'string') return '';
  return desc.children.filter((child) => typeof child === 'string').join('');
}

/** The size of a drawing in pixels, unscaled. */
export function sizeOf({ attributes }: SvgElement): { readonly width: number; readonly height: number } {
  const of = (name: string) => Number(attributes.find(([each]) => each === name)?.[1] ?? 0);
  return { width: of('width'), height: of('height') };
}
