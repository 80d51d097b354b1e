/** What runs first in the sandbox: it starts the command, and waits a moment for what the command leaves running. */

/**
 * bubblewrap ends everything the moment its first program exits, and would cut off what still flushes output then (`tee`
 * in `> >(tee log)`). Reports on file descriptor 3, which the command does not have: that it started, and how many
 * processes were left at the end. Forks nothing while it waits.
 */
const SCRIPT = String.raw`
exec 4>&2 2>/dev/null 5<> <(:)
echo started >&3
"$@" 2>&4 3>&- 4>&- 5>&-
code=$?
for ((round = 0; round < 25; round++)); do
  left=0
  for folder in /proc/[0-9]*; do
    [[ $folder == /proc/1 || $folder == /proc/$$ ]] && continue
    IFS= read -r stat < "$folder/stat" || continue
    [[ $stat =~ \)\ [ZX]\  ]] || ((left++))
  done
  ((left == 0)) && break
  read -r -t 0.01 -u 5
done
echo "left $left" >&3
exit "$code"
`;

/** The command that runs `command` under supervision. `bash` is the shell's path. */
export function supervised(bash: string, command: readonly string[]): readonly [string, ...string[]] {
  return [bash, '--noprofile', '--norc', '-c', SCRIPT, 'greenroom', ...command];
}

/** What the supervisor has said. */
export class SupervisorReport {
  #text = '';

  push(text: string): void {
    // A report is two short lines; anything longer is ignored.
    if (this.#text.length < 1000) this.#text += text;
  }

  get started(): boolean {
    return this.#text.startsWith('started\n');
  }

  /** Processes that were running when the command had ended. */
  get leftovers(): number {
    return Number(/^left (\d{1,7})$/m.exec(this.#text)?.[1] ?? 0);
  }
}
