/** The pages for people who change the code: the files they name exist, and the pages have the same shape. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { codes, page, root, section } from './pages.ts';

const folder = join(root, 'docs/decisions');
const decisions = readdirSync(folder).filter((name) => name !== 'README.md');
const decision = (name: string): string => readFileSync(join(folder, name), 'utf8');

/** Paths in backticks that look like files or folders of this repository. */
const named = (text: string): string[] =>
  codes(text.replace(/^```.*?^```$/gms, '')).filter((code) =>
    /^(?:src|test|docs|bench|scripts|examples)\/[\w./-]+$/.test(code),
  );
const missing = (text: string): string[] => named(text).filter((path) => !existsSync(join(root, path)));

describe('docs/architecture.md and CONTRIBUTING.md', () => {
  test.each(['docs/architecture.md', 'CONTRIBUTING.md'] as const)('%s names only files that exist', (name) => {
    expect(named(page(name)).length).toBeGreaterThan(0);
    expect(missing(page(name))).toEqual([]);
  });

  test.each([
    { heading: 'A spawn', most: 7 },
    { heading: 'A call', most: 18 },
    { heading: 'A question', most: 18 },
    { heading: 'A text delta', most: 18 },
  ])('the way "$heading" names each of its files once, with what it does, and at most $most', ({ heading, most }) => {
    const steps = section(page('docs/architecture.md'), heading).match(/^\d+\. .*$/gm) ?? [];
    const files = steps.map((step) => codes(step)[0] ?? '');
    expect(steps.filter((step) => !/^\d+\. `src\/[\w./-]+\.ts`: \S/.test(step))).toEqual([]);
    expect(files.length).toBeGreaterThan(3);
    expect(files.length).toBeLessThanOrEqual(most);
    expect(new Set(files).size).toBe(files.length);
  });

  test('CONTRIBUTING.md names only scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
    const used = [...page('CONTRIBUTING.md').matchAll(/npm run ([\w:]+)/g)].map(([, script = '']) => script);
    expect(used.filter((script) => !Object.hasOwn(scripts, script))).toEqual([]);
  });
});

describe('docs/decisions', () => {
  test('lists every page once', () => {
    const linked = [...page('docs/decisions/README.md').matchAll(/\]\((\S+\.md)\)/g)].map(([, target = '']) => target);
    expect(linked.toSorted()).toEqual(decisions.toSorted());
  });

  test.each(decisions)('%s has the five parts, and names files that exist', (name) => {
    const text = decision(name);
    const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(['Question', 'Decision', 'Reasons', 'Price', 'Where']);
    expect(codes(section(text, 'Where')).length).toBeGreaterThan(0);
    expect(missing(text)).toEqual([]);
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, target = '']) => join(folder, target));
    expect(links.filter((target) => !existsSync(target)).map(dirname)).toEqual([]);
  });
});
