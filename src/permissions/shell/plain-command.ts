/** A command that is one plain program call: nothing in it means anything to a shell but blanks and simple quotes. */
import { lexWords } from './words.ts';

/** Longer commands are never judged plain, in UTF-16 units. */
export const MAX_COMMAND_LENGTH = 8192;

/** A program's name or path, written openly: no quotes, no `=`, nothing outside ASCII. */
const PROGRAM = /^[A-Za-z0-9_./+-]+$/;

const RESERVED_WORDS = new Set(
  'if then elif else fi case esac for select while until do done in function time coproc'.split(' '),
);

/**
 * Builtins of bash that evaluate their arguments, run or rename others, or change the shell: the shell's work, not a
 * program's. What is left out (`echo`, `pwd`, `true`, `false`) only prints or ends.
 */
const SHELL_BUILTINS = new Set(
  [
    '. source eval exec command builtin enable hash trap alias unalias bind complete compgen compopt',
    'declare typeset local export readonly unset let read mapfile readarray getopts printf test set shopt shift',
    'cd pushd popd dirs umask ulimit history fc help type times caller',
    'kill wait jobs bg fg disown suspend return exit logout break continue',
  ].flatMap((names) => names.split(' ')),
);

export type PlainCommand =
  { readonly ok: true; readonly argv: readonly string[] } | { readonly ok: false; readonly reason: string };

/**
 * The argv bash would run for this text, if the text is one plain program call; otherwise why it is not.
 * Never throws. `bash -c` runs nothing else for a plain command, in any environment without aliases.
 */
export function parsePlainCommand(text: string): PlainCommand {
  if (text.length > MAX_COMMAND_LENGTH) return fail(`it is longer than ${MAX_COMMAND_LENGTH} characters`);
  const lexed = lexWords(text, 'command');
  if (!lexed.ok) return fail(lexed.reason);
  const first = lexed.words[0];
  if (first === undefined) return fail('it is empty');
  const argv = lexed.words.map((word) => word.runs.join(''));
  const program = argv[0] ?? '';
  if (!first.bare || !PROGRAM.test(program)) return fail('its program is not a plainly written name');
  if (RESERVED_WORDS.has(program)) return fail(`"${program}" is a word of the shell's own`);
  if (SHELL_BUILTINS.has(program)) return fail(`"${program}" is built into the shell`);
  return { ok: true, argv };
}

function fail(reason: string): PlainCommand {
  return { ok: false, reason };
}
