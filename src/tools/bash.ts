/** The tool `bash`: one command in a fresh shell. */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';
import * as z from 'zod';
import { messageOf, ToolError } from '../errors.ts';
import { commandEnvironment } from './environment.ts';
import { namedFiles } from './named-files.ts';
import { OutputCap } from './output-cap.ts';
import { runInGroup, type GroupEnd, type OutputStream } from './process-group.ts';
import { defineTool, type ToolContext } from './tool.ts';
import { isClearPath, isPlainToSee } from './visible-text.ts';
import { exactPattern, PathInput, realPath, resolvePath } from './workspace-path.ts';

const DEFAULT_TIMEOUT_MS = 120_000;
const MAX_TIMEOUT_MS = 600_000;
/** Characters of output that the model reads; the middle of a longer one is left out. */
const OUTPUT_LIMIT = 30_000;
/** Characters of output that are streamed while the command runs: every one of them becomes an event that is kept. */
const PROGRESS_LIMIT = 200_000;

/** What `bash` gives to programs. Output is capped: head and tail are kept. */
export interface BashResult {
  /** `null` when a signal ended the shell. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  readonly durationMs: number;
}

const schema = z.strictObject({
  command: z
    .string()
    .min(1)
    .refine((command) => !command.includes('\0'), 'a command cannot hold NUL characters')
    .describe('What bash runs: one command or a short script.'),
  timeoutMs: z
    .number()
    .int()
    .positive()
    .max(MAX_TIMEOUT_MS)
    .default(DEFAULT_TIMEOUT_MS)
    .describe('The command is ended after so many milliseconds.'),
  cwd: PathInput.default('.').describe(
    'The folder to run in, absolute or relative to the workspace. Default: the workspace.',
  ),
});

/**
 * Runs a command with `bash --noprofile --norc -c` in a process group of its own. Guarantees:
 * - nothing of it survives the call, be it finished, cancelled or timed out;
 * - output streams as `stdout` and `stderr` progress; the model gets it in order of arrival, with the exit code;
 * - a non-zero exit is an answer and no failure; a timeout is an `error` and a cancel `cancelled`, both with the
 *   output so far;
 * - it reads no input, and sees an environment without this process's secrets.
 * "Always" covers exactly this text in this folder; never a text with characters that a human cannot see.
 */
export const bashTool = defineTool({
  name: 'bash',
  description: [
    'Runs a command with bash and returns its output and exit code.',
    'Each call is a fresh shell in the workspace: `cd` and variables do not carry over; use `cwd`, or `a && b`.',
    'There is no input and no terminal: pass flags such as `--yes`, and never start an editor, pager or watch mode.',
    'Background processes are stopped when the command ends, so a server and what talks to it go into one command.',
    `Output over ${OUTPUT_LIMIT} characters loses its middle; narrow it with \`grep\`, \`head\` or \`tail\`.`,
    'A human may be asked first, so prefer one plain command over a long chain.',
    'Use the tools `read`, `search`, `write` and `patch`, not cat, grep or sed, to look at and change files.',
  ].join('\n'),
  schema,

  async execute(input, ctx) {
    const cwd = await existingFolder(ctx.workspace, input.cwd);
    const output = new CommandOutput(ctx);
    let end: GroupEnd;
    try {
      end = await runInGroup({
        // The system's own first: a folder in PATH may hold another `bash`.
        file: existsSync('/bin/bash') ? '/bin/bash' : 'bash',
        args: ['--noprofile', '--norc', '-c', input.command],
        cwd,
        env: commandEnvironment(),
        signal: ctx.signal,
        timeoutMs: input.timeoutMs,
        onOutput: (text, stream) => output.push(text, stream),
      });
    } catch (error) {
      throw new ToolError(`The command could not be run: ${messageOf(error)}`, { cause: error });
    }
    return answer(end, output, input.timeoutMs);
  },

  files: (input, ctx) => namedFiles(input.command, resolvePath(ctx.workspace, input.cwd)),

  subjects(input, ctx) {
    return [{ command: input.command, cwd: resolvePath(ctx.workspace, input.cwd) }];
  },

  derivePermission(input, ctx) {
    if (!isPlainToSee(input.command)) return null;
    const command = input.command.replace(/[\\*]/g, '\\$&');
    try {
      const cwd = resolvePath(ctx.workspace, input.cwd);
      if (realPath(cwd) === ctx.workspace) return { tool: 'bash', params: { command } };
      if (!isClearPath(cwd, realPath(cwd))) return null;
      return { tool: 'bash', params: { command, cwd: exactPattern(ctx.workspace, cwd) } };
    } catch {
      return null;
    }
  },
});

async function existingFolder(workspace: string, given: string): Promise<string> {
  const cwd = realPath(resolvePath(workspace, given));
  const found = await stat(cwd).catch(() => undefined);
  if (found?.isDirectory()) return cwd;
  const fault = found === undefined ? 'does not exist' : 'is not a folder';
  throw new ToolError(`cwd ${JSON.stringify(given)} ${fault} (looked at ${cwd}). The command was not run.`);
}

/** The output of one command: both streams apart, both together as they came, and what is streamed on. */
class CommandOutput {
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

function answer(end: GroupEnd, output: CommandOutput, timeoutMs: number) {
  const result: BashResult = {
    exitCode: end.exitCode,
    signal: end.signal,
    stdout: output.stdout.text(),
    stderr: output.stderr.text(),
    timedOut: end.endedBy === 'timeout',
    durationMs: end.durationMs,
  };
  const text = output.text();
  const survivors = end.survivors > 0 ? [`${processes(end.survivors)} could not be ended.`] : [];
  if (end.endedBy === 'exit') {
    const ending = end.signal === null ? `exit code ${end.exitCode}` : `ended by signal ${end.signal}`;
    return { context: [text || '(no output)', ending, ...leftoverNote(end), ...survivors].join('\n'), result };
  }
  const soFar = text === '' ? 'It had written nothing.' : `Its output until then:\n${text}`;
  if (end.endedBy === 'abort') {
    throw new ToolError(['The command was cancelled.', ...survivors, soFar].join('\n'), {
      status: 'cancelled',
      result,
    });
  }
  const remedy = `Do less at once, or pass a larger timeoutMs (at most ${MAX_TIMEOUT_MS}).`;
  throw new ToolError([`The command was ended after ${timeoutMs} ms. ${remedy}`, ...survivors, soFar].join('\n'), {
    result,
  });
}

function leftoverNote(end: GroupEnd): readonly string[] {
  if (end.leftovers === 0) return [];
  return [`Stopped with the command: ${processes(end.leftovers)} that it had left running in the background.`];
}

function processes(count: number): string {
  return count === 1 ? '1 process' : `${count} processes`;
}
