/** Tools that do what a play says: end, take their time, crash in every way there is, or hang until they are stopped. */
import * as z from 'zod';
import { defineTool, type Tool, type ToolContext, type ToolOutput } from '../../../src/index.ts';
import type { VirtualClock } from '../../../src/testing/index.ts';
import { type Deed, TOOLS } from './play.ts';

/** One run of a tool. */
export interface Run {
  readonly callId: string;
  readonly tool: string;
  readonly input: object;
}

const schema = z.object({ item: z.string(), does: z.string() });

/** What an "always" saves differs: every call of the tool, those about this item, or exactly these arguments. */
const derived: Readonly<Record<string, Pick<Tool, 'derivePermission'>>> = {
  alpha: { derivePermission: () => ({ tool: 'alpha' }) },
  beta: { derivePermission: (input: z.output<typeof schema>) => ({ tool: 'beta', params: { item: input.item } }) },
};

export function toolsOf(clock: VirtualClock, onRun: (run: Run) => void): readonly Tool[] {
  return TOOLS.map((name) =>
    defineTool({
      name,
      description: 'Does what it is told.',
      schema,
      ...derived[name],
      async execute(input, ctx) {
        onRun({ callId: ctx.callId, tool: name, input });
        ctx.progress('at work');
        return await done(input.does as Deed, ctx, clock);
      },
    }),
  );
}

function done(does: Deed, { signal }: ToolContext, clock: VirtualClock): ToolOutput | Promise<ToolOutput> {
  switch (does) {
    case 'ends':
      return { context: 'done' };
    case 'throws an error':
      throw new Error('it broke');
    case 'throws a text':
      // oxlint-disable-next-line typescript/only-throw-error -- tools are other people's code
      throw 'it broke';
    case 'throws nothing':
      // oxlint-disable-next-line typescript/only-throw-error -- as above
      throw undefined;
    case 'gives nonsense':
      return { context: { not: 'a text' }, result: 10n } as never;
    case 'takes time':
      return until(signal, (end) => {
        const timer = clock.setTimeout(() => end({ context: 'done at last' }), 150);
        return () => clock.clearTimeout(timer);
      });
    case 'hangs':
      return until(signal, () => () => undefined);
    default:
      return does satisfies never;
  }
}

/** What comes of it, unless it is stopped before. */
function until(signal: AbortSignal, begin: (end: (output: ToolOutput) => void) => () => void): Promise<ToolOutput> {
  const { promise, resolve, reject } = Promise.withResolvers<ToolOutput>();
  const stop = begin(resolve);
  const onAbort = () => {
    stop();
    reject(signal.reason as Error);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return promise;
}
