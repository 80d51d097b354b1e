/** A strict-subset lexer: blanks, bare characters and simple quotes. Whatever else a shell knows makes it give up. */
import type { Runs } from '../text-pattern.ts';
import { isBare, isQuotable } from './characters.ts';

export interface Word {
  /** The text after quote removal; split where a pattern has an unquoted `*`. */
  readonly runs: Runs;
  /** False when quotes or escapes were used to write it. */
  readonly bare: boolean;
}

export type Words =
  { readonly ok: true; readonly words: readonly Word[] } | { readonly ok: false; readonly reason: string };

/** `command`: text that bash would run. `pattern`: text of a rule, with `*`, `\` escapes and harmless globs as literals. */
export type WordsMode = 'command' | 'pattern';

const PATTERN_LITERAL = new Set('?[]{}~#!');
const DOUBLE_QUOTE_SYNTAX = new Set('$`\\!');

interface Step {
  /** Where to go on. */
  readonly next: number;
  readonly text: string;
}

/** Cuts a text into words. Never throws; linear. */
export function lexWords(text: string, mode: WordsMode): Words {
  const words: Word[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === ' ' || char === '\t') {
      at++;
      continue;
    }
    const word = lexWord(text, at, mode);
    if (typeof word === 'string') return { ok: false, reason: word };
    words.push(word.word);
    at = word.next;
  }
  return { ok: true, words };
}

function lexWord(text: string, start: number, mode: WordsMode): { word: Word; next: number } | string {
  const runs: string[] = [];
  let run = '';
  let bare = true;
  let at = start;
  while (at < text.length) {
    const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
    if (char === ' ' || char === '\t') break;
    if (char === '*' && mode === 'pattern') {
      runs.push(run);
      run = '';
      at++;
    } else if (isBare(char) || (mode === 'pattern' && PATTERN_LITERAL.has(char))) {
      run += char;
      at += char.length;
    } else {
      const step = quoted(text, at, char, mode);
      if (typeof step === 'string') return step;
      run += step.text;
      at = step.next;
      bare = false;
    }
  }
  return { word: { runs: [...runs, run], bare }, next: at };
}

function quoted(text: string, at: number, char: string, mode: WordsMode): Step | string {
  if (char === '\\' && mode === 'pattern') {
    const escaped = String.fromCodePoint(text.codePointAt(at + 1) ?? 0);
    if (!isQuotable(escaped) || escaped === '\n') return 'a \\ that escapes nothing';
    return { next: at + 1 + escaped.length, text: escaped };
  }
  if (char !== "'" && char !== '"') return `${describe(char)} is shell syntax`;
  const end = text.indexOf(char, at + 1);
  if (end === -1) return 'a quote is not closed';
  const inside = text.slice(at + 1, end);
  for (const inner of inside) {
    if (!isQuotable(inner)) return `${describe(inner)} is not a visible character`;
    if (char === '"' && DOUBLE_QUOTE_SYNTAX.has(inner)) return `${describe(inner)} in double quotes is shell syntax`;
  }
  return { next: end + 1, text: inside };
}

function describe(char: string): string {
  if (char === '\n') return 'a newline';
  return isQuotable(char)
    ? `"${char}"`
    : `character U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
