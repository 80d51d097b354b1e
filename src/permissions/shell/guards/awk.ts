/** `awk`: programs that only compute and print. */
import { hasHidden } from '../../../text/hidden.ts';
import { forAll, unknownArgument, type Guard, type Guards } from './guard.ts';
import { checkArguments, firstOutOfBounds, type OptionTable } from './options.ts';

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
