/** Sessions that stop and come back, in one process. */
import {
  AgentOrchestrator,
  call,
  createAgentHarness,
  createGeneratorHarness,
  defineTool,
  type Envelope,
  type Harness,
  type OpenOptions,
  type Script,
  scriptedModel,
  type Tool,
} from '../../src/index.ts';
import { type Journal, memoryJournal } from '../../src/journal/index.ts';
import * as z from 'zod';

export const harnessOf = (script: Script): Harness =>
  createAgentHarness({ harness: createGeneratorHarness({ model: scriptedModel(script) }), maxIterations: 5 });

export interface Session {
  readonly journal: Journal;
  readonly first: AgentOrchestrator;
  /** Opens it again, with the same code. */
  readonly reopen: (options?: Partial<OpenOptions>) => Promise<AgentOrchestrator>;
}

/** A new session of agents that follow `script`, in a journal that can be opened again. */
export function session(script: Script, tools: readonly Tool[], options: Partial<OpenOptions> = {}): Session {
  const journal = options.journal ?? memoryJournal();
  return {
    journal,
    first: new AgentOrchestrator(harnessOf(script), { ...options, journal }),
    reopen: (more = {}) => AgentOrchestrator.open({ harness: harnessOf(script), tools, ...options, ...more, journal }),
  };
}

/** Everything that is in a journal. */
export function entriesOf(journal: Journal): Envelope[] {
  const entries: Envelope[] = [];
  for (;;) {
    const page = journal.read({ since: entries.at(-1)?.seq ?? 0, limit: 1000 });
    if (page.entries.length === 0) return entries;
    entries.push(...page.entries);
  }
}

/** A copy of what a journal holds up to an entry: as if the process had been killed right after it. */
export function cutAfter(journal: Journal, seq: number): Journal {
  const copy = memoryJournal();
  copy.append(structuredClone(entriesOf(journal).filter((entry) => entry.seq <= seq)));
  return copy;
}

/** A tool whose runs are seen from outside, and never end by themselves until they are let. */
export function heldTool(name = 'held', idempotent = false): Tool & { readonly runs: string[]; release(): void } {
  const runs: string[] = [];
  const gate = Promise.withResolvers<void>();
  const tool = defineTool({
    name,
    description: 'Waits for the test, unless it was let go.',
    schema: z.object({ text: z.string().default('-') }),
    idempotent,
    execute: async ({ text }, { signal }) => {
      runs.push(text);
      const aborted = Promise.withResolvers<never>();
      signal.addEventListener('abort', () => aborted.reject(new Error('aborted')), { once: true });
      await Promise.race([gate.promise, aborted.promise]);
      return { context: `${name}: ${text}` };
    },
  });
  return { ...tool, runs, release: () => gate.resolve() };
}

/** Asks for one call of `echo` and says what it gave. */
export const askOnce: Script = function* () {
  const [echo] = yield { calls: [call('echo', { text: 'hi' })] };
  yield { text: `it said: ${echo?.text}` };
};
