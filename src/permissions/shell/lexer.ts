/**
 * A strict-subset lexer for what `bash -c` would run. It knows words, quotes, a few operators and the redirections that
 * reach no file; at anything else it gives up. What it does say agrees with bash, which a fuzz test holds it to.
 */
import { hasHidden } from '../../text/hidden.ts';
import { codePointName } from '../../text/visible.ts';

const BARE = /^[A-Za-z0-9_\-./:,+@%^=]$/;

/** A character outside ASCII that a reader sees as what it is. */
export function isVisibleNonAscii(char: string): boolean {
  return char > '\u007f' && !hasHidden(char);
}

/** Stands for itself in an unquoted word of a shell, wherever in the word it is. */
export function isBare(char: string): boolean {
  return char <= '\u007f' ? BARE.test(char) : isVisibleNonAscii(char);
}

/** Stands for itself inside quotes. Tab and newline are data there. */
export function isQuotable(char: string): boolean {
  if (char > '\u007f') return isVisibleNonAscii(char);
  return char === '\t' || char === '\n' || (char >= ' ' && char !== '\u007f');
}

/** How a character is called in a reason. */
export function nameOf(char: string): string {
  if (char === '\n') return 'a newline';
  return isQuotable(char) ? `"${char}"` : `character ${codePointName(char)}`;
}

/** A word after quote removal. */
export interface ShellWord {
  readonly text: string;
  /** It holds an unquoted `*`, `?` or `[`: bash may put any number of file names in its place. */
  readonly glob: boolean;
  /** Nothing in it is quoted or escaped. */
  readonly bare: boolean;
}

export type Token =
  | { readonly type: 'word'; readonly word: ShellWord }
  /** `input`: the command's standard input becomes text that stands here. */
  | { readonly type: 'redirection'; readonly input: boolean }
  | { readonly type: 'operator'; readonly operator: '&&' | '||' | '|' | ';' | '\n' };

export type Tokens =
  { readonly ok: true; readonly tokens: readonly Token[] } | { readonly ok: false; readonly reason: string };

/** Cuts a command into tokens. Never throws; linear in the text. */
export function lexCommand(text: string): Tokens {
  try {
    return { ok: true, tokens: new Lexer(text).run() };
  } catch (error) {
    if (error instanceof NotPlain) return { ok: false, reason: error.message };
    throw error;
  }
}

/** Why a text is more than plain words. */
class NotPlain extends Error {}

const WORD_END = new Set([' ', '\t', '\n', ';', '&', '|', '<', '>', '(', ')']);
const AFTER_TILDE_EXPANDS = new Set(['', ':', '=']);
/** What may follow a `$` inside double quotes so that it stays a dollar sign: the end, or what ends a line in a regex. */
const PLAIN_AFTER_DOLLAR = new Set(['"', ' ', '|', ')', '/', ',', '.']);
const PLAIN_AFTER_BANG = new Set(['', ' ', '\t', '\n', '=', '"', ';', '|', '&']);
const ESCAPABLE_IN_DOUBLE_QUOTES = new Set(['$', '`', '"', '\\']);

class Lexer {
  private readonly text: string;
  private at = 0;
  private readonly tokens: Token[] = [];
  private readonly pending: { readonly delimiter: string; readonly stripTabs: boolean }[] = [];

  constructor(text: string) {
    this.text = text;
  }

  run(): readonly Token[] {
    while (this.at < this.text.length) this.step();
    if (this.pending.length > 0) throw new NotPlain('a here-document is not closed');
    return this.tokens;
  }

  private step(): void {
    const char = this.peek();
    if (char === ' ' || char === '\t') this.at++;
    else if (char === '\\' && this.peek(1) === '\n') this.at += 2;
    else if (char === '#') this.comment();
    else if (char === '\n') this.newline();
    else if (char === '<' || char === '>') this.redirection();
    else if (char === '&' || char === '|' || char === ';') this.operator(char);
    else if (char === '(' || char === ')') throw new NotPlain(`"${char}" is shell syntax`);
    else this.wordOrDescriptor();
  }

  private peek(offset = 0): string {
    return this.text.charAt(this.at + offset);
  }

  private codePoint(): string {
    return String.fromCodePoint(this.text.codePointAt(this.at) ?? 0);
  }

  private comment(): void {
    const end = this.text.indexOf('\n', this.at);
    const comment = this.text.slice(this.at, end === -1 ? this.text.length : end);
    for (const char of comment) if (!isQuotable(char)) throw new NotPlain(`${nameOf(char)} is not a visible character`);
    this.at += comment.length;
  }

  private newline(): void {
    this.at++;
    for (const { delimiter, stripTabs } of this.pending.splice(0)) {
      const end = readHereDocument(this.text, this.at, delimiter, stripTabs);
      if (end === null) throw new NotPlain('a here-document is not closed, or holds hidden characters');
      this.at = end;
    }
    this.tokens.push({ type: 'operator', operator: '\n' });
  }

  private operator(char: '&' | '|' | ';'): void {
    const next = this.peek(1);
    if (char === '&' && next === '>') return this.bothToNull();
    if (char === '&' && next !== '&') throw new NotPlain('"&" starts a background job');
    if (char === '|' && next === '&') throw new NotPlain('"|&" is shell syntax');
    if (char === ';' && (next === ';' || next === '&')) throw new NotPlain(`";${next}" is shell syntax`);
    const operator = char === '&' ? '&&' : char === '|' && next === '|' ? '||' : char;
    this.at += operator.length;
    this.tokens.push({ type: 'operator', operator });
  }

  /** `&>/dev/null` and `&>>/dev/null`. */
  private bothToNull(): void {
    this.at += this.peek(2) === '>' ? 3 : 2;
    this.nullDevice('&>');
  }

  /** At `<` or `>`; the number of a descriptor, if any, is already behind. */
  private redirection(): void {
    const rest = this.text.slice(this.at, this.at + 3);
    if (rest === '<<<') return this.hereString();
    if (rest.startsWith('<<')) return this.hereDocument();
    if (rest.startsWith('>&') || rest.startsWith('<&')) return this.duplication(rest.slice(0, 2));
    if (rest.startsWith('<(') || rest.startsWith('>(')) throw new NotPlain('a process substitution runs a command');
    if (rest.startsWith('<>') || rest.startsWith('>|'))
      throw new NotPlain(`"${rest.slice(0, 2)}" opens a file to write`);
    const operator = rest.startsWith('>>') ? '>>' : rest.charAt(0);
    this.at += operator.length;
    this.nullDevice(operator);
  }

  private nullDevice(operator: string): void {
    this.blanks();
    const target = this.at < this.text.length && !WORD_END.has(this.peek()) ? this.word() : null;
    if (target?.text !== '/dev/null' || !target.bare)
      throw new NotPlain(`"${operator}" ${operator === '<' ? 'reads' : 'writes'} a file`);
    this.tokens.push({ type: 'redirection', input: false });
  }

  private duplication(operator: string): void {
    this.at += 2;
    if (!/[0-9]/.test(this.peek()) || !(this.at + 1 >= this.text.length || WORD_END.has(this.peek(1))))
      throw new NotPlain(`"${operator}" without the number of a descriptor is shell syntax`);
    this.at++;
    this.tokens.push({ type: 'redirection', input: operator === '<&' });
  }

  private hereString(): void {
    this.at += 3;
    this.blanks();
    if (this.at >= this.text.length || WORD_END.has(this.peek())) throw new NotPlain('"<<<" is followed by no word');
    this.word();
    if (this.peek() === '<' || this.peek() === '>')
      throw new NotPlain('two redirections stand too close to be told apart');
    this.tokens.push({ type: 'redirection', input: true });
  }

  private hereDocument(): void {
    const stripTabs = this.peek(2) === '-';
    this.at += stripTabs ? 3 : 2;
    this.blanks();
    const match = /^(?:'([A-Za-z0-9_]+)'|"([A-Za-z0-9_]+)"|\\([A-Za-z0-9_]+))(?=[\s;|&<>]|$)/.exec(
      this.text.slice(this.at, this.at + 64),
    );
    const delimiter = match?.[1] ?? match?.[2] ?? match?.[3];
    if (match === null || delimiter === undefined)
      throw new NotPlain("a here-document without a simply quoted delimiter ('EOF') is expanded");
    this.at += match[0].length;
    this.pending.push({ delimiter, stripTabs });
    this.tokens.push({ type: 'redirection', input: true });
  }

  private blanks(): void {
    while (this.peek() === ' ' || this.peek() === '\t') this.at++;
  }

  /** A word; or, glued to `<` or `>`, the one digit that says which descriptor is meant. */
  private wordOrDescriptor(): void {
    const start = this.at;
    const word = this.word();
    const next = this.peek();
    if (next === '<' || next === '>') {
      if (/^[0-9]$/.test(this.text.slice(start, this.at))) return this.redirection();
      if (/^[0-9]+$/.test(word.text) || word.text.endsWith('}'))
        throw new NotPlain(`"${word.text}${next}" is shell syntax`);
    }
    this.tokens.push({ type: 'word', word });
  }

  private word(): ShellWord {
    const start = this.at;
    let text = '';
    let glob = false;
    let bare = true;
    let braces = false;
    while (this.at < this.text.length && !WORD_END.has(this.peek())) {
      const char = this.codePoint();
      const previous = this.at === start ? '' : this.text.charAt(this.at - 1);
      if (char === "'" || char === '"') {
        text += char === "'" ? this.singleQuoted() : this.doubleQuoted();
        bare = false;
      } else if (char === '\\') {
        text += this.escaped();
        bare = false;
      } else {
        this.checkUnquoted(char, previous);
        glob ||= char === '*' || char === '?' || char === '[';
        braces ||= char === '{';
        text += char;
        this.at += char.length;
      }
    }
    // nothing expands in a lone [, which is the name of a program
    if (bare && text === '[') glob = false;
    if (braces && /,|\.\./.test(text)) throw new NotPlain('"{" may be a brace expansion');
    if (bare && (text === '{' || text === '}')) throw new NotPlain(`"${text}" is shell syntax`);
    return { text, glob, bare };
  }

  private checkUnquoted(char: string, previous: string): void {
    if (isBare(char) || '*?[]{}#'.includes(char)) return;
    if (char === '~') {
      if (AFTER_TILDE_EXPANDS.has(previous)) throw new NotPlain('"~" is expanded to a folder');
    } else if (char === '!') {
      if (!PLAIN_AFTER_BANG.has(this.peek(1))) throw new NotPlain('"!" may call up the history');
    } else if (char === '$') {
      throw new NotPlain('"$" starts an expansion');
    } else if (char === '`') {
      throw new NotPlain('"`" starts a command substitution');
    } else {
      throw new NotPlain(isQuotable(char) ? `"${char}" is shell syntax` : `${nameOf(char)} is not a visible character`);
    }
  }

  private escaped(): string {
    this.at++;
    if (this.at >= this.text.length) throw new NotPlain('a "\\" escapes nothing');
    const char = this.codePoint();
    if (char === '\n') throw new NotPlain('a word is continued on the next line');
    if (!isQuotable(char)) throw new NotPlain(`${nameOf(char)} is not a visible character`);
    this.at += char.length;
    return char;
  }

  private singleQuoted(): string {
    const end = this.text.indexOf("'", this.at + 1);
    if (end === -1) throw new NotPlain('a quote is not closed');
    const inside = this.text.slice(this.at + 1, end);
    for (const char of inside) if (!isQuotable(char)) throw new NotPlain(`${nameOf(char)} is not a visible character`);
    this.at = end + 1;
    return inside;
  }

  private doubleQuoted(): string {
    let text = '';
    this.at++;
    for (;;) {
      if (this.at >= this.text.length) throw new NotPlain('a quote is not closed');
      const char = this.codePoint();
      this.at += char.length;
      if (char === '"') return text;
      text += this.insideDoubleQuotes(char);
    }
  }

  /** `char` is already behind. */
  private insideDoubleQuotes(char: string): string {
    const next = this.peek();
    if (char === '$' && !PLAIN_AFTER_DOLLAR.has(next)) throw new NotPlain('"$" in double quotes starts an expansion');
    if (char === '`') throw new NotPlain('"`" in double quotes starts a command substitution');
    if (char === '!' && !PLAIN_AFTER_BANG.has(next)) throw new NotPlain('"!" may call up the history');
    if (!isQuotable(char)) throw new NotPlain(`${nameOf(char)} is not a visible character`);
    if (char !== '\\') return char;
    if (next === '\n') throw new NotPlain('a word is continued on the next line');
    if (!ESCAPABLE_IN_DOUBLE_QUOTES.has(next)) return char;
    this.at++;
    return next;
  }
}

/**
 * Where the text continues behind the body that starts at `start`, after the newline of its closing line. `null` when no
 * line closes it, or a character in it cannot be seen.
 */
function readHereDocument(text: string, start: number, delimiter: string, stripTabs: boolean): number | null {
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
