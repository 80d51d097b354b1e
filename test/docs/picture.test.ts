import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { terminalSvg } from '../../scripts/terminal-svg.ts';
import { page, root } from './pages.ts';

describe('the picture of README.md', () => {
  const svg = readFileSync(`${root}/docs/run.svg`, 'utf8');
  const shown = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);

  test('is embedded, with words for those who cannot see it', () => {
    expect(page('README.md')).toMatch(/!\[[^\]]{20,}\]\(docs\/run\.svg\)/);
  });

  test('shows agents at work, one that waits for an answer, and the end of the run', () => {
    expect(shown).toContain('running');
    expect(shown).toContain('waiting');
    expect(shown).toContain('done');
    for (const part of ['asks: bash', 'answered: always', 'exit code 0', '$ npm start']) {
      expect(shown).toContainEqual(expect.stringContaining(part));
    }
  });

  test('holds text only, and asks no other machine for anything', () => {
    expect(svg).not.toMatch(/<(script|image|style|foreignObject|a|use)\b|href|url\(|@import|on\w+=/i);
    expect(svg.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:\/\/(?!www\.w3\.org)[^<\s]*"/);
  });
});

describe('the pictures of docs/console.md', () => {
  test.each(['console', 'console-inbox', 'console-chart'])('%s.png is embedded, with words, and small', (name) => {
    expect(page('docs/console.md')).toMatch(new RegExp(`!\\[[^\\]]{20,}\\]\\(${name}\\.png\\)`));
    const bytes = readFileSync(`${root}/docs/${name}.png`);
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    expect(bytes.length).toBeLessThan(300_000);
  });

  test('terminal.svg shows the tree, a question with its diff, and its keys', () => {
    expect(page('docs/console.md')).toMatch(/!\[[^\]]{20,}\]\(terminal\.svg\)/);
    const svg = readFileSync(`${root}/docs/terminal.svg`, 'utf8');
    for (const part of ['asks for patch', 'may I use patch?', '+## Shipping', '▸ y yes']) expect(svg).toContain(part);
    expect(svg).not.toMatch(/<(script|image|style|foreignObject|a|use)\b|href|url\(|@import|on\w+=/i);
  });
});

describe('terminalSvg', () => {
  const drawn = (text: string, columns = 40) =>
    terminalSvg([[{ text, colour: 'plain' }]], { title: 'a < b & "c"', columns });

  test('escapes what XML would read, in lines and in the title', () => {
    const svg = drawn('<script>alert("&")</script>');
    expect(svg).toContain('&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;');
    expect(svg).toContain('<title>a &lt; b &amp; &quot;c&quot;</title>');
    expect(svg).not.toContain('<script');
  });

  test('shows control characters as such, since XML can hold none', () => {
    expect(drawn('a\u001b[31mb\u0000c')).toContain('>a\uFFFD[31mb\uFFFDc<');
  });

  test('cuts a line that is too long, across its spans', () => {
    const spans = [
      { text: '12345', colour: 'cyan' },
      { text: '6789', colour: 'dim' },
      { text: 'gone', colour: 'red' },
    ] as const;
    const svg = terminalSvg([spans], { title: 't', columns: 8 });
    expect([...svg.matchAll(/>([^<>]+)<\/text>/g)].map(([, text]) => text)).toEqual(['t', '12345', '67…']);
  });

  test('puts every span in its own column', () => {
    const spans = [
      { text: 'ab  ', colour: 'cyan' },
      { text: 'cd', colour: 'dim' },
    ] as const;
    const places = [...terminalSvg([spans], { title: 't', columns: 8 }).matchAll(/<text x="([\d.]+)"[^>]*textLength/g)];
    const [first, second] = places.map(([, x]) => Number(x));
    expect(((second ?? 0) - (first ?? 0)) / (13 * 0.602)).toBeCloseTo(4, 1);
  });

  test('leaves empty lines empty and gives the same bytes for the same lines', () => {
    expect(drawn('   ').match(/<text/g)).toHaveLength(1);
    expect(drawn('same')).toBe(drawn('same'));
  });
});
