/** Shells and interpreters: what runs is in their arguments, or in what they are fed. */
import { alwaysAsks, forAll, unknownArgument, type Arg, type Guard, type Guards } from './guard.ts';
import { checkArguments, type OptionTable } from './options.ts';

const SHELL_NAMES = 'sh bash dash zsh ksh mksh ash fish csh tcsh rbash pwsh nu xonsh elvish';
const LANGUAGES = `python python2 python3 pypy pypy3 node nodejs deno bun tsx ts-node ruby irb perl php lua luajit tclsh
  wish expect Rscript R julia java jshell scala groovy kotlin osascript guile racket ghci runghc ocaml elixir iex erl
  swift gdb lldb m4 dc octave gnuplot ipython jupyter sqlite3 psql mysql mongosh redis-cli ed ex osqueryi`;

/** Options that take no value and change nothing about where the code comes from. */
const NEUTRAL = /^-(?:[uBsSEIOqvbx]+|l|e|-no-warnings|-enable-source-maps|-noprofile|-norc|-posix)$/;
const CODE_OPTION = /^-(?:c|m)$/;

/** Code that comes from what the program is fed. */
const STANDARD_INPUT = /^(?:-|\/dev\/(?:stdin|fd\/0)|\/proc\/self\/fd\/0)$/;

const VERSIONED = /^-(?:-version|V)$/;

/** `python3 -m json.tool in out` writes its second operand. */
const JSON_TOOL: OptionTable = {
  long: 'sort-keys no-ensure-ascii json-lines indent= tab no-indent compact',
  operands: (operands) => {
    const second = operands[1];
    const bad = second?.wild === true ? second : operands.find((arg) => arg.wild && arg.glob);
    return bad === undefined ? null : unknownArgument(bad);
  },
};

/**
 * The rule must name the script, or the code behind `-c` or `-m`; what follows is the script's own. Fed by another
 * command or by a here-document, an interpreter without a script runs what it reads, whatever the rule says.
 */
const interpreter: Guard = (args, context) => {
  const rest = args.slice(1);
  const [first] = rest;
  if (rest.length === 1 && first !== undefined && VERSIONED.test(first.text)) return null;
  const code = findCode(rest);
  if (code === null || STANDARD_INPUT.test(code.arg.text)) {
    const wild = rest.find((arg) => arg.wild);
    if (wild !== undefined) return unknownArgument(wild);
    return context.fed ? `${args[0]?.text ?? 'it'} runs what it is fed` : null;
  }
  const before = rest.slice(0, code.at).find((arg) => arg.wild);
  if (before !== undefined) return unknownArgument(before);
  const own = rest.slice(code.at + 1);
  if (code.arg.wild) return unknownArgument(code.arg);
  return code.arg.text === 'json.tool' ? checkArguments(own, JSON_TOOL, context) : null;
};

/** The word that names what runs; `null` when there is none, or an option in front of it is not known. */
function findCode(rest: readonly Arg[]): { readonly arg: Arg; readonly at: number } | null {
  for (const [at, arg] of rest.entries()) {
    const next = rest[at + 1];
    if (CODE_OPTION.test(arg.text)) return next === undefined ? null : { arg: next, at: at + 1 };
    if (!arg.text.startsWith('-') || arg.text === '-') return { arg, at };
    if (!NEUTRAL.test(arg.text)) return null;
  }
  return null;
}

const editor = alwaysAsks('editors run commands');

export const interpreters: Guards = {
  ...forAll(`${SHELL_NAMES} ${LANGUAGES}`, interpreter),
  ...forAll('vi vim nvim view rvim gvim vimdiff nano pico emacs emacsclient micro joe code subl open xdg-open', editor),
};

/** Programs whose arguments or input are code. Nothing with a wildcard is ever derived for them. */
export const INTERPRETERS: ReadonlySet<string> = new Set(`${SHELL_NAMES} ${LANGUAGES}`.split(/\s+/));

/** Programs that read the language of a shell, or one like it. */
export const SHELLS: ReadonlySet<string> = new Set(SHELL_NAMES.split(' '));
