/** Elements of a drawing on the page, and what is lit in them. */
import type { SvgElement } from './svg-tree.ts';

const SVG = 'http://www.w3.org/2000/svg';
const XML = 'http://www.w3.org/XML/1998/namespace';

export function svgNode({ name, attributes, children }: SvgElement): SVGElement {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of attributes) node.setAttributeNS(key.startsWith('xml:') ? XML : null, key, value);
  for (const child of children) {
    if (typeof child === 'string') node.append(child);
    else if (child.name !== 'desc') node.append(svgNode(child));
  }
  return node;
}

/** Makes the closed states of a drawing buttons that call `open` with their dotted path. */
export function makeClosedStatesOpen(drawing: ParentNode, open: (path: string) => void): void {
  for (const state of drawing.querySelectorAll('.closed')) {
    const path = state.getAttribute('data-state') ?? '';
    state.setAttribute('role', 'button');
    state.setAttribute('tabindex', '0');
    // the text in the box is its name
    state.setAttribute('aria-description', 'Open this state');
    state.addEventListener('click', () => open(path));
    state.addEventListener('keydown', (event) => {
      if (!(event instanceof KeyboardEvent) || (event.key !== 'Enter' && event.key !== ' ')) return;
      event.preventDefault();
      open(path);
    });
  }
}

export interface Lit {
  /** Dotted paths of the active states. */
  readonly active: readonly string[];
  /** The arrows taken last, as dotted paths. */
  readonly lastMoves: readonly { readonly from: string; readonly to: string }[];
}

/** Lights the active states and the last arrows, and nothing else. The machine itself is '' and is never lit. */
export function light(drawing: ParentNode, { active, lastMoves }: Lit): void {
  const lit = new Set(active);
  const states = [...drawing.querySelectorAll('[data-state]')];
  const drawn = new Set(states.map((state) => state.getAttribute('data-state') ?? ''));
  for (const state of states) state.classList.toggle('active', lit.has(state.getAttribute('data-state') ?? ''));
  const ends = (path: string) => [path, drawnAround(path, drawn)];
  for (const move of drawing.querySelectorAll('.move')) {
    const [start, end] = [move.getAttribute('data-from') ?? '', move.getAttribute('data-to') ?? ''];
    const isLast = lastMoves.some(({ from, to }) => ends(from).includes(start) && ends(to).includes(end));
    move.classList.toggle('last', isLast);
  }
}

/** The innermost drawn state around a state that is not drawn; '' when there is none. */
function drawnAround(path: string, drawn: ReadonlySet<string>): string {
  let at = path;
  while (at !== '' && !drawn.has(at)) at = parentPath(at);
  return at;
}

/** The dotted path of the state around; '' for a top state. */
export const parentPath = (path: string): string => keysIn(path).slice(0, -1).join('.');

/** The keys of a dotted path, still escaped. */
export const keysIn = (path: string): readonly string[] => path.match(/(?:\\.|[^.\\])+/gs) ?? [];
