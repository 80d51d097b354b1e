import { describe, expect, test } from 'vitest';
import { matchesRuns, parseTextPattern } from '../../src/permissions/text-pattern.ts';

const matches = (pattern: string, text: string) => matchesRuns(parseTextPattern(pattern), text);

describe('a text pattern', () => {
  test.each([
    ['abc', ['abc']],
    ['', ['']],
    ['*', ['', '']],
    ['a*b', ['a', 'b']],
    ['**', ['', '', '']],
    [String.raw`a\*b`, ['a*b']],
    [String.raw`a\\*`, ['a\\', '']],
    [String.raw`\ab`, ['ab']],
  ])('%j is the runs %j', (pattern, runs) => expect(parseTextPattern(pattern)).toEqual(runs));

  test('that ends with a lone backslash is refused, with what to write instead', () => {
    expect(() => parseTextPattern('a\\')).toThrow(SyntaxError);
    expect(() => parseTextPattern('a\\')).toThrow(/escapes nothing; write/);
  });

  test.each([
    ['a*bc*cd', 'abccd'],
    ['a*bc*cd', 'axbcxcd'],
    ['a*b*c', 'abc'],
    ['a*b*b*c', 'abbc'],
    ['*ab*ab*', 'abab'],
    ['*', ''],
    ['a*', 'a'],
    ['*a', 'a'],
    ['ab*ba', 'abba'],
    ['a*xy*xy*b', 'axyxyb'],
    ['a*b*c', 'a-b-b-c'],
    ['aa*b*', 'aaab'],
    ['*a*b', 'cab'],
    ['a\n*', 'a\nb'],
  ])('%j matches %j', (pattern, text) => expect(matches(pattern, text)).toBe(true));

  test.each([
    ['a*bc*cd', 'abcd'],
    ['a*b*b*c', 'abc'],
    ['ab*ba', 'aba'],
    ['ab*bc', 'abc'],
    ['*ab*ab*', 'abxa'],
    ['*ab*ab*', 'aab'],
    ['a', 'ab'],
    ['a', ''],
    ['a*', 'ba'],
    ['*a', 'ab'],
    ['a*c', 'abd'],
    ['b*c', 'abc'],
    ['a*xy*b', 'axb'],
    ['a*b*a', 'aba b'],
    ['a*bb*b', 'abb'],
    ['ab*b*', 'ab'],
    ['a*ab*', 'ab'],
  ])('%j does not match %j', (pattern, text) => expect(matches(pattern, text)).toBe(false));
});
