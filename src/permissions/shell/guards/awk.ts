/** `awk`: programs that only compute and print. */
import { forAll, unknownArgument, type Guard, type Guards } from './guard.ts';
import { checkArguments, firstOutOfBounds, type OptionTable } from './options.ts';

/** Functions and variables that run programs, open files, or choose what is read. */
const REACHES =
  /\b(?:system|getline|close|ENVIRON|PROCINFO|ARGV|ARGC|SYMTAB|FUNCTAB|ARGIND|nextfile|load|extension)\b|@/;
/** After these a `/` divides; after anything else it opens a regular expression. */
const VALUE_END = /(?:[\w)\]$"]|\+\+|--)$/;
const BEFORE_REGEX = /(?:^|[^\w$])(?:print|printf|return|in|case|do|else)$/;

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

/** True when the program neither runs a program, nor opens a file, nor pipes. */
export function isHarmlessProgram(program: string): boolean {
  if (REACHES.test(program)) return false;
  let code = '';
  let at = 0;
  while (at < program.length) {
    const char = program.charAt(at);
    if (char === '"') {
      const end = closing(program, at, '"');
      if (end === -1) return false;
      code += '"';
      at = end + 1;
    } else if (char === '#') {
      const end = program.indexOf('\n', at);
      at = end === -1 ? program.length : end;
    } else if (char === '/' && opensRegex(code)) {
      const end = closing(program, at, '/');
      // a bracket expression may hold a slash: then nobody knows where this one ends
      if (end === -1 || /\[[^\]]*$/.test(program.slice(at + 1, end).replace(/\\./gs, ''))) return false;
      code += '"';
      at = end + 1;
    } else {
      code += char;
      at++;
    }
  }
  return !/\\|(?<!\|)\|(?!\|)|>>|\|&/.test(code) && !printsElsewhere(code);
}

function opensRegex(code: string): boolean {
  const before = code.trimEnd();
  return !VALUE_END.test(before) || BEFORE_REGEX.test(before);
}

function closing(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '\\') at++;
    else if (char === '\n') return -1;
    else if (char === quote) return at;
  }
  return -1;
}

/** A `>` compares, except behind `print`: there it names a file. */
function printsElsewhere(code: string): boolean {
  return /\bprintf?\b[^;}\n]*>/.test(code);
}
