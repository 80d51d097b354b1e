/** Questions of `greenroom check --jsonl`, answered line by line in order. */
import type { Writable } from 'node:stream';
import * as z from 'zod';
import { GreenroomError, messageOf, type CallExplanation, type Permissions } from '../../index.ts';
import { explainCall } from '../../policy/index.ts';
import { EXIT } from '../exit-codes.ts';
import { type ByteLine, byteLines } from './byte-lines.ts';

/** `permissions` are validated by `explainCall`, which has better messages. */
const Question = z.strictObject({
  id: z.unknown().optional(),
  permissions: z.unknown().optional(),
  call: z.strictObject({ tool: z.string().min(1), params: z.unknown().optional() }),
  cwd: z.string().min(1).optional(),
  workspace: z.string().min(1).optional(),
});

export interface CheckLinesOptions {
  readonly input: AsyncIterable<Uint8Array>;
  readonly output: Writable;
  /** Default for lines without a `cwd`. */
  readonly cwd?: string | undefined;
  readonly workspace?: string | undefined;
}

interface Answer {
  readonly text: string;
  readonly ok: boolean;
}

/** Characters of a batch. */
const BATCH = 64 * 1024;

/** Answers every line and skips empty ones. Resolves with the exit code: 2 when a line was invalid. */
export async function checkLines(options: CheckLinesOptions): Promise<number> {
  const sink = new Sink(options.output);
  let allGood = true;
  try {
    for await (const lines of byteLines(options.input)) {
      for (const line of lines) {
        if ('text' in line && line.text.trim() === '') continue;
        const { text, ok } = await answer(line, options);
        allGood &&= ok;
        await sink.write(`${text}\n`);
        if (sink.gone) return EXIT.closedOutput;
      }
      await sink.flush();
    }
  } finally {
    sink.release();
  }
  return sink.gone ? EXIT.closedOutput : allGood ? EXIT.completed : EXIT.usage;
}

async function answer(line: ByteLine, options: CheckLinesOptions): Promise<Answer> {
  let id: { readonly id?: unknown } = {};
  const bad = (problem: string): Answer => ({
    text: JSON.stringify({ ...id, error: `line ${line.number}: ${problem}` }),
    ok: false,
  });
  if ('problem' in line) return bad(line.problem);
  try {
    const value: unknown = JSON.parse(line.text);
    if (typeof value === 'object' && value !== null && Object.hasOwn(value, 'id'))
      id = { id: Reflect.get(value, 'id') };
    const parsed = Question.safeParse(value);
    if (!parsed.success) return bad(faultOf(parsed.error));
    const { permissions, call, cwd = options.cwd, workspace } = parsed.data;
    const explanation = await explainCall({
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checked by explainCall
      permissions: permissions as Permissions | undefined,
      call,
      cwd,
      workspace: workspace ?? (parsed.data.cwd === undefined ? options.workspace : undefined),
    });
    return { text: JSON.stringify({ ...id, ...decisionOf(explanation) }), ok: true };
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return bad(`it is not JSON: ${thrown.message}`);
    return bad(thrown instanceof GreenroomError ? thrown.message : `it cannot be answered: ${messageOf(thrown)}`);
  }
}

/** The printed part of an explanation. A call that cannot run is printed as `ask`. */
export function decisionOf({ decision, why, rule, proposal }: CallExplanation) {
  const printed = decision === 'allow' || decision === 'deny' ? decision : 'ask';
  return { decision: printed, why, ...(rule === undefined ? {} : { rule }), proposal };
}

function faultOf(error: z.ZodError): string {
  const [issue] = error.issues;
  const path = (issue?.path ?? []).map(String).join('.');
  return `${path === '' ? '' : `${path}: `}${issue?.message ?? 'not a question'}`;
}

/** Writes batches, no faster than the reader takes them. */
class Sink {
  gone = false;
  readonly #output: Writable;
  readonly #gone = Promise.withResolvers<void>();
  readonly #leave = () => {
    this.gone = true;
    this.#gone.resolve();
  };
  #batch = '';

  constructor(output: Writable) {
    this.#output = output;
    output.on('error', this.#leave).on('close', this.#leave);
  }

  async write(text: string): Promise<void> {
    this.#batch += text;
    if (this.#batch.length >= BATCH) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#batch === '' || this.gone) return;
    const batch = this.#batch;
    this.#batch = '';
    if (this.#output.write(batch)) return;
    const drained = Promise.withResolvers<void>();
    this.#output.once('drain', drained.resolve);
    await Promise.race([drained.promise, this.#gone.promise]);
    this.#output.off('drain', drained.resolve);
  }

  release(): void {
    // the 'error' listener stays: pending writes to a closed pipe must not crash the process
    this.#output.off('close', this.#leave);
  }
}
