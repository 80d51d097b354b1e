import { describe, expect, test } from 'vitest';
import {
  matchesSegments,
  parseGlob,
  pathSegments,
  reachesBelow,
  type Segment,
} from '../../src/permissions/paths/glob.ts';

const matches = (pattern: string, path: string) =>
  parseGlob(pattern).some(({ segments }) => matchesSegments(segments, pathSegments(path)));
const reaches = (pattern: string, path: string) =>
  parseGlob(pattern).some(({ segments }) => reachesBelow(segments, pathSegments(path)));
const shape = (segment: Segment) =>
  segment === '**' ? segment : 'literal' in segment ? segment.literal : segment.tokens.length;
const shapes = (pattern: string) =>
  parseGlob(pattern).map(({ absolute, segments }) => [absolute, ...segments.map(shape)]);

describe('a pattern is read', () => {
  test.each<[string, (boolean | string | number)[][]]>([
    ['a', [[false, 'a']]],
    ['/', [[true]]],
    ['/a', [[true, 'a']]],
    ['a/b', [[false, 'a', 'b']]],
    ['./a', [[false, 'a']]],
    ['.', [[false]]],
    ['a/./b', [[false, 'a', 'b']]],
    ['a//b', [[false, 'a', 'b']]],
    ['//a', [[true, 'a']]],
    ['**', [[false, '**']]],
    ['*', [[false, 1]]],
    ['a*', [[false, 2]]],
    ['*a*', [[false, 3]]],
    ['**/a', [[false, '**', 'a']]],
    ['a/**/*', [[false, 'a', '**', 1]]],
    [
      '{a,b}',
      [
        [false, 'a'],
        [false, 'b'],
      ],
    ],
    [
      '{a,/b}',
      [
        [false, 'a'],
        [true, 'b'],
      ],
    ],
    [
      '{a/b,c}/{d,e}',
      [
        [false, 'a', 'b', 'd'],
        [false, 'a', 'b', 'e'],
        [false, 'c', 'd'],
        [false, 'c', 'e'],
      ],
    ],
    [
      '{a,{b,c}d}',
      [
        [false, 'a'],
        [false, 'bd'],
        [false, 'cd'],
      ],
    ],
    [
      'a{,b}',
      [
        [false, 'a'],
        [false, 'ab'],
      ],
    ],
    ['{,a}', [[false], [false, 'a']]],
    ['a,b', [[false, 'a,b']]],
    ['a}', [[false, 'a}']]],
    [String.raw`\{a\}`, [[false, '{a}']]],
    [String.raw`\*\?`, [[false, '*?']]],
    [String.raw`\~`, [[false, '~']]],
    ['a~', [[false, 'a~']]],
    ['~a', [[false, '~a']]],
    ['[ab]', [[false, 1]]],
    ['a..b', [[false, 'a..b']]],
    ['...', [[false, '...']]],
    [
      '{**,a}',
      [
        [false, '**'],
        [false, 'a'],
      ],
    ],
    [
      '{b,a}*',
      [
        [false, 2],
        [false, 2],
      ],
    ],
  ])('%j', (pattern, read) => {
    expect(shapes(pattern)).toEqual(read);
  });

  test.each([
    ['~', /~ is not expanded/],
    ['~/a', /~ is not expanded/],
    ['a/', /ends with a \//],
    ['/a/', /ends with a \//],
    ['a//', /ends with a \//],
    ['..', /".." is not followed/],
    ['a/../b', /".." is not followed/],
    ['a**', /\*\* must be a segment of its own/],
    ['**a', /\*\* must be a segment of its own/],
    ['***', /\*\* must be a segment of its own/],
    ['a**b', /\*\* must be a segment of its own/],
    ['a\\', /escapes nothing/],
    ['a\\/b', /a \/ cannot be escaped/],
    ['{a', /a \{ is not closed/],
    ['{a,b', /a \{ is not closed/],
    ['{a}', /needs alternatives/],
    ['{}', /needs alternatives/],
    ['[', /a \[ is not closed/],
    ['[a', /a \[ is not closed/],
    ['[]', /is empty/],
    ['[!]', /is empty/],
    ['[a[]', /stands inside/],
    ['[a/]', /never spans segments/],
    ['[b-a]', /the range b-a runs backwards/],
    ['[a\\', /escapes nothing/],
  ])('%j is refused', (pattern, message) => {
    expect(() => parseGlob(pattern)).toThrow(SyntaxError);
    expect(() => parseGlob(pattern)).toThrow(message);
  });

  test('up to its limits, and not past them', () => {
    expect(parseGlob('a'.repeat(4096))).toHaveLength(1);
    expect(() => parseGlob('a'.repeat(4097))).toThrow('longer than 4096 characters');
    expect(parseGlob('{a,b}'.repeat(8))).toHaveLength(256);
    expect(() => parseGlob('{a,b}'.repeat(9))).toThrow('more than 256 alternatives');
    const list = (count: number) => `{${Array.from({ length: count }, (_, at) => `n${at}`).join(',')}}`;
    expect(parseGlob(list(256))).toHaveLength(256);
    expect(() => parseGlob(list(257))).toThrow('more than 256 alternatives');
  });
});

describe('one segment', () => {
  test.each([
    ['/a*c', '/abc'],
    ['/a*c', '/ac'],
    ['/a*b*c', '/a-bb-bc'],
    ['/*b', '/aab'],
    ['/*ab', '/aaab'],
    ['/*aab', '/aaab'],
    ['/*a*b', '/xaxb'],
    ['/a?c', '/abc'],
    ['/?*', '/a'],
    ['/*?', '/ab'],
    ['/[a-cx]', '/x'],
    ['/[a-cx]', '/a'],
    ['/[a-cx]', '/c'],
    ['/[!a-c]', '/d'],
    ['/[^a-c]', '/d'],
    ['/[a-]', '/-'],
    ['/[a-]', '/a'],
    ['/[-a]', '/-'],
    ['/[a!]', '/!'],
    [String.raw`/[\-a]`, '/-'],
    [String.raw`/[a\]]`, '/a'],
    [String.raw`/[\\]`, '/\\'],
    ['/[a]b', '/ab'],
    ['/[a-a]', '/a'],
    ['/[😀-😂]', '/😁'],
    ['/x[ab]*', '/xb'],
  ])('%j matches %j', (pattern, path) => expect(matches(pattern, path)).toBe(true));

  test.each([
    ['/a*c', '/abd'],
    ['/a*c', '/a'],
    ['/a*b*c', '/acb'],
    ['/*b', '/ba'],
    ['/*aab', '/aba'],
    ['/?', '/'],
    ['/??', '/a'],
    ['/?*', '/'],
    ['/[a-c]', '/d'],
    ['/[b-c]', '/a'],
    ['/[!a-c]', '/b'],
    ['/[!a-c]', '/c'],
    ['/[ab]', '/ab'],
    ['/[a-]', '/b'],
    ['/[!ab]', '/b'],
    ['/x[ab]y', '/xy'],
    ['/a*', '/ba'],
    ['/a*', '/a/b'],
  ])('%j does not match %j', (pattern, path) => expect(matches(pattern, path)).toBe(false));
});

describe('segments', () => {
  test.each([
    ['/**/a', '/a'],
    ['/**/a', '/x/y/a'],
    ['/**/a/b', '/a/a/b'],
    ['/**/a/**/b', '/x/a/y/z/b'],
    ['/a/**/**/b', '/a/b'],
    ['/a/**', '/a/b'],
    ['/a/*/**', '/a/b'],
    ['/**/*.ts', '/a/b.ts'],
    ['/*/b', '/a/b'],
    ['/', '/'],
    ['/**/x/*/y', '/x/a/x/b/y'],
  ])('%j covers %j', (pattern, path) => expect(matches(pattern, path)).toBe(true));

  test.each([
    ['/**/a', '/a/x'],
    ['/**/a', '/x/ba'],
    ['/**/a/b', '/a/x/b'],
    ['/a/**/b', '/a'],
    ['/a/*/**', '/a'],
    ['/a/b', '/a'],
    ['/a', '/a/b'],
    ['/', '/a'],
    ['/a', '/'],
    ['/*', '/a/b'],
    ['/**/x/*/y', '/x/a/b/y'],
    ['/a/b/*', '/a/c/d'],
    ['/a/*', '/b/c'],
  ])('%j does not cover %j', (pattern, path) => expect(matches(pattern, path)).toBe(false));
});

describe('below a folder', () => {
  test.each([
    ['/a/b', '/a'],
    ['/a/b/c', '/a'],
    ['/a/b', '/'],
    ['/a/**', '/a'],
    ['/a/**', '/a/b'],
    ['/**', '/'],
    ['/**', '/a/b/c'],
    ['/**/x', '/a'],
    ['/**/x', '/x'],
    ['/a/**/x', '/a/b/c'],
    ['/a/*/c', '/a/b'],
    ['/*/c', '/a'],
    ['/a/**/b/c', '/a/b'],
    ['/{a,b}/c', '/b'],
  ])('%j may cover something below %j', (pattern, path) => expect(reaches(pattern, path)).toBe(true));

  test.each([
    ['/a', '/a'],
    ['/a', '/b'],
    ['/a/b', '/a/b'],
    ['/a/b', '/b'],
    ['/a/b', '/a/b/c'],
    ['/a/*/c', '/b/b'],
    ['/a/**', '/b'],
    ['/a*/b', '/b'],
    ['/', '/'],
    ['/a/b/c', '/a/c'],
  ])('%j covers nothing below %j', (pattern, path) => expect(reaches(pattern, path)).toBe(false));
});
