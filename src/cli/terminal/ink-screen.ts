/** Ink component of the terminal view: rows that stay below the printed log, and key input. */
import { Box, type Key, Text, useInput, usePaste, useStdout } from 'ink';
import { createElement as h, type ReactNode, useEffect } from 'react';
import { CONTROL_KEYS, type KeyPress, keyPressesOf, type NamedKey } from './edit-line.ts';

export interface InkScreenProps {
  readonly rows: readonly string[];
  readonly onPress: (press: KeyPress) => void;
  readonly onPaste: (text: string) => void;
  /**
   * Receives the function that prints text above the rows. Ink's `<Static>` takes a millisecond a line and breaks lines that are
   * longer than the terminal, so that they cannot be copied whole.
   */
  readonly onReady: (print: (text: string) => void) => void;
}

export function InkScreen({ rows, onPress, onPaste, onReady }: InkScreenProps): ReactNode {
  useInput((input, key) => pressesOf(input, key).forEach(onPress));
  usePaste(onPaste);
  const { write } = useStdout();
  useEffect(() => onReady(write), [onReady, write]);
  return h(
    Box,
    { flexDirection: 'column' },
    rows.map((row, at) => h(Text, { key: at, wrap: 'truncate-end' }, row === '' ? ' ' : row)),
  );
}

const NAMES: Readonly<Partial<Record<keyof Key, NamedKey>>> = {
  return: 'enter',
  escape: 'escape',
  leftArrow: 'left',
  rightArrow: 'right',
  home: 'home',
  end: 'end',
  backspace: 'backspace',
  delete: 'delete',
};

/** The keys in one input event of Ink: keys that arrived together are one text. */
export function pressesOf(input: string, key: Key): KeyPress[] {
  if (key.tab) return [{ name: key.shift ? 'backtab' : 'tab' }];
  for (const [flag, name] of Object.entries(NAMES)) if (Reflect.get(key, flag) === true) return [{ name }];
  if (key.ctrl) return controlKey(input);
  // with Alt it is another key
  if (key.meta) return [];
  return keyPressesOf(input);
}

function controlKey(letter: string): KeyPress[] {
  const name = Object.hasOwn(CONTROL_KEYS, letter) ? CONTROL_KEYS[letter] : undefined;
  return name === undefined ? [] : [{ name }];
}
