/** ripgrep as a child process: fixed flags, and its output as records. */
import { messageOf, ToolError } from '../errors.ts';
import { commandEnvironment } from './environment.ts';
import { OutputCap } from './output-cap.ts';
import { runInGroup } from './process-group.ts';

/** A longer record (a match in a line of a megabyte) comes cut, so that memory stays bounded. */
const RECORD_LIMIT = 1_000_000;
const STDERR_LIMIT = 4000;

/** Flags of every run. Values a model chose are passed as `--flag=value` or after `--`, so none can become a flag. */
const FIXED_FLAGS = [
  '--no-config',
  '--no-messages', // about single files that cannot be read; the exit code still says so
  '--hidden',
  '--glob=!.git',
  '--no-require-git',
  '--no-follow',
  '--color=never',
  '--sort=path', // the same answer each time, also where it is cut
];

export interface RipgrepRun {
  /** Flags of this run; fixed ones are added. */
  readonly flags: readonly string[];
  /** What to search, relative to `cwd`. */
  readonly target: string;
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** What ends a record of the output. */
  readonly separator: '\n' | '\0';
  /** One record; `isCut` when it was longer than a million characters. Return false to end the search early. */
  readonly onRecord: (record: string, isCut: boolean) => boolean;
}

export interface RipgrepEnd {
  /** `enough`: `onRecord` said so. */
  readonly endedBy: 'exit' | 'enough' | 'timeout' | 'abort';
  /** True when some files could not be read. */
  readonly isPartial: boolean;
}

/**
 * Runs ripgrep, and ends it when it is told to.
 * @throws ToolError with ripgrep's own words when it refuses its arguments (a pattern that is no regex), and one that
 * says so when there is no ripgrep for this platform.
 */
export async function runRipgrep(run: RipgrepRun): Promise<RipgrepEnd> {
  const file = await ripgrepPath();
  const enough = new AbortController();
  const complaints = new OutputCap(STDERR_LIMIT);
  const records = new Records(run.separator, (record, isCut) => {
    if (!enough.signal.aborted && !run.onRecord(record, isCut)) enough.abort();
  });
  const end = await runInGroup({
    file,
    args: [...FIXED_FLAGS, ...run.flags, '--', run.target],
    cwd: run.cwd,
    env: commandEnvironment(),
    signal: AbortSignal.any([run.signal, enough.signal]),
    timeoutMs: run.timeoutMs,
    onOutput: (text, stream) => (stream === 'stdout' ? records.push(text) : complaints.push(text)),
  });
  if (run.signal.aborted) return { endedBy: 'abort', isPartial: true };
  if (enough.signal.aborted) return { endedBy: 'enough', isPartial: false };
  if (end.endedBy !== 'exit') return { endedBy: 'timeout', isPartial: true };
  const complaint = complaints.text().trim();
  if (end.exitCode === 2 && complaint !== '') throw new ToolError(complaint);
  // 0: found, 1: nothing found, 2: found or not, but something went wrong on the way.
  if (end.exitCode === null || end.exitCode > 2) {
    throw new ToolError(`ripgrep ended with ${end.signal ?? `exit code ${end.exitCode}`}. ${complaint}`.trim());
  }
  return { endedBy: 'exit', isPartial: end.exitCode === 2 };
}

async function ripgrepPath(): Promise<string> {
  try {
    // Loaded when first needed: the package throws on platforms it has no binary for.
    const { rgPath } = await import('@vscode/ripgrep');
    return rgPath;
  } catch (error) {
    throw new ToolError(`The search tool has no ripgrep on this platform: ${messageOf(error)}`, { cause: error });
  }
}

/** Cuts a stream of text into records, in bounded memory. */
class Records {
  readonly #separator: string;
  readonly #emit: (record: string, isCut: boolean) => void;
  #pending = '';
  #isSkipping = false;

  constructor(separator: string, emit: (record: string, isCut: boolean) => void) {
    this.#separator = separator;
    this.#emit = emit;
  }

  push(text: string): void {
    const pieces = text.split(this.#separator);
    const rest = pieces.pop() ?? '';
    for (const piece of pieces) {
      if (!this.#isSkipping) this.#emit(this.#pending + piece, false);
      this.#isSkipping = false;
      this.#pending = '';
    }
    if (this.#isSkipping) return;
    this.#pending += rest;
    if (this.#pending.length <= RECORD_LIMIT) return;
    this.#emit(this.#pending, true);
    this.#pending = '';
    this.#isSkipping = true;
  }
}
