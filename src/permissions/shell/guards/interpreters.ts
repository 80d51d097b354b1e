/** Shells and interpreters: what runs is in their arguments, or in what they are fed. */
import { forAll, unknownArgument, type Arg, type Guard, type GuardContext, type Guards } from './guard.ts';
import { checkArguments, type OptionTable } from './options.ts';

const SHELL_NAMES = 'sh bash dash zsh ksh mksh ash fish csh tcsh rbash pwsh nu xonsh elvish';
const PYTHON_NAMES = 'python python2 python3 pypy pypy3';
const SCRIPT_NAMES = `node nodejs tsx ts-node ruby perl php lua luajit tclsh wish expect rscript julia java groovy kotlin
  osascript guile racket runghc elixir`;
/** Their operands and sub-commands, or what they are fed, run code after the first one too. */
const CONSOLE_NAMES = `deno irb r jshell scala ghci ocaml iex erl swift gdb lldb m4 dc octave gnuplot ipython jupyter
  sqlite3 psql mysql mongosh redis-cli ed ex osqueryi`;
const EDITOR_NAMES = `vi vim nvim view rvim gvim vimdiff nano pico emacs emacsclient micro joe code subl open xdg-open`;

/** How a program finds its script. An option that is missing here may take a value, so the next word is unknown. */
interface Language {
  /** Options that take no value and change nothing about where the code comes from. */
  readonly neutral: RegExp;
  /** The next word is the code, and everything behind it is the code's own. */
  readonly code?: RegExp;
  /** The only word, it prints and does nothing else. */
  readonly prints: RegExp;
  /** Words that look like a script and are a command. */
  readonly commands?: RegExp;
}

const NOTHING = /(?!)/;
const PRINTS = /^--(?:version|help)$/;
const PRINTS_SHORT = /^(?:-v|--version|--help)$/;
const SCRIPT: Language = { neutral: NOTHING, prints: PRINTS };
const POSIX_SHELL: Language = {
  neutral: /^-(?:[euxvl]+|-noprofile|-norc|-posix)$/,
  code: /^-c$/,
  prints: /^--(?:version|help)$/,
};
const PYTHON: Language = {
  neutral: /^-[uBsSEIOqvbx]+$/,
  code: /^-[cm]$/,
  prints: /^(?:-V|--version|--help)$/,
};
const NODE: Language = {
  neutral: /^--(?:no-warnings|enable-source-maps)$/,
  prints: PRINTS_SHORT,
  commands: /^(?:inspect|debug)$/,
};
const LANGUAGES: Readonly<Record<string, Language>> = {
  node: NODE,
  nodejs: NODE,
  tsx: { ...SCRIPT, commands: /^(?:watch|test|repl)$/ },
  ruby: { neutral: /^-w$/, prints: PRINTS_SHORT },
  perl: { neutral: /^-w$/, prints: PRINTS_SHORT },
  php: { neutral: NOTHING, prints: PRINTS_SHORT },
  lua: { neutral: NOTHING, prints: /^-v$/ },
  luajit: { neutral: NOTHING, prints: /^-v$/ },
};

/** Code that comes from what the program is fed. */
export const STANDARD_INPUT = /^(?:-|\/dev\/(?:stdin|fd\/0)|\/proc\/self\/fd\/0)$/;

/** `python3 -m json.tool in out` writes its second operand. */
const JSON_TOOL: OptionTable = {
  long: 'sort-keys no-ensure-ascii json-lines indent= tab no-indent compact',
  operands: (operands) => {
    const second = operands[1];
    const bad = second?.wild === true ? second : operands.find((arg) => arg.wild && arg.glob);
    return bad === undefined ? null : unknownArgument(bad);
  },
};

/** Modules of Python that are the program of the same name. */
const PROGRAM_MODULES = /^(?:pytest|mypy|flake8|ruff|pip)$/;

/**
 * The rule must name the script, or the code behind `-c`; what follows is the script's own. Fed by another command or by
 * a here-document, an interpreter without a script runs what it reads, under every rule.
 */
function scriptGuard(language: Language, judge: Guard): Guard {
  return (args, context) => {
    const rest = args.slice(1);
    if (onlyPrints(rest, language.prints, context)) return null;
    const code = findCode(rest, language);
    if (code === null || STANDARD_INPUT.test(code.arg.text)) return anyWildOrFed(args, context);
    const wild = rest.slice(0, code.at + 1).find((arg) => arg.wild);
    if (wild !== undefined) return unknownArgument(wild);
    return code.option === '-m' ? moduleProblem(code.arg, rest.slice(code.at + 1), context, judge) : null;
  };
}

function moduleProblem(module: Arg, own: readonly Arg[], context: GuardContext, judge: Guard): string | null {
  if (module.text === 'json.tool') return checkArguments(own, JSON_TOOL, context);
  if (PROGRAM_MODULES.test(module.text)) return judge([module, ...own], context);
  return anyWildOrFed([module, ...own], context);
}

interface Code {
  readonly arg: Arg;
  readonly at: number;
  /** The option in front of it; empty for a script. */
  readonly option: string;
}

/** The word that names what runs; `null` when there is none, or an option in front of it is not known. */
function findCode(rest: readonly Arg[], language: Language): Code | null {
  for (const [at, arg] of rest.entries()) {
    if (language.code?.test(arg.text) === true) {
      const next = rest[at + 1];
      return next === undefined || /^[-+]/.test(next.text) ? null : { arg: next, at: at + 1, option: arg.text };
    }
    if (!arg.text.startsWith('-') || arg.text === '-') {
      return /^[+@]/.test(arg.text) || language.commands?.test(arg.text) === true ? null : { arg, at, option: '' };
    }
    if (!language.neutral.test(arg.text)) return null;
  }
  return null;
}

function onlyPrints(rest: readonly Arg[], prints: RegExp, { fed }: GuardContext): boolean {
  return rest.length === 1 && !fed && prints.test(rest[0]?.text ?? '');
}

function anyWildOrFed(args: readonly Arg[], { fed }: GuardContext): string | null {
  const wild = args.slice(1).find((arg) => arg.wild);
  if (wild !== undefined) return unknownArgument(wild);
  return fed ? `${args[0]?.text ?? 'it'} runs what it is fed` : null;
}

const consoleGuard: Guard = (args, context) =>
  onlyPrints(args.slice(1), PRINTS, context) ? null : anyWildOrFed(args, context);

/** @param judge Judges a call as if it stood alone. */
export function interpreterGuards(judge: Guard): Guards {
  const scripts = SCRIPT_NAMES.split(/\s+/).map(
    (name) => [name, scriptGuard(LANGUAGES[name] ?? SCRIPT, judge)] as const,
  );
  return {
    ...forAll(SHELL_NAMES, scriptGuard(SCRIPT, judge)),
    ...forAll('sh bash dash zsh ksh mksh ash', scriptGuard(POSIX_SHELL, judge)),
    ...forAll(PYTHON_NAMES, scriptGuard(PYTHON, judge)),
    ...Object.fromEntries(scripts),
    ...forAll(`${CONSOLE_NAMES} ${EDITOR_NAMES}`, consoleGuard),
  };
}

/** Programs whose arguments or input are code. Nothing with a wildcard is ever derived for them. */
export const INTERPRETERS: ReadonlySet<string> = new Set(
  `${SHELL_NAMES} ${PYTHON_NAMES} ${SCRIPT_NAMES} ${CONSOLE_NAMES} ${EDITOR_NAMES} bun`.split(/\s+/),
);

/** Programs that read the language of a shell, or one like it. */
export const SHELLS: ReadonlySet<string> = new Set(SHELL_NAMES.split(' '));
