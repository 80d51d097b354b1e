/** One line that is typed key by key, where the terminal leaves that to us. */
import { charactersOf } from '../text/columns.ts';

export const KEYS = {
  interrupt: '\u{3}',
  enter: '\r',
  newline: '\n',
  backspace: '\u{7f}',
  erase: '\b',
  kill: '\u{15}',
  escape: '\u{1b}',
} as const;

/** The text after a key; `sent` when it is complete, `undefined` when it was given up. */
export function typed(text: string, key: string): { readonly text: string; readonly sent: boolean } | undefined {
  if (key === KEYS.enter || key === KEYS.newline) return { text: text.trim(), sent: true };
  if (key === KEYS.escape) return undefined;
  if (key === KEYS.backspace || key === KEYS.erase) {
    return { text: charactersOf(text).slice(0, -1).join(''), sent: false };
  }
  if (key === KEYS.kill) return { text: '', sent: false };
  return { text: /\p{Cc}/u.test(key) ? text : text + key, sent: false };
}
