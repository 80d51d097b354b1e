import { describe, expect, test } from 'vitest';
import type { SimpleCommand } from '../../../src/permissions/shell/script.ts';
import { disagreement } from '../../../src/permissions/shell/second-opinion.ts';

const command = (...words: readonly string[]): SimpleCommand => ({
  words: words.map((text) => ({ text, glob: false, bare: true })),
  fed: false,
  source: null,
});

describe('a second reader', () => {
  test.each<[string, readonly SimpleCommand[]]>([
    ['ls', [command('ls')]],
    ['ls -a "b c"', [command('ls', '-a', 'b c')]],
    ['ls; pwd', [command('ls'), command('pwd')]],
    ['ls && pwd || id', [command('ls'), command('pwd'), command('id')]],
    ['ls | wc -l', [command('ls'), command('wc', '-l')]],
    ['export A=b', [command('export', 'A=b')]],
    ['dd if=x', [command('dd', 'if=x')]],
    ['ls >/dev/null', [command('ls')]],
  ])('agrees about %j', (text, commands) => expect(disagreement(text, commands)).toBe(null));

  test.each<[string, readonly SimpleCommand[]]>([
    ['ls', []],
    ['ls', [command('ls', 'x')]],
    ['ls x', [command('ls')]],
    ['ls x', [command('ls', 'y')]],
    ['ls x y', [command('ls', 'x', 'z')]],
    ['ls x y', [command('pwd', 'x', 'y')]],
    ['ls; pwd', [command('ls')]],
    ['ls; pwd', [command('pwd'), command('ls')]],
    ['ls', [command('ls'), command('ls')]],
    ['ls &', [command('ls')]],
    ['ls & pwd', [command('ls'), command('pwd')]],
    ['A=b ls', [command('ls')]],
    ['A=b', [command('A=b')]],
    ['! ls', [command('ls')]],
    ['time ls', [command('ls')]],
    ['(ls)', [command('ls')]],
    ['{ ls; }', [command('ls')]],
    ['if ls; then pwd; fi', [command('ls'), command('pwd')]],
    ['>x', [command('x')]],
    ['', [command('ls')]],
  ])('differs about %j, read in another way', (text, commands) => {
    expect(disagreement(text, commands)).toBe('two readings of it differ');
  });

  test.each(['ls "x', 'if ls', 'ls &&', "ls 'x"])('finds that %j is not complete', (text) => {
    expect(disagreement(text, [command('ls')])).toMatch(/^it is not complete|^two readings/);
  });
});
