/** Patterns of the rule parameter `command`. */
import { matchesRuns } from '../text-pattern.ts';
import type { CommandView } from './command-view.ts';
import { EVALUATORS } from './guards/builtins.ts';
import type { Arg } from './guards/guard.ts';
import { innerCall } from './guards/wrappers.ts';
import { dependsOnFolder, judge, runsAnything } from './guard-table.ts';
import type { ShellWord } from './lexer.ts';
import { parseScript } from './script.ts';
import { lexPattern, type PatternWord } from './words.ts';

/** Without an unescaped `*`, a pattern is one text (and its words, if it is one plain command). With one, only words. */
export interface CommandPattern {
  /** The exact command; `\*` and `\\` in a pattern stand for `*` and `\`. `null`: there is a wildcard. */
  readonly text: string | null;
  /** `null`: no words can be compared, only the text. */
  readonly words: readonly PatternWord[] | null;
  /** The last word may be followed by any others. */
  readonly open: boolean;
  /** Patterns with the same one leave the same words of a command to a wildcard. */
  readonly signature: string;
}

/**
 * Reads a pattern. Total for texts without a wildcard: they name exactly themselves.
 * @throws SyntaxError when a pattern with a wildcard holds shell syntax, which could never match word by word.
 */
export function parseCommandPattern(pattern: string): CommandPattern {
  if (!hasWildcard(pattern)) return literalPattern(pattern);
  const lexed = lexPattern(pattern);
  if (!lexed.ok) {
    throw new SyntaxError(
      `a pattern with * covers one plain command, but ${lexed.reason}; write one rule for each command, or quote or escape it`,
    );
  }
  return openPattern(lexed.words);
}

/**
 * Whether the pattern covers this simple command: by the whole text it stands in, or word by word, when the guard of its
 * program finds the words that only a wildcard covers harmless. What cannot be decided is not covered.
 */
export function coversCommand(pattern: CommandPattern, view: CommandView): boolean {
  return uncovered(pattern, view) === null;
}

/** Why a pattern does not cover a command: `null` when it does, `undefined` when it says nothing about its words. */
export function uncovered(pattern: CommandPattern, view: CommandView): string | null | undefined {
  if (pattern.text === view.text) return null;
  if (view.simple === null || pattern.words === null) return undefined;
  const called = view.simple.words;
  if (!matchesWords(pattern, pattern.words, called)) return undefined;
  const known = view.judged.get(pattern.signature);
  if (known !== undefined) return known;
  const reason = objection(argsOf(pattern.words, called), view);
  view.judged.set(pattern.signature, reason);
  return reason;
}

function objection(args: readonly Arg[], view: CommandView): string | null {
  const program = args[0]?.text ?? '';
  return view.moved && dependsOnFolder(program)
    ? `${program} depends on the folder it runs in, and a command in front of it goes to another`
    : judge(args, view.context);
}

/** For a deny rule: `unknown` when the words do not say what runs. */
export function hitsCommand(pattern: CommandPattern, view: CommandView): 'yes' | 'no' | 'unknown' {
  if (pattern.text === view.text) return 'yes';
  if (view.simple === null) return 'unknown';
  return pattern.words === null ? 'no' : hitsWords(pattern, pattern.words, view.simple.words);
}

function hitsWords(
  pattern: CommandPattern,
  words: readonly PatternWord[],
  called: readonly ShellWord[],
): 'yes' | 'no' | 'unknown' {
  if (matchesWords(pattern, words, called) || matchesWords(pattern, words, withoutPath(called))) return 'yes';
  const program = called[0]?.text ?? '';
  const inside = innerCall(called);
  if (inside === null || EVALUATORS.has(program) || runsAnything(called)) return 'unknown';
  const within = inside === undefined ? 'no' : hitsWords(pattern, words, inside);
  if (within !== 'no') return within;
  // a glob may become the very word the rule forbids
  const sameProgram = words[0] === undefined || matchesRuns(words[0].runs, program);
  return sameProgram && called.some((word) => word.glob) ? 'unknown' : 'no';
}

/** A program is forbidden wherever it lies: `/bin/rm` and `./rm.exe` are `rm`. */
function withoutPath([program, ...rest]: readonly ShellWord[]): readonly ShellWord[] {
  if (program === undefined) return rest;
  const name = (program.text.split('/').pop() ?? '').replace(/\.exe$/i, '');
  return [{ ...program, text: name }, ...rest];
}

function literalPattern(pattern: string): CommandPattern {
  const text = pattern.replace(/\\([*\\])/g, '$1');
  const script = parseScript(text);
  const [only, ...more] = script.ok ? script.commands : [];
  // the text of a here-document is part of what was approved, and stands in no word
  const words =
    only === undefined || only.fed || more.length > 0
      ? null
      : only.words.map((word) => ({ runs: [word.text], glob: word.glob }));
  return { text, words, open: false, signature: signatureOf(words) };
}

function openPattern(words: readonly PatternWord[]): CommandPattern {
  const made = (own: readonly PatternWord[], open: boolean): CommandPattern => ({
    text: null,
    words: own,
    open,
    signature: signatureOf(own),
  });
  const last = words[words.length - 1];
  if (last === undefined || last.runs.length === 1 || last.runs[last.runs.length - 1] !== '') {
    return made(words, false);
  }
  const before = last.runs.slice(0, -1);
  const glued = before.join('');
  if (glued === '' && words.length > 1) return made(words.slice(0, -1), true);
  // `git status*` ends at the word boundary; after `/`, `=` or `:` the star has a word of its own to fill: `src/*`
  if (!/[\p{L}\p{N}_]$/u.test(glued)) return made(words, glued === '');
  return made([...words.slice(0, -1), { ...last, runs: before }], true);
}

function matchesWords(pattern: CommandPattern, words: readonly PatternWord[], called: readonly ShellWord[]): boolean {
  if (pattern.open ? called.length < words.length : called.length !== words.length) return false;
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    const call = called[index];
    if (word === undefined || call === undefined || !matchesWord(word, call)) return false;
  }
  return true;
}

/** The words of a call as a pattern that matches covers them. */
function argsOf(words: readonly PatternWord[], called: readonly ShellWord[]): readonly Arg[] {
  return called.map(({ text, glob }, index) => {
    const word = words[index];
    return { text, glob, wild: word === undefined || isWild(word), prefix: word?.runs[0] ?? '' };
  });
}

/** `--format=*` is not: the person who wrote the rule chose the option. */
function isWild({ runs }: PatternWord): boolean {
  return runs.length > 1 && !/^-.*=/.test(runs[0] ?? '');
}

function signatureOf(words: readonly PatternWord[] | null): string {
  return (words ?? []).map((word) => (isWild(word) ? `*${word.runs[0] ?? ''}` : '')).join('\n');
}

function matchesWord({ runs, glob }: PatternWord, word: ShellWord): boolean {
  if (runs.length === 1) return word.glob === glob && word.text === runs[0];
  if (!word.glob) return matchesRuns(runs, word.text);
  // a glob stands for many names: each of them must be covered
  if (runs.join('*') === word.text) return true;
  const literal = word.text.split(/[*?[]/)[0] ?? '';
  return runs.length === 2 && runs[1] === '' && literal.startsWith(runs[0] ?? '');
}

/** An `*` that is neither quoted nor escaped. */
function hasWildcard(pattern: string): boolean {
  let quote = '';
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern.charAt(at);
    if (char === '\\' && quote !== "'") {
      at++;
    } else if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === "'" || char === '"') {
      quote = char;
    } else if (char === '*') {
      return true;
    }
  }
  return false;
}
