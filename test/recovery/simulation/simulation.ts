/**
 * A whole team under a seed: clock, ids, model, tools, human and store are all made up, and everything goes wrong that can.
 * The same seed gives the same run.
 */
import { setImmediate as nextRound } from 'node:timers/promises';
import * as z from 'zod';
import {
  AgentOrchestrator,
  agentTool,
  call,
  createAgentHarness,
  createGeneratorHarness,
  defineTool,
  type Envelope,
  type PendingRelay,
  type RelayAnswer,
  type Script,
  type ScriptedCall,
  scriptedModel,
  type Tool,
  ToolError,
} from '../../../src/index.ts';
import { handClock } from '../../support/team.ts';
import { Random } from './random.ts';
import { createStore, type Fault, processView, type Store } from './store.ts';

export interface Simulated {
  readonly entries: readonly Envelope[];
  /** Answers of which a process, or the store, said that they count. */
  readonly accepted: ReadonlyMap<string, RelayAnswer>;
  readonly crashes: number;
  /** What went against a promise while it ran. */
  readonly faults: readonly string[];
  readonly timersLeft: number;
  readonly openAtEnd: number;
}

const ROUNDS = 4000;
/** Crashes at most; the last process has none. */
const CRASHES = 4;

export async function simulate(seed: number): Promise<Simulated> {
  const simulation = new Simulation(seed);
  return await simulation.run();
}

class Simulation {
  readonly #random: Random;
  readonly #script: Script;
  readonly #clock = handClock();
  readonly #store: Store = createStore();
  readonly #accepted = new Map<string, RelayAnswer>();
  readonly #faults: string[] = [];
  readonly #runs = new Map<string, number>();
  #ids = 0;
  #process = 0;

  constructor(seed: number) {
    this.#random = new Random(seed);
    this.#script = scriptFor(this.#random);
  }

  async run(): Promise<Simulated> {
    let crashes = 0;
    let team: AgentOrchestrator | undefined;
    for (;;) {
      const fault = crashes < CRASHES && !this.#random.oneIn(4) ? this.#fault() : undefined;
      const journal = processView(this.#store, fault);
      this.#process += 1;
      const died = await this.#live(journal).then(
        (made) => {
          team = made;
          return journal.failed;
        },
        () => true, // it died while it came back
      );
      if (!died) break;
      crashes += 1;
      this.#whileNothingRuns();
    }
    const openAtEnd = team?.agents().filter(({ state }) => state !== 'done').length ?? 0;
    await team?.cleanup();
    return {
      entries: this.#store.entries(),
      accepted: this.#accepted,
      crashes,
      faults: this.#faults,
      timersLeft: this.#clock.pending,
      openAtEnd,
    };
  }

  /** One process, from its start to its death or to the end of the work. */
  async #live(journal: ReturnType<typeof processView>): Promise<AgentOrchestrator> {
    const team = await AgentOrchestrator.open({
      journal,
      harness: createAgentHarness({ harness: createGeneratorHarness({ model: scriptedModel(this.#script) }) }),
      clock: this.#clock,
      ids: () => `id${(this.#ids += 1)}`,
      tools: this.#tools(this.#process),
      permissions: { allowlist: [{ tool: 'free' }, { tool: 'agent' }], deny: [{ tool: 'banned' }] },
      limits: { maxAgents: 12 },
    });
    try {
      if (team.agents().length === 0) this.#spawn(team);
      for (let round = 0; round < ROUNDS && !journal.failed; round += 1) {
        await nextRound();
        if (team.agents().every(({ state }) => state === 'done')) break;
        this.#act(team);
        this.#clock.advance(this.#random.below(50));
      }
    } catch (error) {
      if (!journal.failed) throw error;
    }
    if (journal.failed) {
      this.#process += 1; // whatever of it still runs is dead
      await team.cleanup();
    }
    return team;
  }

  #spawn(team: AgentOrchestrator): void {
    const roots = 1 + this.#random.below(2);
    for (let root = 0; root < roots; root += 1) {
      const tools = this.#tools(this.#process);
      const limits = this.#random.oneIn(3) ? { maxDurationMs: 500 + this.#random.below(3000) } : {};
      const allowOnce = this.#random.oneIn(2) ? [{ tool: 'once' }] : [];
      team.spawn({ messages: [{ role: 'user', content: `root${root}` }], tools, limits, permissions: { allowOnce } });
    }
  }

  /** What people do: answer, sometimes twice or too late, take back, stop, steer, or nothing at all. */
  #act(team: AgentOrchestrator): void {
    const random = this.#random;
    const [first] = team.getPendingRelays();
    if (first !== undefined && random.oneIn(3)) {
      this.#answer(team, first);
      if (random.oneIn(3)) this.#answer(team, first); // twice
    }
    if (random.oneIn(8)) {
      const late = [...this.#accepted.keys()].at(-1);
      if (late !== undefined && team.resolveRelay(late, { approved: true }))
        this.#faults.push(`${late} answered twice`);
    }
    if (random.oneIn(60)) for (const { id } of team.grants.list()) team.grants.revoke(id);
    if (random.oneIn(200)) team.kill(random.of(['', ...team.agents().map(({ id }) => id)]));
    if (random.oneIn(40)) team.send(random.of(['', ...team.agents().map(({ id }) => id)]), 'hurry');
  }

  #answer(team: AgentOrchestrator, relay: PendingRelay): void {
    const answer = answerFor(relay, this.#random);
    const known = this.#accepted.get(relay.id);
    if (!team.resolveRelay(relay.id, answer)) return;
    if (known !== undefined) this.#faults.push(`two answers to ${relay.id} were accepted`);
    this.#accepted.set(relay.id, answer);
  }

  /** Somebody answers a session that is stopped. */
  #whileNothingRuns(): void {
    this.#clock.advance(this.#random.below(200));
    if (!this.#random.oneIn(2)) return;
    const entries = this.#store.entries();
    const settled = new Set(entries.flatMap(({ event }) => (event.type === 'relay_resolved' ? [event.relayId] : [])));
    for (const { event } of entries) {
      if (event.type !== 'relay' || settled.has(event.id)) continue;
      const answer: RelayAnswer = this.#random.oneIn(2) ? { approved: true } : { approved: false, reason: 'from afar' };
      if (this.#store.journal.answer?.(event.id, answer, this.#clock.now()) !== true) continue;
      if (this.#accepted.has(event.id)) this.#faults.push(`a second answer to ${event.id} was recorded`);
      this.#accepted.set(event.id, answer);
    }
  }

  #fault(): Fault {
    return { at: 1 + this.#random.below(60), how: this.#random.of(['lost', 'stored', 'error']) };
  }

  #tools(process: number): readonly Tool[] {
    const tool = (name: string, idempotent = false) =>
      defineTool({
        name,
        description: 'Does something outside.',
        schema: z.object({ text: z.string(), waitMs: z.number().default(0) }),
        idempotent,
        derivePermission: () => ({ tool: name }),
        execute: async ({ text, waitMs }, { callId, signal }) => {
          this.#begin(name, callId, process);
          if (waitMs > 0) await this.#wait(waitMs, signal);
          if (text === 'fail') throw new ToolError('as scripted');
          return { context: `${name} did ${text}` };
        },
      });
    return [tool('free'), tool('asked'), tool('once'), tool('banned'), tool('look', true), agentTool];
  }

  #wait(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = this.#clock.setTimeout(resolve, ms);
    const stop = () => {
      this.#clock.clearTimeout(timer);
      reject(new ToolError('stopped', { status: 'cancelled' }));
    };
    signal.addEventListener('abort', stop, { once: true });
    return promise.finally(() => signal.removeEventListener('abort', stop));
  }

  /** A tool begins: its intent is in the store, and no other run of the same intent was there. */
  #begin(name: string, callId: string, process: number): void {
    if (process !== this.#process) return; // of a process that is dead
    const starts = this.#store.entries().filter(({ event }) => event.type === 'tool_start' && event.id === callId);
    const runs = (this.#runs.get(callId) ?? 0) + 1;
    this.#runs.set(callId, runs);
    if (runs > starts.length) this.#faults.push(`${callId} (${name}) began ${runs} times on ${starts.length} intents`);
    if (name === 'banned') this.#faults.push(`${callId}: a forbidden tool began`);
    const last = starts.at(-1)?.event;
    const by = last?.type === 'tool_start' ? last.decidedBy : undefined;
    if (by?.kind === 'grant' && !this.#isGranted(by.id ?? ''))
      this.#faults.push(`${callId} began on a grant that is gone`);
    const denied = this.#accepted.get(by?.kind === 'human' ? (by.id ?? '') : '');
    if (denied?.approved === false) this.#faults.push(`${callId} began although a human said no`);
  }

  #isGranted(id: string): boolean {
    let granted = false;
    for (const { event } of this.#store.entries()) {
      if (event.type === 'relay_resolved' && event.grants?.some((grant) => grant.id === id)) granted = true;
      if (event.type === 'grant_revoked' && event.grantId === id) granted = false;
    }
    return granted;
  }
}

function answerFor({ kind }: PendingRelay, random: Random): RelayAnswer {
  if (kind === 'unknown_outcome') {
    return random.of<RelayAnswer>([
      { approved: true },
      { approved: true, output: { context: 'seen' } },
      { approved: false },
    ]);
  }
  return random.of<RelayAnswer>([
    { approved: true },
    { approved: true, always: true },
    { approved: true, always: { uses: 1, scope: 'subtree' } },
    { approved: true, input: { text: 'edited' } },
    { approved: false, reason: 'no' },
  ]);
}

/** What every agent of this simulation says, worked out before it starts: a script must be the same each time it is asked. */
function scriptFor(random: Random): Script {
  const plan = new Map<string, readonly (readonly ScriptedCall[])[]>();
  const planFor = (task: string, depth: number): void => {
    const turns = 1 + random.below(3);
    plan.set(
      task,
      Array.from({ length: turns }, (_, turn) =>
        Array.from({ length: 1 + random.below(3) }, (__, at) => {
          if (depth < 2 && random.oneIn(4)) {
            const child = `${task}.${turn}.${at}`;
            planFor(child, depth + 1);
            return call('agent', { task: child });
          }
          const name = random.of(['free', 'asked', 'asked', 'once', 'banned', 'look']);
          const text = random.oneIn(6) ? 'fail' : `t${random.below(5)}`;
          return call(name, { text, waitMs: random.oneIn(2) ? random.below(300) : 0 });
        }),
      ),
    );
  };
  planFor('root0', 0);
  planFor('root1', 0);
  return function* ({ task }) {
    for (const calls of plan.get(task) ?? []) yield { text: `${task} works. `, calls };
    yield { text: `${task} is done.` };
  };
}
