import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { arePlainPaths, hidesText, isPlainCommand } from '../../src/permissions/readable.ts';
import { isBare, isQuotable, isVisibleNonAscii } from '../../src/permissions/shell/lexer.ts';
import { parseScript } from '../../src/permissions/shell/script.ts';
import { hasHidden, markHidden, withoutHidden } from '../../src/text/hidden.ts';
import { escapeHidden, oneLine, visibleLine, visibleText } from '../../src/text/visible.ts';

const src = fileURLToPath(new URL('../../src', import.meta.url));

/** Every code point of these classes, and some of each other kind that is hidden. */
function hiddenCharacters(): readonly string[] {
  const wanted = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/u;
  const found = ['\ud800', '\udfff', '\ue000', '\ufffe', '\u2800', '\u{1d159}', '\u{16fe4}', '\u{10ffff}'];
  for (let point = 0; point <= 0xe0fff; point++) {
    const char = String.fromCodePoint(point);
    if (wanted.test(char)) found.push(char);
  }
  return found;
}

/** Each place that judges text, as one question: does it see the character between two letters? */
const JUDGES: readonly (readonly [string, (char: string) => boolean])[] = [
  ['hasHidden', (char) => hasHidden(`a${char}b`)],
  ['withoutHidden', (char) => withoutHidden(`a${char}b`) === 'ab'],
  ['markHidden', (char) => markHidden(`a${char}b`, () => '?') === 'a?b'],
  ['escapes of rules', (char) => escapeHidden(`a${char}b`) !== `a${char}b`],
  ['the terminal', (char) => visibleLine(`a${char}b`) !== `a${char}b`],
  ['the console', (char) => '\n\t'.includes(char) || visibleText(`a${char}b`) !== `a${char}b`],
  ['drawings', (char) => oneLine(`a${char}b`) !== `a${char}b`],
  ['words of a shell', (char) => !isBare(char) && !isVisibleNonAscii(char)],
  ['quotes of a shell', (char) => '\n\t'.includes(char) || !isQuotable(char)],
  ['commands', (char) => '\n\t'.includes(char) || !parseScript(`echo 'a${char}b'`).ok],
  ['saved commands', (char) => char === '\n' || !isPlainCommand(`a${char}b`)],
  ['paths', (char) => !arePlainPaths(`a${char}b`)],
  ['rules', (char) => '\n\t'.includes(char) || hidesText(`a${char}b`)],
];

describe('a hidden character', () => {
  const hidden = hiddenCharacters();

  test('there are thousands', () => expect(hidden.length).toBeGreaterThan(4000));

  test.each(JUDGES)('%s: each one counts', (_name, sees) => {
    expect(hidden.filter((char) => !sees(char)).map((char) => char.codePointAt(0)?.toString(16))).toEqual([]);
  });

  test.each(['a b', 'é', '😀', '¿', '_', '漢', 'a\u0301', '\u{1f3fd}'])('%j holds none', (text) => {
    expect(hasHidden(text)).toBe(false);
    expect(withoutHidden(text)).toBe(text);
  });

  test('that is allowed does not count; others beside it do', () => {
    expect(hasHidden('a\nb', '\n')).toBe(false);
    expect(hasHidden('a\nb\tc', '\n')).toBe(true);
    expect(hasHidden('a\n\u202eb', '\n\t')).toBe(true);
  });

  test('is defined in one file', () => {
    const classes = /\\p\{(?:C|Cf|Z|Zl|Zp|Default_Ignorable_Code_Point)\}|\\u200[b-f]|\\u202[a-e]/i;
    const found = globSync('**/*.{ts,tsx}', { cwd: src }).filter((file) =>
      classes.test(readFileSync(`${src}/${file}`, 'utf8').replaceAll(/\/\*\*.*?\*\//gs, '')),
    );
    expect(found).toEqual(['text/hidden.ts']);
  });
});
