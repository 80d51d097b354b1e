import { describe, expect, test } from 'vitest';
import { isBetterPlain, plainParagraphs } from '../../src/web/thread/markdown-parts.ts';

describe('Markdown that would hold up or break the page is shown as plain text', () => {
  test.each([
    ['quotes in quotes', '>'.repeat(3000)],
    ['quotes in quotes, with blanks', '> '.repeat(3000)],
    ['lists in lists', '- '.repeat(500)],
    ['numbered lists in lists', `${'1. '.repeat(500)}x`],
    ['quotes and lists in turn', '> - '.repeat(200)],
    ['brackets', '['.repeat(19_000)],
    ['brackets in a short text', '['.repeat(2000)],
    ['emphasis that never closes', '*a **b '.repeat(2400)],
    ['emphasis that never closes, short', '*a **b '.repeat(900)],
    ['a long text', 'word '.repeat(2000)],
  ])('%s', (_what, text) => {
    expect(isBetterPlain(text)).toBe(true);
  });

  test.each([
    ['a quote in a list', '- a\n  > **b** [c](https://d.example)'],
    ['a rule', '- - - - - - - - - -'],
    ['a long rule', '-'.repeat(200)],
    ['a table', `| ${'a | '.repeat(20)}\n| ${'--- | '.repeat(20)}`],
    ['links', '[a](https://b.example) '.repeat(300)],
    ['code full of signs', `\`\`\`py\n${'a_b[*c] = __d__\n'.repeat(400)}\`\`\``],
  ])('but not %s', (_what, text) => {
    expect(isBetterPlain(text)).toBe(false);
  });

  test('nothing of it is lost', () => {
    const text = `one\n\n${'two '.repeat(2000)}\n  \n\n${'😀'.repeat(3000)}`;
    const without = (some: string) => some.replaceAll(/\s/g, '');
    const paragraphs = plainParagraphs(text);
    expect(without(paragraphs.join(''))).toBe(without(text));
    expect(paragraphs.every((paragraph) => paragraph.isWellFormed() && paragraph.length <= 4000)).toBe(true);
  });
});
