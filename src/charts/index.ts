/** `greenroom/charts`: XState machines as Mermaid, SVG and JSON. */
export { toJson } from './json.ts';
export { toMermaid } from './mermaid.ts';
export { toSvg, type SvgOptions } from './svg.ts';
export type { Active } from './state-paths.ts';
export type { ViewOptions } from './view.ts';
