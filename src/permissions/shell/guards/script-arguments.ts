/** Arguments that every tool of a package understands in the same way. */
import { unknownArgument, type Arg, type GuardContext } from './guard.ts';
import { firstOutOfBounds, mayBecomeOption } from './options.ts';

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
export function scriptArguments(args: readonly Arg[], context: GuardContext): string | null {
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

/**
 * A wild `@file` whose lines are further, unseen arguments.
 * @param tags Whether the value of `-t` and `-g` is a text, as in `-t @slow`.
 */
export function responseFile(args: readonly Arg[], tags: boolean): string | null {
  const bad = args
    .slice(1)
    .find((arg, at) => arg.wild && arg.text.startsWith('@') && !(tags && /^-[tg]$/.test(args[at]?.text ?? '')));
  return bad === undefined ? null : unknownArgument(bad);
}
