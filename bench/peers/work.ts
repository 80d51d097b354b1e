/** The work that every subject does, and how it is measured. */
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider';
import { setTimeout as after } from 'node:timers/promises';

/** Measured numbers by name; the rows in `rows.ts` say what each name means. */
export type Figures = Readonly<Record<string, number>>;

export interface Effort {
  /** Repeat before anything is measured, milliseconds. */
  readonly warmMs: number;
  /** Measure at least this long, milliseconds. */
  readonly measureMs: number;
  /** Events through one merge. */
  readonly mergedEvents: number;
}

/** Does the work of one row at one size, checks its outcome, and returns what it measured. Throws on a wrong outcome. */
export type Work = (size: number, effort: Effort) => Promise<Figures>;

/** The rows that a subject can do. */
export type Subject = Readonly<Record<string, Work>>;

/** Deltas of one answer in the row `deltas`. */
export const DELTAS = 1000;
/** Turns of each agent in the row `agents`, and the time its model takes. */
export const AGENT_TURNS = 6;
export const MODEL_MS = 10;

export function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`wrong outcome: ${what}`);
}

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** CPU and wall time of `run`, milliseconds. */
export async function timed(run: () => Promise<void>): Promise<{ readonly cpu: number; readonly wall: number }> {
  const [cpu, wall] = [cpuMs(), performance.now()];
  await run();
  return { cpu: cpuMs() - cpu, wall: performance.now() - wall };
}

/** Repeats `run`, which does `units` of work, and returns milliseconds for each unit. */
export async function repeated(effort: Effort, units: number, run: () => Promise<void>): Promise<Figures> {
  const warmUntil = performance.now() + effort.warmMs;
  do await run();
  while (performance.now() < warmUntil);
  globalThis.gc?.();
  let runs = 0;
  const until = performance.now() + effort.measureMs;
  const { cpu, wall } = await timed(async () => {
    do {
      await run();
      runs += 1;
    } while (performance.now() < until);
  });
  return { cpu: cpu / runs / units, wall: wall / runs / units };
}

/** Heap in use after a collection, bytes. */
export function heap(): number {
  for (let i = 0; i < 3; i += 1) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

/** Bytes of heap that `count` of what `make` leaves behind take, each, and the CPU milliseconds to make one. */
export async function weighed(count: number, make: (count: number) => Promise<object>): Promise<Figures> {
  const before = heap();
  let kept: object | undefined;
  const { cpu } = await timed(async () => {
    kept = await make(count);
  });
  const bytes = (heap() - before) / count;
  check(kept !== undefined, 'nothing was kept');
  return { bytes, cpu: cpu / count };
}

/** CPU of `run`, and the longest time in which no timer could fire, both in milliseconds. */
export async function stalled(run: () => Promise<void>): Promise<Figures> {
  globalThis.gc?.();
  let longest = 0;
  let last = performance.now();
  const look = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, 1);
  await after(20);
  longest = 0;
  last = performance.now();
  const { cpu, wall } = await timed(run);
  look();
  clearInterval(timer);
  return { stall: longest, cpu, wall };
}

/** Counts a merged stream: nothing is lost, and `gap` is the most events until the next (or first) event of a ready agent. */
export function mergeCheck(agents: number, each: number) {
  const seen = new Uint32Array(agents);
  const last = new Float64Array(agents).fill(-1);
  let total = 0;
  let gap = 0;
  return {
    take(agent: number): void {
      gap = Math.max(gap, total - (last[agent] ?? -1));
      last[agent] = total;
      seen[agent] = (seen[agent] ?? 0) + 1;
      total += 1;
    },
    figures({ cpu, wall }: { readonly cpu: number; readonly wall: number }): Figures {
      check(
        seen.every((count) => count === each),
        `${total} of ${agents * each} events arrived`,
      );
      return { rate: total / cpu, gap, wall };
    },
  };
}

const USAGE: LanguageModelV4Usage = {
  inputTokens: { total: 10, noCache: 10, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: 10, text: 10, reasoning: undefined },
};

export interface Script {
  /** Model calls of one agent; all but the last one request a call of the tool `look`. */
  readonly turns: number;
  /** Pieces of text in each answer. */
  readonly pieces?: number;
  /** Before each answer. */
  readonly delayMs?: number;
}

/** What an answer holds, for models of every kind: which turn it is follows from the tool results in the prompt. */
export function answerOf({ turns, pieces = 2 }: Script, results: number) {
  const isLast = results >= turns - 1;
  return {
    texts: Array.from({ length: pieces }, (_, at) => (isLast && at === pieces - 1 ? 'done' : 'word ')),
    call: isLast ? undefined : { id: `call_${results}`, name: 'look', input: { n: results } },
  };
}

/** The instant AI SDK model that Greenroom, `ai` and Mastra share. */
export function instantModel(script: Script): LanguageModelV4 {
  const parts = (prompt: LanguageModelV4CallOptions['prompt']): LanguageModelV4StreamPart[] => {
    const { texts, call } = answerOf(script, prompt.filter(({ role }) => role === 'tool').length);
    return [
      { type: 'stream-start', warnings: [] },
      { type: 'text-start', id: 't' },
      ...texts.map((delta) => ({ type: 'text-delta' as const, id: 't', delta })),
      { type: 'text-end', id: 't' },
      ...(call === undefined
        ? []
        : [
            {
              type: 'tool-call' as const,
              toolCallId: call.id,
              toolName: call.name,
              input: JSON.stringify(call.input),
            },
          ]),
      {
        type: 'finish',
        finishReason: { unified: call === undefined ? 'stop' : 'tool-calls', raw: undefined },
        usage: USAGE,
      },
    ];
  };
  return {
    specificationVersion: 'v4',
    provider: 'bench',
    modelId: 'instant',
    supportedUrls: {},
    doGenerate: () => Promise.reject(new Error('the bench streams')),
    async doStream({ prompt }) {
      if (script.delayMs !== undefined) await after(script.delayMs);
      const stream = new ReadableStream<LanguageModelV4StreamPart>({
        start(controller) {
          for (const part of parts(prompt)) controller.enqueue(part);
          controller.close();
        },
      });
      return { stream };
    },
  };
}

/** Runs `count` at once. */
export async function atOnce<T>(count: number, run: (index: number) => Promise<T>): Promise<readonly T[]> {
  return await Promise.all(Array.from({ length: count }, (_, index) => run(index)));
}

/** What a peer must give so that the common rows can be measured. `Waiting` is what one keeps of a run that waits. */
export interface Peer<Waiting> {
  /** Calls of the tool `look` that ran so far. */
  readonly looked: () => number;
  /** Streams one run to its end, checks its answer, and returns the number of text deltas. */
  readonly play: (script: Script) => Promise<number>;
  /** An agent whose tool asks; its script has two turns. */
  readonly asking: () => {
    /** Runs until the question, and returns what one needs to answer it. */
    readonly ask: () => Promise<Waiting>;
    /** Says yes, and runs to the end. */
    readonly resume: (waiting: Waiting) => Promise<void>;
  };
}

/** The rows that every peer can do. */
export function peerSubject<Waiting>({ looked, play, asking }: Peer<Waiting>): Subject {
  return {
    turn: (turns, effort) =>
      repeated(effort, turns, async () => {
        const before = looked();
        await play({ turns });
        check(looked() - before === turns - 1, `${looked() - before} of ${turns - 1} calls`);
      }),
    agents: async (agents) => {
      const all = (count: number) => atOnce(count, () => play({ turns: AGENT_TURNS, delayMs: MODEL_MS }));
      await all(Math.ceil(agents / 10));
      const before = looked();
      const { cpu, wall } = await timed(async () => void (await all(agents)));
      check(looked() - before === agents * (AGENT_TURNS - 1), `${looked() - before} calls`);
      return { cpu: cpu / agents / AGENT_TURNS, wall };
    },
    deltas: async (agents, effort) => {
      const { cpu = 0, wall = 0 } = await repeated(effort, agents * DELTAS, async () => {
        const texts = await atOnce(agents, () => play({ turns: 1, pieces: DELTAS }));
        check(
          texts.every((count) => count === DELTAS),
          `${texts[0]} of ${DELTAS} deltas`,
        );
      });
      return { cpu: cpu * 1000, wall: wall * 1000 };
    },
    approve: (_size, effort) => {
      const { ask, resume } = asking();
      return repeated(effort, 1, async () => {
        const before = looked();
        await resume(await ask());
        check(looked() - before === 1, 'the call did not run once');
      });
    },
    waiting: async (agents) => {
      const warm = asking();
      await atOnce(Math.ceil(agents / 10), warm.ask);
      return await weighed(agents, async (count) => {
        const agent = asking();
        return { agent, waiting: await atOnce(count, agent.ask) };
      });
    },
    always: async (agents) => {
      const { ask, resume } = asking();
      await Promise.all((await atOnce(Math.ceil(agents / 10), ask)).map(resume));
      const waiting = await atOnce(agents, ask);
      const before = looked();
      const figures = await stalled(async () => void (await Promise.all(waiting.map(resume))));
      check(looked() - before === agents, `${looked() - before} of ${agents} calls ran`);
      return figures;
    },
  };
}
