/** A line that is typed or changed, with a place where the next character goes. */
import { charactersOf } from '../../text/columns.ts';
import { visibleLine } from '../../text/visible.ts';

export interface EditLine {
  readonly before: string;
  /** What stands behind the cursor. */
  readonly after: string;
}

/** A line to begin with; the cursor is at its end. */
export const editLine = (text = ''): EditLine => ({ before: text, after: '' });

export const textOf = ({ before, after }: EditLine): string => before + after;

/** How it is shown: nothing hidden in it, and a mark for the cursor. */
export const shownLine = ({ before, after }: EditLine): string => `${visibleLine(before)}▏${visibleLine(after)}`;

/** The line after a key. Keys that mean nothing in a line change nothing. */
export function edited(line: EditLine, press: KeyPress): EditLine {
  if ('name' in press) return MOVES[press.name]?.(line) ?? line;
  return /\p{Cc}/u.test(press.character) ? line : inserted(line, press.character);
}

/** The line with a text put in at the cursor. */
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

/** A key that is no character. */
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

/** One key: a character, or one that has a name. */
export type KeyPress = { readonly character: string } | { readonly name: NamedKey };
