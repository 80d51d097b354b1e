/** `git`: which options of which sub-command only look, and what a named sub-command may be given. */
import { forAll, unknownArgument, type Arg, type Guard, type GuardContext, type Guards } from './guard.ts';
import { GIT_LOOKS, GIT_WORKS } from './git-commands.ts';
import { checkArguments } from './options.ts';

/** Options in front of the sub-command that take the next word along. */
const GLOBAL_WITH_VALUE = new Set([
  '-C',
  '-c',
  '--git-dir',
  '--work-tree',
  '--namespace',
  '--config-env',
  '--attr-source',
]);
const HARMLESS_GLOBAL = new Set(['--no-pager', '-P', '--no-optional-locks', '--literal-pathspecs', '--version']);

/** Sub-commands of which one verb only looks. */
const LOOKS_BY_VERB = /^(?:stash (?:list|show)|worktree list)$/;

/**
 * A sub-command that only looks may itself be covered by a wildcard (`git *`); one that changes something must be named
 * by the rule (`git commit *`). A sub-command without a table, an alias for instance, is never covered by a wildcard.
 */
const git: Guard = (args, context) => {
  let at = 1;
  for (; at < args.length; at++) {
    const arg = args[at];
    if (arg === undefined || !arg.text.startsWith('-')) break;
    if (arg.wild && !HARMLESS_GLOBAL.has(arg.text)) return unknownArgument(arg);
    if (!GLOBAL_WITH_VALUE.has(arg.text)) continue;
    at++;
    const value = args[at];
    if (value?.wild === true) return unknownArgument(value);
  }
  const command = args[at];
  return command === undefined ? null : judgeCommand(command, args.slice(at + 1), context);
};

function judgeCommand(command: Arg, rest: readonly Arg[], context: GuardContext): string | null {
  const looks = Object.hasOwn(GIT_LOOKS, command.text) ? GIT_LOOKS[command.text] : undefined;
  const works = Object.hasOwn(GIT_WORKS, command.text) ? GIT_WORKS[command.text] : undefined;
  if (command.wild && looks === undefined && !LOOKS_BY_VERB.test(`${command.text} ${rest[0]?.text ?? ''}`))
    return unknownArgument(command);
  const table = looks ?? works;
  if (table === undefined) {
    const wild = rest.find((arg) => arg.wild);
    return wild === undefined ? null : unknownArgument(wild);
  }
  return checkArguments(rest, { ...table, noHelp: true }, context);
}

export const gitGuards: Guards = forAll('git', git);
