/** The words of a rule's command pattern. */
import type { Runs } from '../text-pattern.ts';
import { isBare, isQuotable, nameOf } from './lexer.ts';

export interface PatternWord {
  /** The text after quote removal; split where the pattern has an unquoted `*`. */
  readonly runs: Runs;
  /** It covers a word in which bash puts file names in place of `*`, `?` or `[`, and no other. */
  readonly glob: boolean;
}

export type Words =
  { readonly ok: true; readonly words: readonly PatternWord[] } | { readonly ok: false; readonly reason: string };

const LITERAL = new Set('?[]{}~#!');
const DOUBLE_QUOTE_SYNTAX = new Set('$`\\!');

interface Step {
  /** Where to go on. */
  readonly next: number;
  readonly text: string;
}

/** Cuts a pattern into words: `*`, `\\` escapes, simple quotes, and harmless globs as literals. Never throws; linear. */
export function lexPattern(text: string): Words {
  const words: PatternWord[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === ' ' || char === '\t') {
      at++;
      continue;
    }
    const word = lexWord(text, at);
    if (typeof word === 'string') return { ok: false, reason: word };
    words.push(word.word);
    at = word.next;
  }
  return { ok: true, words };
}

function lexWord(text: string, start: number): { word: PatternWord; next: number } | string {
  const runs: string[] = [];
  let run = '';
  let at = start;
  while (at < text.length) {
    const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
    if (char === ' ' || char === '\t') break;
    if (char === '*') {
      runs.push(run);
      run = '';
      at++;
    } else if (isBare(char) || LITERAL.has(char)) {
      run += char;
      at += char.length;
    } else {
      const step = quoted(text, at, char);
      if (typeof step === 'string') return step;
      run += step.text;
      at = step.next;
    }
  }
  return { word: { runs: [...runs, run], glob: false }, next: at };
}

function quoted(text: string, at: number, char: string): Step | string {
  if (char === '\\') {
    const escaped = String.fromCodePoint(text.codePointAt(at + 1) ?? 0);
    if (!isQuotable(escaped) || escaped === '\n') return 'a \\ that escapes nothing';
    return { next: at + 1 + escaped.length, text: escaped };
  }
  if (char !== "'" && char !== '"') return `${nameOf(char)} is shell syntax`;
  const end = text.indexOf(char, at + 1);
  if (end === -1) return 'a quote is not closed';
  const inside = text.slice(at + 1, end);
  for (const inner of inside) {
    if (!isQuotable(inner)) return `${nameOf(inner)} is not a visible character`;
    if (char === '"' && DOUBLE_QUOTE_SYNTAX.has(inner)) return `${nameOf(inner)} in double quotes is shell syntax`;
  }
  return { next: end + 1, text: inside };
}
