/**
 * `sed` and `awk`. A script of `sed` is read command by command, because `w`, `r` and `e` reach files and programs; a
 * program of `awk` may only compute and print.
 */
import { hasHidden } from '../../../text/hidden.ts';
import { forAll, unknownArgument, type Guard, type Guards } from './guard.ts';
import { checkArguments, firstOutOfBounds, type OptionTable } from './options.ts';

const SED: OptionTable = {
  flags: 'nErsuz',
  values: 'el',
  long: 'quiet silent regexp-extended expression= line-length= null-data separate unbuffered posix sandbox',
  operands: 'pattern',
  patternOptions: ['e', 'expression'],
  value: (option, value) => (option !== 'e' && option !== 'expression') || isHarmlessScript(value),
};

/** Judges the script when a wildcard covers it, and the rest by the table. */
const sed: Guard = (args, context) => {
  let scriptGiven = false;
  const operands = (words: typeof args) => {
    const script = words[0];
    if (scriptGiven || script === undefined || !script.wild || isHarmlessScript(script.text)) return null;
    return unknownArgument(script);
  };
  const problem = checkArguments(args.slice(1), SED, context);
  if (problem !== null) return problem;
  return checkArguments(
    args.slice(1),
    {
      ...SED,
      operands: (words, seen) => {
        scriptGiven = seen.has('e') || seen.has('expression');
        return operands(words);
      },
    },
    context,
  );
};

export const sedGuards: Guards = forAll('sed gsed', sed);

/** True when the script only prints, deletes and substitutes, however its separators are read. */
export function isHarmlessScript(script: string): boolean {
  return new SedScript(script).isHarmless();
}

/** Commands that take nothing. */
const PLAIN = 'pPdDnNgGhHxz=F';

class SedScript {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  isHarmless(): boolean {
    while (this.skip(/[\s;]*/y)) {
      if (this.at >= this.text.length) return true;
      if (!this.addresses() || !this.command()) return false;
    }
    return false;
  }

  /** Moves over what matches here; always true for patterns that may be empty. */
  private skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match === null) return false;
    this.at += match[0].length;
    return true;
  }

  private addresses(): boolean {
    if (!this.address()) return false;
    if (this.skip(/\s*,\s*/y) && !(this.skip(/[+~][0-9]+/y) || this.address())) return false;
    return this.skip(/\s*(?:!\s*)?/y);
  }

  /** One address, or none. */
  private address(): boolean {
    if (this.skip(/[0-9]+(?:~[0-9]+)?|\$/y)) return true;
    const char = this.text.charAt(this.at);
    if (char !== '/' && char !== '\\') return true;
    if (char === '\\') this.at++;
    return this.delimited(1) && this.skip(/[IM]*/y);
  }

  /** From a delimiter on, so many parts that each end with it. */
  private delimited(parts: number): boolean {
    const delimiter = this.text.charAt(this.at++);
    if (delimiter === '' || delimiter === '\n' || delimiter === '\\' || /\s/.test(delimiter)) return false;
    for (let part = 0; part < parts; part++) {
      const start = this.at;
      while (this.text.charAt(this.at) !== delimiter) {
        const char = this.text.charAt(this.at);
        if (char === '' || char === '\n') return false;
        this.at += char === '\\' ? 2 : 1;
      }
      // some readings let a bracket expression hold the delimiter, others do not
      if (part === 0 && hasOpenBracket(this.text.slice(start, this.at))) return false;
      this.at++;
    }
    return true;
  }

  private command(): boolean {
    const name = this.text.charAt(this.at++);
    if (name === '{' || name === '}') return true;
    if (name === '#') return this.skip(/[^\n]*/y);
    if (name === 's') return this.delimited(2) && this.skip(/[gpiI0-9]*/y) && this.ends();
    if (name === 'y') return this.delimited(2) && this.ends();
    if (name === 'q' || name === 'Q' || name === 'l') return this.skip(/[ \t]*[0-9]*/y) && this.ends();
    if (name === 'b' || name === 't' || name === 'T' || name === ':') return this.skip(/[ \t]*\w*/y) && this.ends();
    return name !== '' && PLAIN.includes(name) && this.ends();
  }

  private ends(): boolean {
    return this.skip(/[ \t]*(?=[;\n}#]|$)/y);
  }
}

function hasOpenBracket(regex: string): boolean {
  return /\[/.test(regex.replace(/\\./gs, '').replace(/\[\^?\]?[^\]]*\]/g, ''));
}

/** Functions and variables that run programs, open files, or choose what is read; a digit may stand right in front. */
const REACHES = /system|getline|ENVIRON|PROCINFO|ARGV|ARGC|SYMTAB|FUNCTAB|ARGIND|nextfile|extension|@|`|\\[\r\n]/u;

const AWK: OptionTable = {
  values: 'Fv',
  long: 'field-separator= assign= posix traditional re-interval',
  operands: (operands, _seen, context) => {
    const [program, ...files] = operands;
    if (program?.wild === true && !isHarmlessProgram(program.text)) return unknownArgument(program);
    const assignment = files.find((arg) => arg.wild && /^[A-Za-z_]\w*=/.test(arg.text));
    return assignment === undefined ? firstOutOfBounds(files, context) : unknownArgument(assignment);
  },
};

const awk: Guard = (args, context) => checkArguments(args.slice(1), AWK, context);

export const awkGuards: Guards = forAll('awk gawk mawk nawk', awk);

/**
 * True when the program neither runs a program, nor opens a file, nor pipes. Where a text or a regular expression ends,
 * the versions of awk do not agree: so it is the letters that count, wherever they stand. A `>` compares and a `|`
 * stands in a regular expression as long as no `print` is in front of them.
 */
export function isHarmlessProgram(program: string): boolean {
  if (REACHES.test(program) || hasHidden(program, '\n\t')) return false;
  const print = program.indexOf('print');
  return print === -1 || !/>|(?<!\|)\|(?:\|\|)*(?!\|)/.test(program.slice(print));
}
