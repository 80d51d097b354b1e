/** Patterns of the rule parameter `command`. */
import { matchesRuns } from '../text-pattern.ts';
import { parsePlainCommand, type PlainCommand } from './plain-command.ts';
import { lexWords, type Word } from './words.ts';

/** Without an unescaped `*`, a pattern is one text (and its words, if it is a plain command). With one, only words. */
export interface CommandPattern {
  /** The exact command; `\*` and `\\` in a pattern stand for `*` and `\`. `null`: there is a wildcard. */
  readonly text: string | null;
  /** `null`: no words can be compared, only the text. */
  readonly words: readonly Word[] | null;
  /** The last word may be followed by any others. */
  readonly open: boolean;
}

/** A command as `decide` looks at it. */
export interface CommandView {
  readonly text: string;
  readonly plain: PlainCommand;
}

/**
 * Reads a pattern. Total for texts without a wildcard: they name exactly themselves.
 * @throws SyntaxError when a pattern with a wildcard holds shell syntax, which could never match word by word.
 */
export function parseCommandPattern(pattern: string): CommandPattern {
  if (!hasWildcard(pattern)) return literalPattern(pattern);
  const lexed = lexWords(pattern, 'pattern');
  if (!lexed.ok) {
    throw new SyntaxError(
      `a pattern with * covers one plain command, but ${lexed.reason}; write one rule for each command, or quote or escape it`,
    );
  }
  return openPattern(lexed.words);
}

/** Whether the pattern covers the command. An undecidable command is not covered. */
export function coversCommand(pattern: CommandPattern, command: CommandView): boolean {
  if (pattern.text === command.text) return true;
  return command.plain.ok && pattern.words !== null && matchesWords(pattern, pattern.words, command.plain.argv);
}

/** For a deny rule: `unknown` when the command is more than one plain call, so that nobody can say what runs. */
export function hitsCommand(pattern: CommandPattern, command: CommandView): 'yes' | 'no' | 'unknown' {
  if (coversCommand(pattern, command)) return 'yes';
  return command.plain.ok ? 'no' : 'unknown';
}

function literalPattern(pattern: string): CommandPattern {
  const text = pattern.replace(/\\([*\\])/g, '$1');
  const plain = parsePlainCommand(text);
  const words = plain.ok ? plain.argv.map((word) => ({ runs: [word], bare: true })) : null;
  return { text, words, open: false };
}

function openPattern(words: readonly Word[]): CommandPattern {
  const last = words[words.length - 1];
  if (last === undefined || last.runs.length === 1 || last.runs[last.runs.length - 1] !== '') {
    return { text: null, words, open: false };
  }
  const before = last.runs.slice(0, -1);
  const glued = before.join('');
  if (glued === '' && words.length > 1) return { text: null, words: words.slice(0, -1), open: true };
  // `git status*` ends at the word boundary; after `/`, `=` or `:` the star has a word of its own to fill: `src/*`
  if (!/[\p{L}\p{N}_]$/u.test(glued)) return { text: null, words, open: glued === '' };
  return { text: null, words: [...words.slice(0, -1), { ...last, runs: before }], open: true };
}

function matchesWords(pattern: CommandPattern, words: readonly Word[], argv: readonly string[]): boolean {
  if (pattern.open ? argv.length < words.length : argv.length !== words.length) return false;
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (word === undefined || !matchesRuns(word.runs, argv[index] ?? '')) return false;
  }
  return true;
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
