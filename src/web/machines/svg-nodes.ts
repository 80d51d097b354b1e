/** A drawing as elements of the page, and the states that are lit in it. */
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

/** Lights these states, as dotted paths, and no others. The machine itself is '' and is never lit. */
export function light(drawing: ParentNode, active: readonly string[]): void {
  const lit = new Set(active);
  for (const state of drawing.querySelectorAll('[data-state]')) {
    state.classList.toggle('active', lit.has(state.getAttribute('data-state') ?? ''));
  }
}
