import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { descriptionOf, sizeOf, type SvgElement, svgTree } from '../../src/web/machines/svg-tree.ts';

const all = (element: SvgElement): readonly SvgElement[] => [
  element,
  ...element.children.flatMap((child) => (typeof child === 'string' ? [] : all(child))),
];

describe('reading the drawing of a machine', () => {
  it.each(['agent', 'agent.running', 'orchestrator', 'tool-call'])(
    'every element of the drawing %s is read',
    (name) => {
      const svg = readFileSync(new URL(`../../docs/charts/${name}.svg`, import.meta.url), 'utf8');
      const tree = svgTree(svg);
      if (tree === undefined) throw new Error('not read');
      const elements = all(tree);
      for (const kind of ['g', 'path', 'polygon', 'ellipse', 'text', 'tspan']) {
        const written = [...svg.matchAll(new RegExp(`<${kind}[ >]`, 'g'))].length;
        expect(elements.filter((element) => element.name === kind)).toHaveLength(written);
      }
      expect(sizeOf(tree).width).toBeGreaterThan(100);
      expect(descriptionOf(tree)).not.toBe('');
    },
  );

  it('text is read as it was before it was written', () => {
    const tree = svgTree('<svg><text data-state="a&quot;b">1 &lt; 2 &amp;amp; 3</text></svg>\n');
    expect(tree?.children).toEqual([
      { name: 'text', attributes: [['data-state', 'a"b']], children: ['1 < 2 &amp; 3'] },
    ]);
  });

  it('what no drawing needs is left out', () => {
    const svg =
      '<svg onload="x()"><style>a{}</style><script>x()</script><a href="http://x"><g/></a><path d="M0 0"/></svg>';
    expect(svgTree(svg)).toEqual({
      name: 'svg',
      attributes: [],
      children: [{ name: 'path', attributes: [['d', 'M0 0']], children: [] }],
    });
  });

  it.each(['', 'text', '<svg>', '<svg></g></svg>', '<html></html>', '<svg a=b></svg>', '<svg><!-- x --></svg>'])(
    'a text of another shape is no drawing: %j',
    (text) => {
      expect(svgTree(text)).toBeUndefined();
    },
  );
});
