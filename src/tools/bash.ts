/** The tool `bash`: one command in a fresh shell. */
import { stat } from 'node:fs/promises';
import * as z from 'zod';
import { ToolError } from '../errors.ts';
import { bashOptions, type BashToolOptions, sandboxNote } from './bash-options.ts';
import { CommandOutput, OUTPUT_LIMIT, runPlainly, runWalledIn, type Walls } from './bash-run.ts';
import { namedFiles } from './named-files.ts';
import type { GroupEnd } from './process-group.ts';
import { checkSandbox } from './sandbox/bwrap-program.ts';
import { arePlainPaths, isPlainCommand } from '../permissions/readable.ts';
import { derivedPatterns } from '../permissions/shell/derived-rules.ts';
import { defineTool } from './tool.ts';
import { exactPattern } from './path-permissions.ts';
import { PathInput, realPath, resolvePath } from './workspace-path.ts';

const DEFAULT_TIMEOUT_MS = 120_000;
const MAX_TIMEOUT_MS = 600_000;

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
 * A tool `bash`: runs a command with `bash --noprofile --norc -c` in a process group of its own. Guarantees:
 * - nothing of it survives the call, be it finished, cancelled or timed out;
 * - output streams as `stdout` and `stderr` progress; the model gets it in order of arrival, with the exit code;
 * - a non-zero exit is an answer and no failure; a timeout is an `error` and a cancel `cancelled`, both with the
 *   output so far;
 * - it reads no input, and sees an environment without this process's secrets.
 * "Always" covers, in this folder, each program of the command with its sub-command and harmless arguments, or exactly
 * this text; never a text with characters or blanks that a human cannot see.
 *
 * In the sandbox also: it writes to the workspace and to a `/tmp` of its own and nowhere else; it reaches no network
 * unless `network` says so; it can neither change nor make what runs code later or decides what it may do (git's hooks
 * and settings, `.greenroom/`, shell start-up files, what editors, agents and CI run, `protect`), nor see keys and
 * credentials; it dies with this process. What exactly is protected: docs/permissions.md.
 * @throws GreenroomError `invalid_params` for options that cannot be used.
 */
// oxlint-disable-next-line eslint/max-lines-per-function -- the definition of one tool, mostly data
export function createBashTool(options: BashToolOptions = {}) {
  const checked = bashOptions(options);
  const { sandbox, network } = checked;
  const walls = wallsFor(checked);

  return defineTool({
    name: 'bash',
    description: [
      'Runs a command with bash and returns its output and exit code.',
      'Each call is a fresh shell in the workspace: `cd` and variables do not carry over; use `cwd`, or `a && b`.',
      'There is no input and no terminal: pass flags such as `--yes`, and never start an editor, pager or watch mode.',
      'Background processes are stopped when the command ends, so a server and what talks to it go into one command.',
      `Output over ${OUTPUT_LIMIT} characters loses its middle; narrow it with \`grep\`, \`head\` or \`tail\`.`,
      'A human may be asked first, so prefer one plain command over a long chain.',
      'Use the tools `read`, `search`, `write` and `patch`, not cat, grep or sed, to look at and change files.',
      ...(sandbox === 'none' ? [] : [sandboxNote(sandbox, network)]),
    ].join('\n'),
    schema,

    async execute(input, ctx) {
      const cwd = await existingFolder(ctx.workspace, input.cwd);
      const output = new CommandOutput(ctx);
      const run = { command: input.command, timeoutMs: input.timeoutMs, cwd, output, ctx };
      const inside = await walls();
      const end = inside === undefined ? await runPlainly(run) : await runWalledIn(run, inside);
      return answer(end, output, input.timeoutMs);
    },

    files: (input, ctx) => namedFiles(input.command, resolvePath(ctx.workspace, input.cwd)),

    subjects(input, ctx) {
      return [{ command: input.command, cwd: resolvePath(ctx.workspace, input.cwd) }];
    },

    derivePermission(input, ctx) {
      if (!isPlainCommand(input.command)) return null;
      try {
        const cwd = resolvePath(ctx.workspace, input.cwd);
        const inRoot = realPath(cwd) === ctx.workspace;
        if (!inRoot && !arePlainPaths(cwd, realPath(cwd))) return null;
        const folder = inRoot ? {} : { cwd: exactPattern(ctx.workspace, cwd) };
        const rules = derivedPatterns(input.command, ctx.workspace).map((command) => ({
          tool: 'bash',
          params: { command, ...folder },
        }));
        return rules.length === 1 ? (rules[0] ?? null) : rules;
      } catch {
        return null;
      }
    },
  });
}

/** Finds the sandbox for each command; `undefined` where commands run without one. */
function wallsFor({ sandbox, warn, ...walls }: ReturnType<typeof bashOptions>): () => Promise<Walls | undefined> {
  let warned = false;
  return async () => {
    if (sandbox === 'none') return undefined;
    const found = await checkSandbox();
    if (found.available) return { program: found.program, ...walls };
    if (sandbox === 'bwrap') throw new ToolError(`There is no sandbox: ${found.reason}. The command was not run.`);
    if (!warned) warn(`Commands run without a sandbox: ${found.reason}.`);
    warned = true;
    return undefined;
  };
}

/** `bash` without a sandbox: a command runs with all the rights of this process. */
export const bashTool = createBashTool();

async function existingFolder(workspace: string, given: string): Promise<string> {
  const cwd = realPath(resolvePath(workspace, given));
  const found = await stat(cwd).catch(() => undefined);
  if (found?.isDirectory()) return cwd;
  const fault = found === undefined ? 'does not exist' : 'is not a folder';
  throw new ToolError(`cwd ${JSON.stringify(given)} ${fault} (looked at ${cwd}). The command was not run.`);
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
