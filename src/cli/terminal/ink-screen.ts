/** The terminal view as Ink draws it: rows that stay below what is printed, and keys. */
import { Box, type Key, Text, useInput, usePaste, useStdout } from 'ink';
import { createElement as h, type ReactNode, useEffect } from 'react';
import { charactersOf } from '../../text/columns.ts';
import type { KeyPress, NamedKey } from './edit-line.ts';

export interface InkScreenProps {
  readonly rows: readonly string[];
  readonly onPress: (press: KeyPress) => void;
  readonly onPaste: (text: string) => void;
  /**
   * Is given what prints text above the rows. Ink's `<Static>` would take a millisecond a line, and break those that are
   * longer than the terminal, so that they could not be copied whole.
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

const CONTROL: Readonly<Record<string, NamedKey>> = {
  c: 'interrupt',
  a: 'home',
  e: 'end',
  b: 'left',
  f: 'right',
  h: 'backspace',
  d: 'delete',
  w: 'eraseWord',
  u: 'eraseLine',
  j: 'enter',
};

/** The same keys where they come together with others. */
const CHARACTERS: Readonly<Record<string, NamedKey>> = {
  '\r': 'enter',
  '\t': 'tab',
  ...Object.fromEntries(Object.entries(CONTROL).map(([letter, name]) => [controlOf(letter), name])),
};

/** The keys in what Ink tells at once: several that came together are one text. */
export function pressesOf(input: string, key: Key): KeyPress[] {
  if (key.tab) return [{ name: key.shift ? 'backtab' : 'tab' }];
  for (const [flag, name] of Object.entries(NAMES)) if (Reflect.get(key, flag) === true) return [{ name }];
  if (key.ctrl) return Object.hasOwn(CONTROL, input) ? named(CONTROL[input]) : [];
  // with alt held it is not the key that it looks like
  if (key.meta) return [];
  return charactersOf(input).map((character) => named(CHARACTERS[character])[0] ?? { character });
}

function controlOf(letter: string): string {
  return String.fromCharCode(letter.charCodeAt(0) - 96);
}

const named = (name: NamedKey | undefined): { readonly name: NamedKey }[] => (name === undefined ? [] : [{ name }]);
