/** Package managers, build tools, test runners and linters: they run code of the folder they are pointed at. */
import { alwaysAsks, forAll, unknownArgument, type Arg, type Guard, type GuardContext, type Guards } from './guard.ts';
import { checkArguments, firstOutOfBounds, mayBecomeOption, tableGuard, type OptionTable } from './options.ts';

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

/** What tests and scripts may be told without running or loading anything else. */
const TEST_FLAGS = new Set(
  `--coverage --run --watch=false --watchAll=false --no-watch --ci --silent --verbose --bail --passWithNoTests
   --runInBand -i --no-color --color --nocapture --ignored --exact --show-output --quiet -q -v --noEmit --all`.split(
    /\s+/,
  ),
);
const TEST_FLAGS_WITH_VALUE = new Set(
  '-t --testNamePattern --test-name-pattern -g --grep --test-threads --maxWorkers'.split(' '),
);

/** Arguments that go to a test runner or script: names, paths below, and options known to all of them. */
function scriptArguments(args: readonly Arg[], context: GuardContext): string | null {
  for (let at = 0; at < args.length; at++) {
    const arg = args[at];
    if (arg === undefined || !arg.wild || arg.text === '--') continue;
    if (!arg.text.startsWith('-')) {
      const problem = mayBecomeOption(arg) ? unknownArgument(arg) : firstOutOfBounds([arg], context);
      if (problem !== null) return problem;
    } else if (TEST_FLAGS_WITH_VALUE.has(arg.text)) {
      const value = args[++at];
      if (value?.wild === true && value.text.startsWith('-')) return unknownArgument(value);
    } else if (!TEST_FLAGS.has(arg.text) && !TEST_FLAGS_WITH_VALUE.has(arg.text.split('=')[0] ?? '')) {
      return unknownArgument(arg);
    }
  }
  return null;
}

const RUN: OptionTable = {
  flags: 's',
  values: 'w',
  long: 'silent if-present workspace= workspaces include-workspace-root loglevel= no-color color',
  operands: (operands, _seen, context) => scriptArguments(operands, context),
};

/** `npm run x -- …`: what stands behind the dashes is for the script. */
function withScript(family: Family): Guard {
  const guard = familyGuard(family);
  return (args, context) => {
    const dashes = args.findIndex((arg) => arg.text === '--');
    if (dashes === -1) return guard(args, context);
    return guard(args.slice(0, dashes), context) ?? scriptArguments(args.slice(dashes + 1), context);
  };
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

/** Targets are recipes of the Makefile that is there; variables and other Makefiles are not. */
const MAKE: OptionTable = {
  flags: 'sknBwqi',
  optional: 'j',
  long: 'silent quiet keep-going dry-run just-print no-print-directory always-make jobs?',
  operands: (operands) => {
    const bad = operands.find((arg) => arg.wild && (arg.glob || !/^[\w][\w.:-]*$/.test(arg.text)));
    return bad === undefined ? null : unknownArgument(bad);
  },
};

const BUILT_IN_FORMATS = /^(?:stylish|json|html|compact|unix|visualstudio|json-with-metadata)$/;
const TABLES: Readonly<Record<string, OptionTable>> = {
  eslint: {
    values: 'f',
    long: 'ext= quiet max-warnings= no-color color format= debug no-inline-config no-warn-ignored no-error-on-unmatched-pattern',
    value: (option, value) => (option !== 'f' && option !== 'format') || BUILT_IN_FORMATS.test(value),
  },
  prettier: {
    flags: 'cl',
    long: 'check list-different no-color color log-level= loglevel= ignore-unknown no-editorconfig',
  },
  tsc: {
    singleDash: true,
    long: 'noEmit pretty skipLibCheck strict listFiles listFilesOnly showConfig project= p= v h all',
  },
  pytest: {
    flags: 'vqxsl',
    values: 'km',
    long: `verbose quiet exitfirst maxfail= lf ff last-failed failed-first tb= no-header no-summary durations=
      collect-only co capture= showlocals color= strict-markers strict-config sw stepwise`,
  },
  mypy: { long: 'strict pretty show-error-codes ignore-missing-imports no-color-output no-error-summary' },
  flake8: { long: 'max-line-length= select= ignore= count statistics show-source quiet color=' },
  pip: {
    long: 'outdated format= not-required user local disable-pip-version-check verbose files',
    flags: 'vqf',
    operands: (operands) => {
      const [verb] = operands;
      const named = verb === undefined || !verb.wild ? null : unknownArgument(verb);
      const wild = operands.slice(1).find((arg) => arg.wild);
      const reads = verb !== undefined && /^(?:list|show|freeze|check)$/.test(verb.text);
      return reads ? null : (named ?? (wild === undefined ? null : unknownArgument(wild)));
    },
  },
  ruff: {
    long: 'quiet verbose statistics no-cache diff output-format= select= ignore=',
    flags: 'qv',
    operands: (operands, _seen, context) => {
      const [verb, ...paths] = operands;
      return verb?.wild === true && verb.text !== 'check' ? unknownArgument(verb) : firstOutOfBounds(paths, context);
    },
  },
};

/** Test runners of JavaScript: configuration and reporters are code. */
const testRunner: Guard = (args, context) => scriptArguments(args.slice(1), context);

const manager = alwaysAsks('it may install or run other code');

export const packageTools: Guards = {
  ...Object.fromEntries(Object.entries(TABLES).map(([name, table]) => [name, tableGuard(table)])),
  ...forAll('npm pnpm yarn bun', npm),
  pip3: tableGuard(TABLES['pip'] ?? {}),
  go,
  cargo,
  ...forAll('make gmake', tableGuard(MAKE)),
  ...forAll('jest vitest mocha ava tap', testRunner),
  ...forAll(
    `gradle gradlew mvn mvnw ant sbt bazel buck ninja cmake meson configure scons just task rustup rustc gcc g++ cc c++
     clang clang++ ld ar as javac dotnet nuget msbuild composer gem cabal stack mix rebar3 hex webpack vite rollup esbuild
     parcel babel swc turbo nx lerna phpunit rspec rubocop black isort autopep8 yapf gofmt rustfmt clang-format
     biome stylelint oxlint playwright cypress apt apt-get dpkg yum dnf rpm pacman apk brew port snap flatpak conda mamba
     easy_install twine virtualenv pyenv rbenv nodenv fnm n golangci-lint ansible ansible-playbook
     terraform tofu pulumi vagrant packer helm heroku vercel netlify serverless sam cdk`,
    manager,
  ),
};
