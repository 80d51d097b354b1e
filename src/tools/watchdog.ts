/**
 * Ends what this process started should it die without a chance to do so itself (SIGKILL, a crash): a small shell waits
 * on a pipe that only we hold open, and kills the process groups that are still on its list when the pipe closes. It lives
 * only while something runs.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';

const SCRIPT = `
list=""
while read -r op group; do
  case $op in
    +) list="$list $group" ;;
    -) rest=""; for one in $list; do [ "$one" = "$group" ] || rest="$rest $one"; done; list=$rest ;;
  esac
done
for group in $list; do kill -s KILL -- "-$group" 2>/dev/null; done
exit 0`;

let dog: ChildProcessByStdio<Writable, null, null> | undefined;
const watched = new Set<number>();

/** Puts the process group of this leader on the list. Never throws: without a shell there is no watchdog. */
export function watchGroup(leader: number): void {
  watched.add(leader);
  dog ??= start();
  dog?.stdin.write(`+ ${leader}\n`);
}

/** Takes it off again; after the last one the watchdog ends. */
export function unwatchGroup(leader: number): void {
  watched.delete(leader);
  if (watched.size > 0) {
    dog?.stdin.write(`- ${leader}\n`);
    return;
  }
  dog?.stdin.end(`- ${leader}\n`);
  dog = undefined;
}

function start(): ChildProcessByStdio<Writable, null, null> | undefined {
  try {
    // a session of its own: a Ctrl-C meant for us must not end it first
    const child = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], env: {} });
    const gone = () => {
      if (dog === child) dog = undefined;
    };
    child.on('error', gone).on('exit', gone);
    child.stdin.on('error', gone);
    child.unref();
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the pipe of a child process is a socket
    (child.stdin as Socket).unref();
    return child;
  } catch {
    return undefined;
  }
}
