/** Keys of a terminal, and a line with a cursor that they change. */
import { charactersOf } from '../../text/columns.ts';
import { visibleLine } from '../../text/visible.ts';

/** A key that is not a character. */
export type NamedKey =
  | 'enter'
  | 'escape'
  | 'tab'
  | 'backtab'
  | 'left'
  | 'right'
  | 'home'
  | 'end'
  | 'backspace'
  | 'delete'
  | 'eraseWord'
  | 'eraseLine'
  | 'interrupt';

/** A character, or a key that has a name. */
export type KeyPress = { readonly character: string } | { readonly name: NamedKey };

/** Letters that mean a key together with Ctrl. */
export const CONTROL_KEYS: Readonly<Record<string, NamedKey>> = {
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

const CONTROL_CHARACTERS: Readonly<Record<string, NamedKey>> = {
  '\r': 'enter',
  '\t': 'tab',
  '\u{1b}': 'escape',
  '\u{7f}': 'backspace',
  ...Object.fromEntries(
    Object.entries(CONTROL_KEYS).map(([letter, name]) => [String.fromCharCode(letter.charCodeAt(0) - 96), name]),
  ),
};

/** The keys in a text that a terminal sent. */
export function keyPressesOf(text: string): KeyPress[] {
  return charactersOf(text).flatMap((character) => {
    const name = CONTROL_CHARACTERS[character];
    // a segmenter keeps \r\n together; it is one enter
    if (character === '\r\n') return [{ name: 'enter' }];
    return [name === undefined ? { character } : { name }];
  });
}

export interface EditLine {
  readonly before: string;
  /** The text behind the cursor. */
  readonly after: string;
}

/** A line with the cursor at its end. */
export const editLine = (text = ''): EditLine => ({ before: text, after: '' });

export const textOf = ({ before, after }: EditLine): string => before + after;

/** The line with hidden characters made visible and a mark for the cursor. */
export const shownLine = ({ before, after }: EditLine): string => `${visibleLine(before)}▏${visibleLine(after)}`;

/** The line after a key. Keys without a meaning in a line change nothing. */
export function edited(line: EditLine, press: KeyPress): EditLine {
  if ('name' in press) return MOVES[press.name]?.(line) ?? line;
  return /\p{Cc}/u.test(press.character) ? line : inserted(line, press.character);
}

/** The line with a text inserted at the cursor. */
export const inserted = ({ before, after }: EditLine, text: string): EditLine => ({ before: before + text, after });

const withoutLast = (text: string): string => text.slice(0, text.length - (charactersOf(text).at(-1) ?? '').length);
const first = (text: string): string => charactersOf(text)[0] ?? '';

const MOVES: Readonly<Partial<Record<NamedKey, (line: EditLine) => EditLine>>> = {
  left({ before, after }) {
    const rest = withoutLast(before);
    return { before: rest, after: before.slice(rest.length) + after };
  },
  right({ before, after }) {
    const next = first(after);
    return { before: before + next, after: after.slice(next.length) };
  },
  home: (line) => ({ before: '', after: textOf(line) }),
  end: (line) => editLine(textOf(line)),
  backspace: ({ before, after }) => ({ before: withoutLast(before), after }),
  delete: ({ before, after }) => ({ before, after: after.slice(first(after).length) }),
  eraseWord: ({ before, after }) => ({ before: before.replace(/\S*\s*$/u, ''), after }),
  eraseLine: ({ after }) => ({ before: '', after }),
};
