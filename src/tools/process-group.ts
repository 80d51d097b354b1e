/** Runs a program with everything it starts as one unit: when the run is over, nothing of it is left. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import type { ProcessIdentity } from '../events.ts';
import { gated, letIn } from './gated-start.ts';
import { unwatchGroup, watchGroup } from './watchdog.ts';
import { killSession, liveMembers, POLL_MS, signalSession } from './process-session.ts';

const DEFAULT_GRACE_MS = 1000;
/** How long processes that outlive their leader may take to finish by themselves, as `tee` in `> >(tee log)` does. */
const LINGER_MS = 250;
const DRAIN_IDLE_MS = 250;
const DRAIN_MAX_MS = 2000;

export type OutputStream = 'stdout' | 'stderr';

/** What to run, and how it may be ended. */
export interface GroupRun {
  readonly file: string;
  readonly args: readonly string[];
  /** Absolute path of an existing folder. */
  readonly cwd: string;
  /** The whole environment: nothing of the parent's is added. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends the run when it aborts. */
  readonly signal: AbortSignal;
  /** Ends the run after so many milliseconds. */
  readonly timeoutMs: number;
  /** Milliseconds between SIGTERM and SIGKILL. Default 1000. */
  readonly graceMs?: number;
  /** Output as it comes, decoded as UTF-8 across chunk borders. Never called after the run's promise has settled. */
  readonly onOutput: (text: string, stream: OutputStream) => void;
  /**
   * Told of the process before the program does anything at all; when it throws, the program never runs. Costs the start of
   * two small programs.
   */
  readonly onSpawn?: (process: ProcessIdentity) => void;
  /** When given, the program has a file descriptor 3, and this gets what is written there. Same promise. */
  readonly onReport?: (text: string) => void;
}

/** How a run ended. */
export interface GroupEnd {
  readonly endedBy: 'exit' | 'timeout' | 'abort';
  /** The leader's exit code; `null` when a signal ended it or it never started. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Processes that were still running after the leader had exited by itself, and were ended. */
  readonly leftovers: number;
  /** Processes that even SIGKILL did not end in time (another user's, or stuck in the kernel). */
  readonly survivors: number;
  readonly durationMs: number;
}

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Runs a program in a process group of its own, with `/dev/null` as its input. Guarantees:
 * - on abort and on timeout every process of the run gets SIGTERM, and SIGKILL after `graceMs`;
 * - a leader that exits leaves nothing behind either: its background processes are ended the same way;
 * - it settles even if a process outside the group keeps the output pipe open;
 * - no output that was written before the end is lost, and none of it is kept here;
 * - should this process exit first, the run is killed with it; should it be killed itself, a watchdog ends the group.
 * An already aborted signal starts nothing.
 * @throws the system's error when the program cannot be started; whatever `onSpawn` or `onOutput` threw, after ending the
 *   run.
 */
export async function runInGroup(run: GroupRun): Promise<GroupEnd> {
  if (run.signal.aborted) {
    return { endedBy: 'abort', exitCode: null, signal: null, leftovers: 0, survivors: 0, durationMs: 0 };
  }
  const startedAt = performance.now();
  const isGated = run.onSpawn !== undefined;
  const { file, args, cwd, env } = isGated ? gated(run) : run;
  const child = spawn(file, [...args], {
    cwd,
    env: { ...env },
    detached: true,
    stdio: [isGated ? 'pipe' : 'ignore', 'pipe', 'pipe', ...(run.onReport === undefined ? [] : (['pipe'] as const))],
  });
  const exit = new Promise<Exit>((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const output = forwardOutput(child, run);
  await once(child, 'spawn');
  const leader = child.pid;
  if (leader === undefined) throw new Error(`${run.file} was started without a process id`);

  killOnExit(leader);
  try {
    if (run.onSpawn !== undefined) await letInOrEnd(child, leader, run.onSpawn);
    const endedBy = await whatEndsIt({ exit, faulted: output.faulted, signal: run.signal, timeoutMs: run.timeoutMs });
    const { ended, survivors } = await endSession({
      leader,
      lingerMs: endedBy === 'exit' ? LINGER_MS : 0,
      graceMs: run.graceMs ?? DEFAULT_GRACE_MS,
    });
    await drain(child, closed, output.chunks);
    output.stop();
    if (endedBy === 'fault') throw output.fault();
    // A leader that SIGKILL did not end has no exit to wait for.
    const { code, signal } = await Promise.race([exit, nextTurn({ code: null, signal: null })]);
    const leftovers = endedBy === 'exit' ? ended : 0;
    const durationMs = Math.round(performance.now() - startedAt);
    return { endedBy, exitCode: code, signal, leftovers, survivors, durationMs };
  } finally {
    forgetOnExit(leader);
  }
}

async function letInOrEnd(
  child: ChildProcess,
  leader: number,
  record: (process: ProcessIdentity) => void,
): Promise<void> {
  try {
    letIn(child, record);
  } catch (error) {
    for (const stream of child.stdio) stream?.destroy();
    await killSession(leader);
    throw error;
  }
}

/** Hands the child's output on. A listener that throws ends the run, not this process. */
function forwardOutput(child: ChildProcess, { onOutput, onReport }: Pick<GroupRun, 'onOutput' | 'onReport'>) {
  const faulted = Promise.withResolvers<'fault'>();
  let chunks = 0;
  let error: unknown;
  let deaf = false;
  const fail = (thrown: unknown) => {
    if (deaf) return;
    deaf = true;
    error = thrown;
    faulted.resolve('fault');
  };
  const listen = (source: Readable, take: (text: string) => void) => {
    source.setEncoding('utf8');
    source.on('error', fail);
    source.on('data', (text: string) => {
      chunks += 1;
      if (deaf) return;
      try {
        take(text);
      } catch (thrown) {
        fail(thrown);
      }
    });
  };
  if (child.stdout !== null) listen(child.stdout, (text) => onOutput(text, 'stdout'));
  if (child.stderr !== null) listen(child.stderr, (text) => onOutput(text, 'stderr'));
  const report = child.stdio[3];
  if (onReport !== undefined && report instanceof Readable) listen(report, onReport);
  return {
    faulted: faulted.promise,
    chunks: () => chunks,
    fault: () => error,
    stop: () => {
      deaf = true;
    },
  };
}

async function whatEndsIt(until: {
  readonly exit: Promise<unknown>;
  readonly faulted: Promise<'fault'>;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}): Promise<GroupEnd['endedBy'] | 'fault'> {
  const stopped = Promise.withResolvers<'timeout' | 'abort'>();
  const onAbort = () => stopped.resolve('abort');
  const timer = setTimeout(() => stopped.resolve('timeout'), until.timeoutMs);
  until.signal.addEventListener('abort', onAbort, { once: true });
  // It may have aborted while the child was being started.
  if (until.signal.aborted) onAbort();
  try {
    return await Promise.race([until.exit.then(() => 'exit' as const), until.faulted, stopped.promise]);
  } finally {
    clearTimeout(timer);
    until.signal.removeEventListener('abort', onAbort);
  }
}

async function endSession(how: {
  readonly leader: number;
  readonly lingerMs: number;
  readonly graceMs: number;
}): Promise<{ readonly ended: number; readonly survivors: number }> {
  if (await isEmptyWithin(how.leader, how.lingerMs)) return { ended: 0, survivors: 0 };
  const found = liveMembers(how.leader).length;
  signalSession(how.leader, 'SIGTERM');
  if (await isEmptyWithin(how.leader, how.graceMs)) return { ended: found, survivors: 0 };
  const survivors = await killSession(how.leader);
  return { ended: Math.max(0, found - survivors), survivors };
}

async function isEmptyWithin(leader: number, ms: number): Promise<boolean> {
  const deadline = performance.now() + ms;
  while (liveMembers(leader).length > 0) {
    if (performance.now() >= deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

/** Reads what is still in the pipes. Waits for their end only while output flows: a stranger may hold them open. */
async function drain(child: ChildProcess, closed: Promise<void>, chunks: () => number): Promise<void> {
  const deadline = performance.now() + DRAIN_MAX_MS;
  let seen = -1;
  while (seen !== chunks() && performance.now() < deadline) {
    seen = chunks();
    if (await settlesWithin(closed, DRAIN_IDLE_MS)) return;
    // After a busy stretch the timer runs before the pipes are polled; give them their turn before judging.
    await nextTurn();
  }
  for (const stream of child.stdio) stream?.destroy();
  await settlesWithin(closed, DRAIN_IDLE_MS);
}

async function settlesWithin(promise: Promise<void>, ms: number): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), ms);
  try {
    return await Promise.race([promise.then(() => true), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

const running = new Set<number>();

function killOnExit(leader: number): void {
  if (running.size === 0) process.on('exit', killRunning);
  running.add(leader);
  watchGroup(leader);
}

function forgetOnExit(leader: number): void {
  running.delete(leader);
  unwatchGroup(leader);
  if (running.size === 0) process.off('exit', killRunning);
}

function killRunning(): void {
  for (const leader of running) signalSession(leader, 'SIGKILL');
}
