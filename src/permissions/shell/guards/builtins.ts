/** Builtins of the shell that evaluate their arguments, or change what later commands mean. */
import { alwaysAsks, forAll, unknownArgument, type Guard, type Guards } from './guard.ts';
import { mayBecomeOption } from './options.ts';
import { outOfBounds } from './place.ts';

const evaluates = alwaysAsks('the shell may evaluate it');
const changesShell = alwaysAsks('it changes what later commands do');

const TEST_OPERATORS = new Set(
  `-e -f -d -r -w -x -s -L -h -n -z -b -c -g -k -p -u -G -N -O -S -t -a -o -eq -ne -lt -le -gt -ge -nt -ot -ef`.split(
    ' ',
  ),
);

/** `-v` and `-R` evaluate the index of an array. */
const test: Guard = (args) => {
  const bad = args
    .slice(1)
    .find(
      (arg) => arg.wild && (mayBecomeOption(arg) || (/^-[a-zA-Z]/.test(arg.text) && !TEST_OPERATORS.has(arg.text))),
    );
  return bad === undefined ? null : unknownArgument(bad);
};

/** A folder below the workspace. */
const cd: Guard = (args, context) => {
  if (args.slice(1).every(({ text }) => text.startsWith('-') || text === '')) {
    return 'without the name of a folder it goes home, or back';
  }
  const wild = args.slice(1).filter((arg) => arg.wild);
  for (const arg of wild) {
    if (arg.glob || /^[-+]/.test(arg.text) || arg.text === '') return unknownArgument(arg);
    const problem = outOfBounds(arg, context);
    if (problem !== null) return problem;
  }
  return null;
};

/** `exit` and `return` take one number. */
const number: Guard = (args) => {
  const bad = args.slice(1).find((arg) => arg.wild && !/^[0-9]{1,3}$/.test(arg.text));
  return bad === undefined ? null : unknownArgument(bad);
};

/** Commands that make the ones behind them run in another folder. */
export const MOVES = new Set(['cd', 'pushd', 'popd']);

/** Without an operand these swap folders, or go back. */
const folders: Guard = (args, context) =>
  args.length === 1 ? 'without the name of a folder it goes to an unknown one' : changesShell(args, context);

export const builtins: Guards = {
  ...forAll('test [', test),
  cd,
  ...forAll('pushd popd', folders),
  ...forAll('exit return break continue shift', number),
  ...forAll(
    'declare typeset local export readonly unset let read mapfile readarray getopts eval trap compgen complete compopt wait jobs',
    evaluates,
  ),
  ...forAll(
    '. source enable hash alias unalias bind set shopt dirs umask ulimit history fc caller help times kill bg fg disown suspend logout',
    changesShell,
  ),
};

/** These can run any program, so a rule that forbids a program cannot tell. */
export const EVALUATORS: ReadonlySet<string> = new Set(
  'eval exec . source builtin trap alias hash enable bind complete compgen mapfile readarray fc history jobs coproc'.split(
    ' ',
  ),
);
