import { describe, expect, test } from 'vitest';
import { isBare, isQuotable, isVisibleNonAscii, nameOf } from '../../../src/permissions/shell/lexer.ts';
import {
  dependsOnFolder,
  guardOf,
  plainName,
  runsAnything,
  runsOthers,
} from '../../../src/permissions/shell/guard-table.ts';

const words = (text: string) => text.split(' ').map((one) => ({ text: one }));

describe('a program', () => {
  test.each([
    ['/usr/bin/python3.12', 'python'],
    ['python3', 'python3'],
    ['gcc-13', 'gcc'],
    ['node.exe', 'node'],
    ['LS', 'ls'],
    ['gls', 'ls'],
    ['grep', 'grep'],
    ['gsed', 'gsed'],
    ['md5', 'md5'],
    ['x/y/cat', 'cat'],
    ['glow', 'glow'],
    ['gx', 'gx'],
    ['mytool-5', 'mytool-5'],
    ['', ''],
  ])('%j is known as %j', (program, name) => expect(plainName(program)).toBe(name));

  test('has no guard by a name on the prototype', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'mytool']) expect(guardOf(name)).toBe(undefined);
    for (const name of ['ls', 'git', '/bin/rm', 'strings']) expect(guardOf(name)).toBeTypeOf('function');
  });

  test('depends on the folder it runs in, unless it only looks at what it is told', () => {
    for (const name of ['git', 'npm', 'make', 'mytool', 'node', 'constructor'])
      expect(dependsOnFolder(name)).toBe(true);
    for (const name of ['ls', 'cat', 'grep', 'sed', 'awk', 'cd', '/bin/ls', 'gls'])
      expect(dependsOnFolder(name)).toBe(false);
  });

  test('runs others when it is a shell, an interpreter, a wrapper or a builtin that evaluates', () => {
    for (const name of ['bash', 'python3.12', '/usr/bin/env', 'xargs', 'eval', 'source', 'vim', 'bun'])
      expect(runsOthers(name)).toBe(true);
    for (const name of ['ls', 'git', 'npm', 'mytool', 'cd']) expect(runsOthers(name)).toBe(false);
  });

  test('runs anything when it is a shell that is handed its script as text, or from its input', () => {
    for (const call of ['bash -c x', 'sh -ec x', 'bash', 'bash -l', 'zsh x -c', '/bin/dash -c x'])
      expect(runsAnything(words(call)), call).toBe(true);
    for (const call of ['bash x', 'bash -l x', 'node -c x', 'ls', 'bash -C x', 'python3'])
      expect(runsAnything(words(call)), call).toBe(false);
  });
});

describe('a character', () => {
  test.each([
    ['\n', 'a newline'],
    ['a', '"a"'],
    ['\t', '"\t"'],
    ['é', '"é"'],
    ['\u0000', 'character U+0000'],
    ['\u007f', 'character U+007F'],
    ['\u202e', 'character U+202E'],
    ['\u{e0001}', 'character U+E0001'],
    ['\r', 'character U+000D'],
  ])('%j is called %s', (char, name) => expect(nameOf(char)).toBe(name));

  test('stands for itself in a word when it is a letter, a digit, or one of a few signs', () => {
    for (const char of 'aZ09_-./:,+@%^=é漢') expect(isBare(char), char).toBe(true);
    for (const char of ' \t\n$`\\"\'*?[]{}()<>|&;~#!\u007f\u00a0\u0000') expect(isBare(char), char).toBe(false);
  });

  test('stands for itself in quotes when it can be seen, or is a tab or a newline', () => {
    for (const char of ' ~\t\n$aé') expect(isQuotable(char), char).toBe(true);
    for (const char of '\u0000\u001f\r\u007f\u0080\u00a0\u200b\u202e') expect(isQuotable(char), char).toBe(false);
    expect([isVisibleNonAscii('a'), isVisibleNonAscii('é'), isVisibleNonAscii('\u00a0')]).toEqual([false, true, false]);
  });
});
