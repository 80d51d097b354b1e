import { describe, expect, test } from 'vitest';
import {
  edited,
  editLine,
  type KeyPress,
  keyPressesOf,
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

test('control characters are keys, also where several arrive together', () => {
  expect(keyPressesOf('a\r\t\u{3}\u{7f}\u{1b}é')).toEqual([
    { character: 'a' },
    { name: 'enter' },
    { name: 'tab' },
    { name: 'interrupt' },
    { name: 'backspace' },
    { name: 'escape' },
    { character: 'é' },
  ]);
  expect(keyPressesOf('x\r\n')).toEqual([{ character: 'x' }, { name: 'enter' }]);
});
