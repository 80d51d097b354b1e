/** A command text as the list of simple commands that bash would run for it, or the reason why that is unknown. */
import { lexCommand, type ShellWord, type Token } from './lexer.ts';
import { disagreement } from './second-opinion.ts';

/** Longer commands are never judged, in UTF-16 units. */
export const MAX_COMMAND_LENGTH = 8192;
/** More simple commands in one text are never judged. */
export const MAX_SIMPLE_COMMANDS = 32;

/** One program call. */
export interface SimpleCommand {
  /** At least one word; the first is the program, written openly. */
  readonly words: readonly ShellWord[];
  /** It reads what another command writes, or text that stands in the command itself. */
  readonly fed: boolean;
  /** The words of the command whose output it reads; `null` when it reads something else. */
  readonly source: readonly ShellWord[] | null;
}

export type Script =
  { readonly ok: true; readonly commands: readonly SimpleCommand[] } | { readonly ok: false; readonly reason: string };

/** A program's name or path, written openly: no quotes, no `=`, nothing outside ASCII. */
const PROGRAM = /^(?:[A-Za-z0-9_./+-]+|\[|:)$/;

const RESERVED_WORDS = new Set(
  'if then elif else fi case esac for select while until do done in function time coproc ! [[ { }'.split(' '),
);

const CACHE_SIZE = 512;
const cache = new Map<string, Script>();

/**
 * What `bash -c` runs for this text, if it is a list of plain program calls. Two readers must agree on every word: the
 * lexer beside this file and the parser `unbash`. Never throws; the last few hundred answers are kept.
 */
export function parseScript(text: string): Script {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const script = read(text);
  if (cache.size >= CACHE_SIZE)
    for (const oldest of cache.keys()) {
      cache.delete(oldest);
      break;
    }
  if (text.length <= MAX_COMMAND_LENGTH) cache.set(text, script);
  return script;
}

function read(text: string): Script {
  if (text.length > MAX_COMMAND_LENGTH) return refused(`it is longer than ${MAX_COMMAND_LENGTH} characters`);
  const lexed = lexCommand(text);
  if (!lexed.ok) return refused(lexed.reason);
  const commands = group(lexed.tokens);
  if (typeof commands === 'string') return refused(commands);
  if (commands.length === 0) return refused('it is empty');
  if (commands.length > MAX_SIMPLE_COMMANDS) return refused(`it runs more than ${MAX_SIMPLE_COMMANDS} commands`);
  for (const { words } of commands) {
    const problem = programProblem(words[0]);
    if (problem !== null) return refused(problem);
  }
  const difference = disagreement(text, commands);
  return difference === null ? Object.freeze({ ok: true, commands }) : refused(difference);
}

function refused(reason: string): Script {
  return Object.freeze({ ok: false, reason });
}

function programProblem(word: ShellWord | undefined): string | null {
  if (word === undefined || !word.bare || word.glob || !PROGRAM.test(word.text)) {
    return 'its program is not a plainly written name';
  }
  return RESERVED_WORDS.has(word.text) ? `"${word.text}" is a word of the shell's own` : null;
}

/** Tokens → simple commands; a text when an operator stands where none may. */
function group(tokens: readonly Token[]): SimpleCommand[] | string {
  const commands: SimpleCommand[] = [];
  let words: ShellWord[] = [];
  let input = false;
  let redirected = false;
  // the operator in front, as long as nothing follows it
  let before: string | null = null;
  for (const token of [...tokens, { type: 'operator', operator: '\n' } as const]) {
    if (token.type === 'word') {
      words.push(token.word);
    } else if (token.type === 'redirection') {
      redirected = true;
      input ||= token.input;
    } else if (words.length > 0) {
      const piped = before === '|';
      const source = piped && !input ? (commands[commands.length - 1]?.words ?? null) : null;
      commands.push({ words, fed: input || piped, source });
      words = [];
      input = redirected = false;
      before = token.operator;
    } else {
      if (redirected) return 'a redirection without a command';
      const { operator } = token;
      if (operator !== '\n') return `"${operator}" has no command in front of it`;
      if (before === ';') before = '\n';
    }
  }
  return before !== null && before !== '\n' && before !== ';' ? `"${before}" is followed by no command` : commands;
}
