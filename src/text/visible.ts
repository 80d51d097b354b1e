/** Forms of a text in which each hidden character shows: for JSON, terminals, the console and drawings. */
import { markHidden, markUnseen } from './hidden.ts';

/** Hidden characters as JSON escapes: `\u202e`. The escaped text inside quotes is JSON for the text. */
export function escapeHidden(text: string): string {
  return markHidden(text, (char) => {
    const units = Array.from({ length: char.length }, (_, index) => char.charCodeAt(index));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
}

/** A JSON text without hidden characters; `undefined` gives `null`. */
export function visibleJson(value: unknown): string {
  return escapeHidden(JSON.stringify(value) ?? 'null');
}

/**
 * One line for a terminal: nothing in it moves the cursor, changes colours or reorders text. Hidden characters, line
 * feeds included, become `\u{202e}`; a tab is two blanks.
 */
export function visibleLine(text: string): string {
  return markUnseen(text.replaceAll('\t', '  '), (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The lines of a text, each by `visibleLine`. Lines end in LF or CRLF; a last line end adds no line. */
export function visibleLines(text: string): string[] {
  const lines = text.split(/\r\n|\n/);
  if (lines.length > 1 && lines.at(-1) === '') lines.pop();
  return lines.map(visibleLine);
}

/**
 * The lines of a command. Two or more blanks, which can push text out of sight, are shown as `\u{20}×` and their number;
 * a line may begin with up to 16 blanks.
 */
export function commandLines(command: string): string[] {
  return command.split('\n').map((line) => {
    const runs = line.replace(/\t/g, '\\t').replace(/(?<!^ *) {2,}|^ {17,}/g, (run) => `\\u{20}×${run.length}`);
    return visibleLine(runs);
  });
}

/** The name of a code point: `U+202E`. */
export function codePointName(char: string): string {
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Text for the console: hidden characters become `⟨U+202E⟩`; line feeds and tabs stay, so that lines and columns stay. */
export function visibleText(text: string): string {
  return markUnseen(text, (char) => `⟨${codePointName(char)}⟩`, '\n\t');
}

/** One line for a drawing: white space becomes single blanks, and hidden characters U+FFFD. */
export function oneLine(text: string): string {
  return markUnseen(text.toWellFormed().replace(/\s+/g, ' ').trim(), () => '\uFFFD');
}
