/** Runs one command of the tool `bash`, plainly or in a sandbox. */
import { existsSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { isToolError, messageOf, ToolError } from '../errors.ts';
import { commandEnvironment } from './environment.ts';
import { OutputCap } from './output-cap.ts';
import { runInGroup, type GroupEnd, type GroupRun, type OutputStream } from './process-group.ts';
import { enterSandbox } from './sandbox/sandbox.ts';
import { supervised, SupervisorReport } from './sandbox/supervisor.ts';
import type { ToolContext } from './tool.ts';

/** Characters of output that the model reads; the middle of a longer one is left out. */
export const OUTPUT_LIMIT = 30_000;
/** Characters of output that are streamed while the command runs: every one of them becomes an event that is kept. */
const PROGRESS_LIMIT = 200_000;

/** One command to be run. */
export interface CommandRun {
  readonly command: string;
  readonly timeoutMs: number;
  readonly cwd: string;
  readonly output: CommandOutput;
  readonly ctx: ToolContext;
}

/** What a sandbox is made with. */
export interface Walls {
  readonly program: string;
  readonly network: boolean;
  readonly protect: readonly string[];
  readonly unprotect: readonly string[];
}

function shellOf(command: string): readonly [file: string, ...args: string[]] {
  // The system's own first: a folder in PATH may hold another `bash`.
  return [existsSync('/bin/bash') ? '/bin/bash' : 'bash', '--noprofile', '--norc', '-c', command];
}

/** Runs a command with the rights of this process. */
export async function runPlainly({ command, timeoutMs, cwd, output, ctx }: CommandRun): Promise<GroupEnd> {
  const [file, ...args] = shellOf(command);
  const onOutput = (text: string, stream: OutputStream) => output.push(text, stream);
  const env = commandEnvironment();
  return await started(
    runInGroup({ file, args, cwd, env, signal: ctx.signal, timeoutMs, ...recordedBy(ctx), onOutput }),
  );
}

/**
 * Runs a command in the sandbox.
 * @throws ToolError when the sandbox could not be set up; the command has not run then.
 */
export async function runWalledIn(
  { command, timeoutMs, cwd, output, ctx }: CommandRun,
  walls: Walls,
): Promise<GroupEnd> {
  const shell = shellOf(command);
  const { workspace, signal } = ctx;
  const env = commandEnvironment();
  const inside = enterSandbox({ ...walls, workspace, cwd, env, command: supervised(shell[0], shell) });
  const report = new SupervisorReport();
  let end: GroupEnd;
  let found: readonly string[] = [];
  try {
    end = await started(
      runInGroup({
        file: walls.program,
        args: inside.args,
        cwd: '/',
        env: inside.env,
        signal,
        timeoutMs,
        ...recordedBy(ctx),
        onOutput: (text, stream) => output.push(text, stream),
        onReport: (text) => report.push(text),
      }),
    );
  } finally {
    found = inside.leave();
  }
  if (end.endedBy === 'exit' && !report.started) {
    throw new ToolError(`The sandbox could not be set up, and the command was not run: ${output.text()}`);
  }
  if (found.length > 0) output.push(`\nTaken away, because no command may make it: ${found.join(', ')}\n`, 'stderr');
  return { ...end, leftovers: Math.max(end.leftovers, report.leftovers) };
}

function recordedBy(ctx: ToolContext): Pick<GroupRun, 'onSpawn'> {
  return { onSpawn: (process) => ctx.effect({ kind: 'process', process }) };
}

async function started(run: Promise<GroupEnd>): Promise<GroupEnd> {
  try {
    return await run;
  } catch (error) {
    if (isToolError(error)) throw error;
    throw new ToolError(`The command could not be run: ${messageOf(error)}`, { cause: error });
  }
}

/** The output of one command: both streams apart, both together as they came, and what is streamed on. */
export class CommandOutput {
  readonly stdout = new OutputCap(OUTPUT_LIMIT);
  readonly stderr = new OutputCap(OUTPUT_LIMIT);
  readonly #both = new OutputCap(OUTPUT_LIMIT);
  readonly #ctx: ToolContext;
  #toStream = PROGRESS_LIMIT;

  constructor(ctx: ToolContext) {
    this.#ctx = ctx;
  }

  push(text: string, stream: OutputStream): void {
    this[stream].push(text);
    this.#both.push(text);
    if (this.#toStream <= 0) return;
    this.#toStream -= text.length;
    this.#ctx.progress(text, stream);
    if (this.#toStream <= 0) this.#ctx.progress('The output is long; the rest of it is not streamed.', 'status');
  }

  /** For the model: escape sequences that only a terminal understands are taken out. */
  text(): string {
    return stripVTControlCharacters(this.#both.text()).trimEnd();
  }
}
