import { describe, expect, test } from 'vitest';
import { argumentsLine, changedArguments } from '../../../src/cli/terminal/arguments-line.ts';
import {
  edited,
  editLine,
  type KeyPress,
  type NamedKey,
  shownLine,
  textOf,
} from '../../../src/cli/terminal/edit-line.ts';

const typed = (text: string): KeyPress[] => Array.from(text, (character) => ({ character }));
const keys = (...names: NamedKey[]): KeyPress[] => names.map((name) => ({ name }));
const after = (...presses: readonly KeyPress[]) => presses.reduce(edited, editLine('make tea'));

describe('a line that is changed', () => {
  test.each([
    [typed('!'), 'make tea!▏'],
    [[...keys('backspace', 'backspace'), ...typed('o')], 'make to▏'],
    [[...keys('left', 'left', 'left'), ...typed('a ')], 'make a ▏tea'],
    [[...keys('home', 'delete'), ...typed('f')], 'f▏ake tea'],
    [[...keys('home', 'right', 'right')], 'ma▏ke tea'],
    [keys('eraseWord'), 'make ▏'],
    [keys('left', 'eraseLine', 'end'), 'a▏'],
    [keys('tab', 'escape'), 'make tea▏'],
    [typed('\u{1}\u{7}'), 'make tea▏'],
  ])('%j', (presses, shown) => {
    expect(shownLine(after(...presses))).toBe(shown);
  });

  test('takes an emoji of several parts as one character', () => {
    expect(textOf(edited(editLine('a👩‍👩‍👧'), { name: 'backspace' }))).toBe('a');
  });

  test('shows what is hidden in it, and keeps it', () => {
    const line = editLine('a\n\u{200b}b');
    expect(shownLine(line)).toBe('a\\u{a}\\u{200b}b▏');
    expect(textOf(line)).toBe('a\n\u{200b}b');
  });
});

describe('the arguments of a call as a line', () => {
  const bash = { tool: 'bash', params: { command: 'ls', cwd: 'docs' } };
  const write = { tool: 'write', params: { path: 'a' } };

  test('are the command of bash; what is beside it stays', () => {
    expect(argumentsLine(bash)).toBe('ls');
    expect(changedArguments(bash, 'ls -l')).toEqual({ input: { command: 'ls -l', cwd: 'docs' } });
    expect(changedArguments(bash, '  ')).toHaveProperty('problem');
  });

  test('are JSON of everything else', () => {
    expect(argumentsLine(write)).toBe('{"path":"a"}');
    expect(changedArguments(write, '{"path":"b"}')).toEqual({ input: { path: 'b' } });
    expect(changedArguments(write, '{"path"')).toHaveProperty('problem');
    expect(argumentsLine({ tool: 'bash', params: { other: 1 } })).toBe('{"other":1}');
  });
});
