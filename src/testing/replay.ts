/** Plays a recorded session again, or branches off it. */
import {
  AgentOrchestrator,
  type Envelope,
  GreenroomError,
  type Harness,
  type InvocationEvent,
  type InvokeParams,
  ModelError,
  type RelayAnswer,
  type Tool,
  type ToolContext,
  ToolError,
  type ToolOutput,
  type TurnResult,
} from '../index.ts';
import { TestScheduler } from './test-scheduler.ts';
import { compare, missing } from './difference.ts';
import { isOver, playOn } from './run-team.ts';
import {
  type Act,
  fromJson,
  type Input,
  type Invocation,
  loadRecording,
  type Recording,
  type ToolEnd,
} from './recording.ts';
import {
  callsOf,
  humanOf,
  loopAround,
  modelOf,
  runOf,
  seededIds,
  type TeamOptions,
  type TeamRun,
  watchedJournal,
} from './team-options.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';

/** Options of `replay`. */
export interface ReplayOptions {
  /** The tools of the agents, by name: schemas and permission methods are code, so no recording holds them. */
  readonly tools?: readonly Tool[];
  /** Runs the tools instead of returning the recorded output, and compares. Default false. */
  readonly liveTools?: boolean;
  /**
   * Repeats the checks of calls (schemas, paths, seals of files) and compares, instead of using the recorded results. The
   * files must be as they were. Default false.
   */
  readonly liveChecks?: boolean;
  /** Gives another answer to one question, and plays on from there. */
  readonly branch?: Branch;
}

/** Another answer to one recorded question, and how the run continues from there. */
export interface Branch extends Pick<TeamOptions, 'human'> {
  /** The id of a relay of the recording. */
  readonly relayId: string;
  readonly answer: RelayAnswer;
  /** The model from there on; tools run from there on. */
  readonly model: TeamOptions['model'];
}

/**
 * Plays a recording. Every entry of the stream is compared with the recorded one, to the byte.
 * @param from A recording, or the file it is in.
 * @throws ReplayDifference (as a rejection) at the first entry that differs; GreenroomError `invalid_params` for a
 *   recording that cannot be used or a tool that is missing.
 */
export async function replay(from: Recording | string, options: ReplayOptions = {}): Promise<TeamRun> {
  const recording = typeof from === 'string' ? loadRecording(from) : from;
  return await new Replay(recording, options).run();
}

class Replay {
  readonly #recording: Recording;
  readonly #options: ReplayOptions;
  readonly #clock: VirtualClock;
  readonly #scheduler = new TestScheduler({ parts: true });
  readonly #entries: Envelope[] = [];
  readonly #contexts = new Map<string, ToolContext>();
  readonly #models: Map<string, Invocation[]>;
  readonly #ends: Map<string, ToolEnd[]>;
  #branched = false;

  constructor(recording: Recording, options: ReplayOptions) {
    this.#recording = recording;
    this.#options = options;
    this.#clock = virtualClock(recording.start);
    this.#models = new Map(Object.entries(recording.models).map(([id, list]) => [id, [...list]]));
    this.#ends = new Map(Object.entries(recording.tools).map(([id, list]) => [id, [...list]]));
  }

  async run(): Promise<TeamRun> {
    const { seed, options, agents } = this.#recording;
    const team = new AgentOrchestrator(loopAround(this.#harness(), this.#recording), {
      ...fromJson(options),
      clock: this.#clock,
      ids: seededIds(seed),
      scheduler: this.#scheduler,
      journal: watchedJournal((entry) => void this.#entries.push(entry)),
    });
    try {
      const tools = new Map((this.#options.tools ?? []).map((tool) => [tool.name, this.#tool(tool)]));
      const [first = ''] = agents.map((agent) =>
        team.spawn({ ...fromJson(agent), tools: agent.tools.map((name) => tools.get(name) ?? absent(name)) }),
      );
      await this.#scheduler.settle();
      this.#compare('the start');
      await this.#play(team);
      return await runOf(team, first);
    } finally {
      this.#scheduler.open();
      await team.cleanup();
    }
  }

  async #play(team: AgentOrchestrator): Promise<void> {
    const { inputs, entries } = this.#recording;
    const { branch } = this.#options;
    let after = 'the start';
    for (const input of inputs) {
      if (branch !== undefined && input.kind === 'answer' && input.relayId === branch.relayId) {
        return await this.#goAnotherWay(team, branch);
      }
      this.#clock.set(input.at);
      if (!(await this.#let(input, team))) throw missing(entries[this.#entries.length], after);
      after = inputText(input);
      this.#compare(after);
    }
    if (branch !== undefined) throw noSuchRelay(branch.relayId);
    if (!isOver(team) || this.#entries.length < entries.length) throw missing(entries[this.#entries.length], after);
  }

  /** From here on it is an ordinary run. */
  async #goAnotherWay(team: AgentOrchestrator, branch: Branch): Promise<void> {
    this.#branched = true;
    team.resolveRelay(branch.relayId, branch.answer);
    await playOn({ team, scheduler: this.#scheduler, clock: this.#clock, human: humanOf(branch) });
  }

  /** Plays one input; false when it does not occur in this run. */
  async #let(input: Input, team: AgentOrchestrator): Promise<boolean> {
    switch (input.kind) {
      case 'release': {
        const { work, id, part } = input;
        const isIt = (one: { kind: string; id: string; part: boolean }) =>
          one.kind === work && one.id === id && one.part === part;
        if (this.#options.liveTools === true && work === 'tool' && !this.#scheduler.ready.some(isIt)) {
          await this.#scheduler.arrival();
        }
        const arrival = this.#scheduler.ready.find(isIt);
        if (arrival === undefined) return false;
        await this.#scheduler.release(arrival, this.#options.liveChecks === true ? undefined : input.found);
        return true;
      }
      case 'answer':
        if (!team.resolveRelay(input.relayId, input.answer)) return false;
        break;
      case 'timer':
        if (!this.#clock.fireNext()) return false;
        break;
      case 'act': {
        const context = this.#contexts.get(input.id);
        if (context === undefined) return false;
        if (this.#options.liveTools !== true || input.act.type === 'file') perform(input.act, context);
        break;
      }
      default:
        input satisfies never;
    }
    await this.#scheduler.settle();
    return true;
  }

  #compare(after: string): void {
    if (!this.#branched) compare(this.#recording.entries, this.#entries, after);
  }

  #harness(): Harness {
    const live = this.#options.branch === undefined ? undefined : callsOf(modelOf(this.#options.branch));
    const next = (agentId: string) => (this.#branched ? undefined : this.#models.get(agentId)?.shift());
    return {
      kind: 'model',
      async *invoke(params: InvokeParams): AsyncGenerator<InvocationEvent, TurnResult | undefined, void> {
        const invocation = next(params.runId ?? '');
        if (invocation !== undefined) return yield* spoken(invocation);
        if (live === undefined)
          throw new ModelError('The recording has no further answer for this agent.', { retryable: false });
        const events = live.invoke(params)[Symbol.asyncIterator]();
        for (;;) {
          const step: IteratorResult<InvocationEvent, TurnResult | undefined> = await events.next();
          if (step.done === true) return step.value;
          yield step.value;
        }
      },
    } as Harness;
  }

  #tool(inner: Tool): Tool {
    return {
      ...inner,
      execute: async (input: unknown, context): Promise<ToolOutput> => {
        this.#contexts.set(context.callId, context);
        const end = this.#branched ? undefined : this.#ends.get(context.callId)?.shift();
        if (end === undefined || this.#options.liveTools === true) return await inner.execute(input, context);
        if (end.error !== undefined) throw new ToolError(end.error.message, { status: end.error.status ?? 'error' });
        return fromJson(end.output ?? {});
      },
    };
  }
}

async function* spoken({
  parts,
  turn,
  error,
}: Invocation): AsyncGenerator<InvocationEvent, TurnResult | undefined, void> {
  for (const part of parts) if (part.type !== 'relay') yield part;
  if (error !== undefined) {
    const { message, ...rest } = error;
    throw new ModelError(message, rest);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as the harness gave it; the agent checks it again
  return turn as TurnResult | undefined;
}

function perform(act: Act, context: ToolContext): void {
  if (act.type === 'progress') context.progress(act.content, act.stream);
  else if (act.type === 'effect') context.effect(act.effect);
  else if (act.type === 'file') context.fileTime.know(act.file);
  else {
    void context.spawn(fromJson(act.params)).catch(() => undefined); // its outcome is recorded with the call
  }
}

function inputText(input: Input): string {
  if (input.kind === 'release') return `the release of ${input.work} ${input.id}`;
  if (input.kind === 'answer') return `the answer to ${input.relayId}`;
  return input.kind === 'timer' ? 'a timer' : `${input.act.type} of ${input.id}`;
}

function absent(name: string): never {
  const problem = `replay(): the tool "${name}" is missing. Give it in tools: its schema is code, and no recording holds it.`;
  throw new GreenroomError('invalid_params', problem, { path: 'tools' });
}

function noSuchRelay(relayId: string): GreenroomError {
  const problem = `replay(): branch.relayId: no question "${relayId}" was answered in this recording.`;
  return new GreenroomError('invalid_params', problem, { path: 'branch.relayId' });
}
