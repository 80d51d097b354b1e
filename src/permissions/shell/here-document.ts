/** Here-documents whose delimiter is quoted: their body is data, up to the first line that is the delimiter. */
import { isQuotable } from './characters.ts';

/**
 * Where the text goes on behind the body that starts at `start`, after the newline of its closing line. `null` when no
 * line closes it, or a character in it cannot be seen.
 */
export function readHereDocument(text: string, start: number, delimiter: string, stripTabs: boolean): number | null {
  let at = start;
  while (at < text.length) {
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(at, end);
    if ((stripTabs ? line.replace(/^\t+/, '') : line) === delimiter) return Math.min(end + 1, text.length);
    for (const char of line) if (!isQuotable(char)) return null;
    at = end + 1;
  }
  return null;
}
