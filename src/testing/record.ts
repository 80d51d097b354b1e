/** Records a session while it runs. Models, tools and humans may be real. */
import {
  AgentOrchestrator,
  type Harness,
  type InvocationEvent,
  type InvokeParams,
  messageOf,
  ModelError,
  type Tool,
  type ToolContext,
  ToolError,
  type ToolOutput,
  type TurnResult,
} from '../index.ts';
import { TestScheduler } from './test-scheduler.ts';
import { type Move, playOn } from './run-team.ts';
import { type Act, type Input, type Invocation, type Recording, saveRecording, type ToolEnd } from './recording.ts';
import {
  agentsOf,
  assertPlayed,
  callsOf,
  humanOf,
  loopAround,
  modelOf,
  orchestratorOptions,
  runOf,
  seededIds,
  type TeamOptions,
  type TeamRun,
} from './team-options.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';

/** Options of `record`. */
export interface RecordOptions extends TeamOptions {
  /** Where the recording is written. Default: nowhere. */
  readonly file?: string;
}

/**
 * Runs a team as `runTeam` does, and records every input from outside: the parts of model answers, what tools did and
 * returned, the human's answers, the clock. `replay` plays the recording. Each input is released by itself, and time stands
 * still in between.
 * @throws GreenroomError as `runTeam` does.
 */
export async function record(options: RecordOptions): Promise<TeamRun & { readonly recording: Recording }> {
  const { file, ...team } = options;
  const recorder = new Recorder(team);
  const run = await recorder.run();
  const recording = recorder.recording(run);
  if (file !== undefined) saveRecording(file, recording);
  return { ...run, recording };
}

class Recorder {
  readonly #options: TeamOptions;
  readonly #clock: VirtualClock;
  readonly #start: number;
  readonly #scheduler = new TestScheduler({ parts: true });
  readonly #inputs: Input[] = [];
  readonly #models: Record<string, Invocation[]> = {};
  readonly #tools: Record<string, ToolEnd[]> = {};

  constructor(options: TeamOptions) {
    this.#options = options;
    this.#clock = options.clock ?? virtualClock();
    this.#start = this.#clock.now();
  }

  async run(): Promise<TeamRun> {
    const { seed = 1 } = this.#options;
    const human = humanOf(this.#options);
    const model = modelOf(this.#options);
    const harness = loopAround(this.#harness(callsOf(model)), this.#options);
    const fixed = { clock: this.#clock, ids: seededIds(seed), scheduler: this.#scheduler };
    const team = new AgentOrchestrator(harness, { ...orchestratorOptions(this.#options), ...fixed });
    try {
      const [first = ''] = agentsOf(this.#options).map((params) =>
        team.spawn({ ...params, tools: (params.tools ?? []).map((tool) => this.#tool(tool)) }),
      );
      const table = { team, scheduler: this.#scheduler, clock: this.#clock, human };
      await playOn(table, (move) => this.#note(move));
      const run = await runOf(team, first);
      assertPlayed(model);
      human.assertComplete();
      return run;
    } finally {
      this.#scheduler.open();
      await team.cleanup();
    }
  }

  recording({ entries }: TeamRun): Recording {
    const { seed = 1, maxIterations = 10, permissions, limits, onAsk, workspace = process.cwd() } = this.#options;
    const given = { permissions, limits, onAsk, workspace };
    const recording: unknown = {
      format: 1,
      start: this.#start,
      seed,
      maxIterations,
      options: given,
      agents: agentsOf(this.#options).map(({ tools = [], name, messages, permissions: own, limits: ownLimits }) => ({
        name,
        messages,
        tools: tools.map((tool) => tool.name),
        permissions: own,
        limits: ownLimits,
      })),
      inputs: this.#inputs,
      models: this.#models,
      tools: this.#tools,
      entries,
    };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made above
    return plain(recording) as Recording;
  }

  #note(move: Move): void {
    const at = this.#clock.now();
    if (move.kind === 'answer') this.#inputs.push({ kind: 'answer', at, relayId: move.relayId, answer: move.answer });
    else if (move.kind === 'timer') this.#inputs.push({ kind: 'timer', at });
    else if (move.arrival.kind !== 'act') {
      const { kind: work, id, part, found } = move.arrival;
      this.#inputs.push({
        kind: 'release',
        at,
        work,
        id,
        part,
        ...(found === undefined ? {} : { found: plain(found) }),
      });
    }
  }

  /** What a tool does waits for its release like every other input. */
  #act(id: string, act: Act, perform: () => void): void {
    this.#scheduler.enqueue({ kind: 'act', id, part: false }, () => {
      this.#inputs.push({ kind: 'act', at: this.#clock.now(), id, act });
      perform();
    });
  }

  #harness(inner: Harness): Harness {
    const models = this.#models;
    return {
      kind: 'model',
      async *invoke(params: InvokeParams): AsyncGenerator<InvocationEvent, TurnResult | undefined, void> {
        const invocation: Invocation = { parts: [] };
        (models[params.runId ?? ''] ??= []).push(invocation);
        try {
          const events = inner.invoke(params)[Symbol.asyncIterator]();
          for (;;) {
            const step: IteratorResult<InvocationEvent, TurnResult | undefined> = await events.next();
            if (step.done === true) {
              if (step.value !== undefined) invocation.turn = plain(step.value);
              return step.value;
            }
            if (step.value.type !== 'relay') invocation.parts.push(plain(step.value));
            yield step.value;
          }
        } catch (error) {
          invocation.error = errorOf(error);
          throw error;
        }
      },
    } as Harness;
  }

  #tool(inner: Tool): Tool {
    return {
      ...inner,
      execute: async (input: unknown, context): Promise<ToolOutput> => {
        const id = context.callId;
        const ends = (this.#tools[id] ??= []);
        try {
          const output = await inner.execute(input, this.#context(context));
          ends.push({ output: plain(output) });
          return output;
        } catch (error) {
          const status = error instanceof ToolError ? { status: error.status } : {};
          ends.push({ error: { message: messageOf(error), ...status } });
          throw error;
        }
      },
    };
  }

  #context(inner: ToolContext): ToolContext {
    const id = inner.callId;
    const { fileTime } = inner;
    return {
      ...inner,
      progress: (content, stream = 'status') =>
        this.#act(id, { type: 'progress', content, stream }, () => inner.progress(content, stream)),
      effect: (effect) => this.#act(id, { type: 'effect', effect }, () => inner.effect(effect)),
      spawn: (params) => {
        const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<ToolContext['spawn']>>>();
        const { tools, ...rest } = params;
        const plain = { ...rest, ...(tools === undefined ? {} : { tools: [...tools] }) };
        this.#act(id, { type: 'spawn', params: plain }, () => void inner.spawn(params).then(resolve, reject));
        return promise;
      },
      fileTime: {
        ...fileTime,
        read: async (...given) => this.#saw(id, await fileTime.read(...given)),
        wrote: async (...given) => this.#saw(id, await fileTime.wrote(...given)),
      },
    };
  }

  #saw(id: string, file: Awaited<ReturnType<ToolContext['fileTime']['read']>>) {
    this.#inputs.push({ kind: 'act', at: this.#clock.now(), id, act: { type: 'file', file } });
    return file;
  }
}

/** A copy as a file would give it back. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what JSON cannot hold is lost, which is what replay shows
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

function errorOf(error: unknown): NonNullable<Invocation['error']> {
  if (!(error instanceof ModelError)) return { message: messageOf(error), retryable: false };
  const { message, retryable, retryAfterMs, status } = error;
  return {
    message,
    retryable,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(status === undefined ? {} : { status }),
  };
}
