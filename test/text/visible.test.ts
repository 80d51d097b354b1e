import { describe, expect, test } from 'vitest';
import { escapeHidden, oneLine, visibleJson, visibleLine, visibleText } from '../../src/text/visible.ts';
import { hasHidden } from '../../src/text/hidden.ts';

describe('visibleText for the console', () => {
  test('plain text, line feeds and tabs stay as they are', () => {
    const text = 'const größe = "日本 🎉";\n\treturn `a  b`;\n';
    expect(visibleText(text)).toBe(text);
  });

  test.each([
    ['right-to-left override', 'a\u202Eb', 'a⟨U+202E⟩b'],
    ['isolate', '\u2066x\u2069', '⟨U+2066⟩x⟨U+2069⟩'],
    ['zero-width space', 'rm\u200B -rf', 'rm⟨U+200B⟩ -rf'],
    ['zero-width joiner', 'a\u200Db', 'a⟨U+200D⟩b'],
    ['byte order mark', '\uFEFFx', '⟨U+FEFF⟩x'],
    ['escape sequence of a terminal', '\u001B[31mred', '⟨U+001B⟩[31mred'],
    ['carriage return', 'good\rbad', 'good⟨U+000D⟩bad'],
    ['no-break space', 'a\u00A0b', 'a⟨U+00A0⟩b'],
    ['line separator', 'a\u2028b', 'a⟨U+2028⟩b'],
    ['tag character', 'a\u{E0041}b', 'a⟨U+E0041⟩b'],
    ['Hangul filler', 'a\u3164b', 'a⟨U+3164⟩b'],
    ['blank Braille pattern', 'a\u2800b', 'a⟨U+2800⟩b'],
    ['half of a surrogate pair', 'a\uD83Db', 'a⟨U+D83D⟩b'],
    ['NUL', 'a\0b', 'a⟨U+0000⟩b'],
  ])('shows a %s as a mark', (_name, text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });
});

describe('JSON escapes', () => {
  test.each([
    'a\u0000b',
    '\n',
    'a\u00a0',
    '\u202e',
    '\ue000',
    '\u{e0001}',
    '\ud800',
    '\u{10ffff}',
    '\u034f',
    '👩\u200d💻',
  ])('%j comes back from its escaped form', (text) => {
    const shown = escapeHidden(text);
    expect(hasHidden(shown)).toBe(false);
    expect(JSON.parse(`"${shown}"`)).toBe(text);
  });

  test('leave what is seen as it is, and show nothing as null', () => {
    expect(escapeHidden('a é 漢 😀')).toBe('a é 漢 😀');
    expect(visibleJson({ a: 'x\u202ey' })).toBe(String.raw`{"a":"x\u202ey"}`);
    expect(visibleJson(undefined)).toBe('null');
  });
});

test.each(['👩‍💻', '👩🏽‍💻', '⚠️', '1️⃣', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'])('the emoji %s stays whole on every screen', (emoji) => {
  expect(visibleLine(emoji)).toBe(emoji);
  expect(visibleText(emoji)).toBe(emoji);
  expect(oneLine(emoji)).toBe(emoji);
});

test('a selector behind what is no emoji sequence shows', () => {
  expect(visibleLine('a\u{fe0f}')).toBe('a\\u{fe0f}');
  expect(visibleText('👍\u{e0100}')).toBe('👍⟨U+E0100⟩');
});
