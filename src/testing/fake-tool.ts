/** A tool whose results the test gives. */
import * as z from 'zod';
import { defineTool, type Tool, type ToolContext, ToolError, type ToolOutput } from '../index.ts';

/** A run of a fake tool. */
export interface FakeCall {
  readonly input: unknown;
  /** The full id of the call. */
  readonly id: string;
  readonly agentId: string;
}

/** Options of `fakeTool`. */
export interface FakeToolOptions {
  readonly name: string;
  readonly description?: string;
  /** Default: takes any object. */
  readonly schema?: Tool['schema'];
  /** Its result: a text for the model, an output, or a function of the arguments. Default `ok`. */
  readonly result?: string | ToolOutput | ((input: never, call: FakeCall) => string | ToolOutput);
  /** Makes it fail with this text. */
  readonly fails?: string;
  readonly idempotent?: boolean;
  /** See `Tool.derivePermission`. Default: "always" covers exactly the arguments. */
  readonly derivePermission?: Tool['derivePermission'];
  readonly subjects?: Tool['subjects'];
  /** How long it runs, in milliseconds of `clock`. Default 0. */
  readonly takesMs?: number;
  /** Default: real time. Give the virtual clock of the team. */
  readonly clock?: FakeToolClock;
}

/** The timers of a fake tool. */
export interface FakeToolClock {
  setTimeout(fn: () => void, ms: number): unknown;
  clearTimeout(id: unknown): void;
}

/** A fake tool, and its runs. */
export interface FakeTool extends Tool {
  /** Every run, in order. */
  readonly calls: readonly FakeCall[];
}

/** A tool that returns a fixed result, or fails, and records its runs. */
export function fakeTool(options: FakeToolOptions): FakeTool {
  const { name, description = `A fake ${name}.`, schema = z.looseObject({}), result = 'ok', fails, takesMs } = options;
  const { idempotent, derivePermission, subjects, clock = realTime } = options;
  const calls: FakeCall[] = [];
  const tool = defineTool({
    name,
    description,
    schema,
    ...(idempotent === undefined ? {} : { idempotent }),
    ...(derivePermission === undefined ? {} : { derivePermission }),
    ...(subjects === undefined ? {} : { subjects }),
    async execute(input: unknown, context) {
      const call = { input, id: context.callId, agentId: context.agentId };
      calls.push(call);
      if (takesMs !== undefined) await pass(takesMs, context, clock);
      if (fails !== undefined) throw new ToolError(fails);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it was parsed by the schema that the function was written for
      const given = typeof result === 'function' ? result(input as never, call) : result;
      return typeof given === 'string' ? { context: given } : given;
    },
  });
  return Object.assign(tool, { calls });
}

const realTime: FakeToolClock = {
  setTimeout: (fn, ms) => setTimeout(fn, ms),
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only ever a handle that setTimeout above gave out
  clearTimeout: (id) => clearTimeout(id as ReturnType<typeof setTimeout>),
};

function pass(ms: number, { signal }: ToolContext, clock: FakeToolClock): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = clock.setTimeout(resolve, ms);
  const stop = () => {
    clock.clearTimeout(timer);
    reject(new ToolError('The call was cancelled.', { status: 'cancelled' }));
  };
  signal.addEventListener('abort', stop, { once: true });
  return promise.finally(() => signal.removeEventListener('abort', stop));
}
