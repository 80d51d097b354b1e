/** Package managers and build tools, and what all tools of a package share: they run code of the folder they are pointed at. */
import { checkers } from './checkers.ts';
import { alwaysAsks, forAll, unknownArgument, type Arg, type Guard, type GuardContext, type Guards } from './guard.ts';
import { STANDARD_INPUT } from './interpreters.ts';
import { checkArguments, tableGuard, type OptionTable } from './options.ts';
import { responseFile, scriptArguments } from './script-arguments.ts';

/** Sub-commands that only look may be covered by a wildcard; the others must be named by the rule. */
interface Family {
  readonly looks: Readonly<Record<string, OptionTable>>;
  readonly works: Readonly<Record<string, OptionTable>>;
}

function familyGuard(family: Family): Guard {
  return (args, context) => {
    const [, command, ...rest] = args;
    if (command === undefined) return null;
    const looks = Object.hasOwn(family.looks, command.text) ? family.looks[command.text] : undefined;
    const works = Object.hasOwn(family.works, command.text) ? family.works[command.text] : undefined;
    if (command.wild && looks === undefined) return unknownArgument(command);
    const table = looks ?? works;
    if (table !== undefined) return checkArguments(rest, table, context);
    const wild = rest.find((arg) => arg.wild);
    return wild === undefined ? null : unknownArgument(wild);
  };
}

const RUN: OptionTable = {
  flags: 's',
  long: 'silent if-present no-color color',
  operands: (operands, _seen, context) => scriptArguments(operands, context),
};

/** `npm run x -- …`: what stands behind the dashes is for the script, when the command has one. */
function withScript(family: Family): Guard {
  const guard = familyGuard(family);
  return (args, context) => {
    const dashes = args.findIndex((arg) => arg.text === '--');
    if (dashes < 2 || !Object.hasOwn(family.works, args[1]?.text ?? '')) return anyWild(args, dashes, guard, context);
    return guard(args.slice(0, dashes), context) ?? scriptArguments(args.slice(dashes + 1), context);
  };
}

function anyWild(args: readonly Arg[], dashes: number, guard: Guard, context: GuardContext): string | null {
  const wild = dashes === -1 ? undefined : args.slice(1).find((arg) => arg.wild);
  return wild === undefined ? guard(args, context) : unknownArgument(wild);
}

const NPM_LIST: OptionTable = {
  flags: 'al',
  long: 'json long parseable depth= all production omit= include=',
  operands: 'text',
};
const npm = withScript({
  looks: { ls: NPM_LIST, list: NPM_LIST, ll: NPM_LIST, why: NPM_LIST, explain: NPM_LIST, root: {}, prefix: {} },
  works: {
    run: RUN,
    'run-script': RUN,
    test: RUN,
    t: RUN,
    start: RUN,
    ci: { long: 'no-audit no-fund silent', operands: 'none' },
    outdated: NPM_LIST,
    view: NPM_LIST,
    info: NPM_LIST,
    show: NPM_LIST,
    audit: { long: 'json production omit= audit-level=', operands: 'none' },
  },
});

/** Names that stand for a script of the package everywhere; any other may be a program that is installed. */
export const SCRIPT_NAME =
  /^(?:build|test|tests|lint|format|typecheck|type-check|check|start|dev|serve|clean|docs|coverage)(?::[\w:-]+)?$/;

/** `run` finds programs as well as scripts: the rule must name them, and their own guard judges what follows. */
function binaryRunner(judge: Guard): Guard {
  const guard = familyGuard({
    looks: {},
    works: { test: RUN, why: NPM_LIST, info: NPM_LIST, list: NPM_LIST, outdated: NPM_LIST },
  });
  return (args, context) => {
    if (args[1]?.text !== 'run' || args[1].wild) return guard(args, context);
    const [script, ...own] = args.slice(2);
    if (script === undefined) return null;
    if (SCRIPT_NAME.test(script.text)) return checkArguments(own, RUN, context);
    const wild = script.wild || /^[-.]|\//.test(script.text) ? args.slice(2).find((arg) => arg.wild) : undefined;
    if (wild !== undefined) return unknownArgument(wild);
    return judge([script, ...own], context) ?? scriptArguments(own, context);
  };
}

/** Of these, what they are fed may be the program. */
const RUNS_INPUT = /^(?:exec|x|explore|node|dlx|repl)$/;
function notFed(guard: Guard, needsScript: boolean): Guard {
  return (args, context) => {
    const command = args[1]?.text;
    const named = /^(?:run|test)$/.test(command ?? '') && args[2]?.text !== '-';
    const reads = needsScript ? !named : command !== undefined && RUNS_INPUT.test(command);
    return context.fed && reads ? `${args[0]?.text ?? 'it'} may run what it is fed` : guard(args, context);
  };
}

const GO_TEST: OptionTable = {
  singleDash: true,
  long: 'v run= count= short race cover timeout= bench= benchmem benchtime= failfast json parallel= p= tags= list= skip= shuffle=',
};
const go = familyGuard({
  looks: {
    version: { singleDash: true, long: 'm v' },
    doc: { singleDash: true, long: 'all short src', operands: 'text' },
  },
  works: {
    test: GO_TEST,
    build: { singleDash: true, long: 'v race tags= p=' },
    vet: { singleDash: true, long: 'v json tags=' },
    list: { singleDash: true, long: 'json m f= deps test tags=' },
    fmt: { singleDash: true, long: 'n x' },
    env: { singleDash: true, long: 'json', operands: 'text' },
  },
});

const CARGO: OptionTable = {
  flags: 'qvr',
  values: 'pjF',
  long: `release workspace all lib bins tests examples benches all-targets all-features no-default-features features=
    package= test= bin= example= exclude= quiet verbose no-run no-fail-fast locked offline frozen message-format= color=
    jobs= check keep-going depth= edges= invert= no-deps format-version=`,
  operands: (operands) => {
    const bad = operands.find((arg) => arg.wild && (arg.glob || /^\+|[/\\]/.test(arg.text)));
    return bad === undefined ? null : unknownArgument(bad);
  },
};
const cargo = withScript({
  looks: { tree: CARGO, metadata: CARGO },
  works: { test: CARGO, build: CARGO, check: CARGO, clippy: CARGO, fmt: CARGO, doc: CARGO, bench: CARGO },
});

/** Targets are recipes of the Makefile in the folder; variables and other Makefiles are not. */
const MAKE: OptionTable = {
  flags: 'sknBwqi',
  optional: 'j',
  long: 'silent quiet keep-going dry-run just-print no-print-directory always-make jobs?',
  operands: (operands) => {
    const bad = operands.find((arg) => arg.wild && (arg.glob || !/^[\w][\w.:-]*$/.test(arg.text)));
    return bad === undefined ? null : unknownArgument(bad);
  },
};

const manager = alwaysAsks('it may install or run other code');

/** Whose `@file` is a name and no file of more arguments. */
const SCOPED_NAMES = new Set('npm pnpm yarn bun'.split(' '));
/** Whose option for names may be given `@tag`. */
const RUNNERS = new Set('jest vitest mocha ava'.split(' '));
/** Whose input is text they look at. */
const READERS = new Set('eslint prettier mypy flake8 ruff black isort autopep8 yapf gofmt rustfmt'.split(' '));
/** Even their version is told by code of the folder, or by a console that reads commands. */
const OWN_VERSION = new Set('pnpm yarn gradle gradlew mvn mvnw sbt mix stack composer serverless nx'.split(' '));
const CONSOLES = new Set('sbt mix stack cabal dotnet terraform tofu'.split(' '));

/** What holds for each of them: a lone `--version` only prints, `@file` and code from the input ask. */
function common(name: string, guard: Guard): Guard {
  return (args, context) => {
    const [, only, ...more] = args;
    const prints = only?.text === '--version' || only?.text === '--help' || (name === 'npm' && only?.text === '-v');
    if (prints && more.length === 0 && !context.fed && !OWN_VERSION.has(name)) return null;
    const input = args.some((arg) => STANDARD_INPUT.test(arg.text)) && !READERS.has(name);
    if (context.fed && (input || CONSOLES.has(name))) return `${name} may run what it is fed`;
    return (SCOPED_NAMES.has(name) ? null : responseFile(args, RUNNERS.has(name))) ?? guard(args, context);
  };
}

/** @param judge Judges a call as if it stood alone. */
export function packageToolGuards(judge: Guard): Guards {
  const guards: Guards = {
    ...TOOLS,
    yarn: notFed(binaryRunner(judge), false),
    bun: notFed(binaryRunner(judge), true),
  };
  return Object.fromEntries(Object.entries(guards).map(([name, guard]) => [name, common(name, guard)]));
}

const TOOLS: Guards = {
  ...checkers,
  ...forAll('npm pnpm', notFed(npm, false)),
  go,
  cargo,
  ...forAll('make gmake', tableGuard(MAKE)),
  ...forAll(
    `tap gradle gradlew mvn mvnw ant sbt bazel buck ninja cmake meson configure scons just task rustup rustc gcc g++ cc c++
     clang clang++ ld as javac dotnet nuget msbuild composer gem cabal stack mix rebar3 hex webpack vite rollup esbuild
     parcel babel swc turbo nx lerna phpunit rspec rubocop black isort autopep8 yapf gofmt rustfmt clang-format
     biome stylelint oxlint playwright cypress apt apt-get dpkg yum dnf rpm pacman apk brew port snap flatpak conda mamba
     easy_install twine virtualenv pyenv rbenv nodenv fnm n golangci-lint ansible ansible-playbook
     terraform tofu pulumi vagrant packer helm heroku vercel netlify serverless sam cdk`,
    manager,
  ),
};
