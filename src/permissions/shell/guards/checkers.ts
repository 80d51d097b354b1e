/** Compilers that only check, linters and test runners: their settings are code, or say where they write. */
import { forAll, unknownArgument, type Arg, type Guard, type Guards } from './guard.ts';
import { checkArguments, firstOutOfBounds, tableGuard, type OptionTable } from './options.ts';
import { scriptArguments } from './script-arguments.ts';

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
  pytest: {
    flags: 'vqxsl',
    values: 'kmn',
    value: (option, value) => option !== 'n' || /^(?:[0-9]+|auto|logical)$/.test(value),
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
      if (verb?.text === 'show' && operands.slice(1).every((arg) => /^\w[\w.-]*$/.test(arg.text))) return null;
      const reads = verb !== undefined && /^(?:list|freeze|check)$/.test(verb.text);
      return (reads ? null : named) ?? (wild === undefined ? null : unknownArgument(wild));
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

const TSC: OptionTable = {
  singleDash: true,
  long: 'noEmit pretty skipLibCheck strict listFiles listFilesOnly showConfig project= p= v h all',
  value: (option, value) => (option !== 'p' && option !== 'project') || !/^[/~]|(?:^|\/)\.\.(?:\/|$)/.test(value),
  operands: (operands, seen, context) => {
    // `--noEmit false` turns it off again
    const wild = operands.find((arg) => arg.wild && /^(?:true|false|null)$/i.test(arg.text));
    return wild === undefined && ['noEmit', 'listFilesOnly', 'showConfig', 'v', 'h'].some((name) => seen.has(name))
      ? firstOutOfBounds(operands, context)
      : 'without --noEmit tsc writes files';
  },
};

/** Without `--noEmit`, what it writes and where follows from every argument. */
const tsc: Guard = (args, context) =>
  args.slice(1).some((arg) => arg.wild) ? checkArguments(args.slice(1), TSC, context) : null;

const RUNNER_COMMANDS = /^(?:init|debug|inspect|reset-cache|dev|watch)$/;
const VITEST_REPORTERS = /^(?:default|verbose|dot|json|tap|tap-flat|tree)$/;

/** Test runners of JavaScript: configuration and reporters are code. */
const testRunner: Guard = (args, context) => {
  const rest = args.slice(1);
  const command = rest.find((arg) => arg.wild && RUNNER_COMMANDS.test(arg.text));
  return command === undefined ? scriptArguments(rest, context) : unknownArgument(command);
};
const vitest: Guard = (args, context) => {
  const reporter = (arg: Arg) => arg.text.startsWith('--reporter=') && VITEST_REPORTERS.test(arg.text.slice(11));
  return testRunner(
    args.filter((arg) => !reporter(arg)),
    context,
  );
};

export const checkers: Guards = {
  ...Object.fromEntries(Object.entries(TABLES).map(([name, table]) => [name, tableGuard(table)])),
  pip3: tableGuard(TABLES['pip'] ?? {}),
  tsc,
  vitest,
  ...forAll('jest mocha ava', testRunner),
};
