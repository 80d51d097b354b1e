/** Small helpers that scenario tests share: an orchestrator on a scripted model, and ways to read its stream. */
import {
  AgentOrchestrator,
  createAgentHarness,
  createGeneratorHarness,
  defineTool,
  type Envelope,
  type Harness,
  type HarnessEventOf,
  type InvocationEvent,
  type InvokeParams,
  type OrchestratorOptions,
  type RetryOptions,
  type Script,
  scriptedModel,
  type SpawnParams,
  type Tool,
} from '../../src/index.ts';
import * as z from 'zod';

/** An orchestrator whose agents follow `script`. */
export function scriptedTeam(
  script: Script,
  options: OrchestratorOptions & { readonly maxIterations?: number; readonly retry?: RetryOptions } = {},
): AgentOrchestrator {
  const { maxIterations, retry, ...rest } = options;
  return new AgentOrchestrator(
    createAgentHarness({
      harness: createGeneratorHarness({ model: scriptedModel(script) }),
      ...(maxIterations === undefined ? {} : { maxIterations }),
      ...(retry === undefined ? {} : { retry }),
    }),
    rest,
  );
}

/** Spawns an agent with one user message. */
export function start(team: AgentOrchestrator, task: string, params: Partial<SpawnParams> = {}): string {
  return team.spawn({ messages: [{ role: 'user', content: task }], ...params });
}

/** A harness of any kind, made from an async generator. */
export function harnessOf(invoke: (params: InvokeParams) => AsyncGenerator<InvocationEvent, void, void>): Harness {
  return { invoke };
}

export async function collect(events: AsyncIterable<Envelope>): Promise<Envelope[]> {
  const entries: Envelope[] = [];
  for await (const entry of events) entries.push(entry);
  return entries;
}

/** The events of one type, in order. */
export function eventsOf<T extends Envelope['event']['type']>(
  entries: readonly Envelope[],
  type: T,
): HarnessEventOf<T>[] {
  return entries.flatMap(({ event }) => (event.type === type ? [event as HarnessEventOf<T>] : [])); // narrowed by its type
}

/** Waits for the next entry that `match` accepts, on a reader of its own. */
export async function until(team: AgentOrchestrator, match: (entry: Envelope) => boolean): Promise<Envelope> {
  for await (const entry of team.events({ live: true })) if (match(entry)) return entry;
  throw new Error('the stream ended before the entry that the test waits for');
}

/** Resolves once `count` relays wait. */
export async function relaysWaiting(team: AgentOrchestrator, count: number) {
  if (team.getPendingRelays().length < count) {
    await until(team, ({ event }) => event.type === 'relay' && team.getPendingRelays().length >= count);
  }
  return team.getPendingRelays();
}

/** A tool that says what it was given and counts its runs. */
export function echoTool(name = 'echo'): Tool & { readonly runs: unknown[] } {
  const runs: unknown[] = [];
  const tool = defineTool({
    name,
    description: 'Says what it was given.',
    schema: z.object({ text: z.string().default('nothing') }),
    execute: ({ text }) => {
      runs.push(text);
      return { context: `echo: ${text}`, result: { text } };
    },
  });
  return { ...tool, runs };
}

/** A tool that runs until `release` is called. */
export function gateTool(name = 'gate'): Tool & { readonly started: Promise<void>; release(text?: string): void } {
  const gate = Promise.withResolvers<string>();
  const started = Promise.withResolvers<void>();
  const tool = defineTool({
    name,
    description: 'Waits for the test.',
    schema: z.object({}),
    execute: async (_input, { signal }) => {
      started.resolve();
      const aborted = new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
      return { context: await Promise.race([gate.promise, aborted]) };
    },
  });
  return { ...tool, started: started.promise, release: (text = 'released') => gate.resolve(text) };
}

/** A clock that stands still until it is told to go on. */
export function handClock(now = 1_700_000_000_000) {
  let next = 1;
  const timers = new Map<number, { readonly at: number; readonly fn: () => void }>();
  return {
    now: () => now,
    setTimeout: (fn: () => void, ms: number) => {
      timers.set(next, { at: now + ms, fn });
      return next++;
    },
    clearTimeout: (id: unknown) => void timers.delete(id as number),
    get pending() {
      return timers.size;
    },
    /** Moves on by `ms`, running what falls due in order, what it sets included. */
    advance(ms: number) {
      const end = now + ms;
      for (;;) {
        const due = [...timers].filter(([, timer]) => timer.at <= end).toSorted(([, a], [, b]) => a.at - b.at)[0];
        if (due === undefined) break;
        timers.delete(due[0]);
        now = Math.max(now, due[1].at);
        due[1].fn();
      }
      now = end;
    },
  };
}
