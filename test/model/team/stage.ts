/** The real orchestrator, moved on one act at a time, and what it says of itself in the model's words. */
import { expect } from 'vitest';
import * as z from 'zod';
import {
  type AgentOrchestrator,
  agentTool,
  defineTool,
  type Envelope,
  GreenroomError,
  type InvokeParams,
  type RelayAnswer,
  type Scheduler,
  type Tool,
  ToolError,
} from '../../../src/index.ts';
import { TestScheduler, seededIds, virtualClock } from '../../../src/testing/index.ts';
import { watchedJournal } from '../../../src/testing/team-options.ts';
import { type PlayedTurn, playedTeam } from '../../support/played-model.ts';
import { expectLaws, mirrorOf } from '../../lifecycle/laws.ts';
import { TURNS } from './semantics.ts';
import { callIdIn, lineOf, standingAfter } from './telling.ts';
import { type Act, type Answer, agentOf, type Cast, type Outcome } from './world.ts';

const ANSWERS: Readonly<Record<Answer, RelayAnswer>> = {
  yes: { approved: true },
  always: { approved: true, always: true },
  no: { approved: false },
  edit: { approved: true, input: { path: 'elsewhere' } },
  'edit into the forbidden': { approved: true, input: { path: 'forbidden' } },
  'edit into nonsense': { approved: true, input: { path: 7 } },
};

/** What agents are sent. */
const A_WORD = 'a word';

type Gate<T> = PromiseWithResolvers<T>;

export class Stage {
  readonly team: AgentOrchestrator;
  readonly #cast: Cast;
  readonly #scheduler = new TestScheduler();
  readonly #clock = virtualClock();
  readonly #journal = watchedJournal((entry) => this.#see(entry));
  readonly #mirror = mirrorOf(this.#journal);
  readonly #entries: Envelope[] = [];
  readonly #told: string[] = [];
  /** Names and ids of agents. */
  readonly #names = new Map<string, string>();
  readonly #ids = new Map<string, string>();
  /** By the name of the call: the question about it, the grant that was made of the answer, and how it stands. */
  readonly #relays = new Map<string, string>();
  readonly #grants = new Map<string, string>();
  readonly #calls = new Map<string, string>();
  /** Models that were asked and tools that run, until the act comes that says what they come to. */
  readonly #models = new Map<string, Gate<PlayedTurn>>();
  readonly #tools = new Map<string, Gate<void>>();

  constructor(cast: Cast) {
    this.#cast = cast;
    this.team = playedTeam((asked) => this.#ask(asked), {
      maxIterations: TURNS,
      permissions: {
        allowlist: [{ tool: 'agent' }],
        deny: [{ tool: 'write', params: { path: 'forbidden' } }],
      },
      clock: this.#clock,
      ids: seededIds(),
      journal: this.#journal,
      scheduler: this.#checksAtOnce(),
    });
  }

  /** How it all stands, from the public API alone, and what was told since the last look. */
  situation(): object {
    this.#mirror.compare(this.team);
    const { team } = this;
    return {
      agents: Object.fromEntries(team.agents().map(({ name, state, status }) => [name, status ?? state])),
      calls: Object.fromEntries(this.#calls),
      relays: team.getPendingRelays().map((relay) => ({
        call: this.#nameOf(relay.toolCallId),
        releases: relay.releases.map((id) => keyOf(this.#relays, id)),
      })),
      grants: team.grants.list().map(({ id }) => keyOf(this.#grants, id)),
      thinking: [...this.#models.keys()].toSorted(),
      running: [...this.#tools.keys()].toSorted(),
      told: this.#told.splice(0).toSorted(),
    };
  }

  /** Does something that does something. */
  async make(act: Act): Promise<void> {
    switch (act.type) {
      case 'turn':
        this.#open(this.#models, act.agent)?.resolve(this.#turnOf(act.agent));
        return this.#letIn('model', this.#id(act.agent));
      case 'turn fails':
        this.#open(this.#models, act.agent)?.resolve({ fails: { error: new Error('as told') } });
        return this.#letIn('model', this.#id(act.agent));
      case 'tool ends':
        this.#open(this.#tools, act.call)?.resolve();
        return this.#letIn('tool', this.#fullId(act.call));
      case 'tool fails':
        this.#open(this.#tools, act.call)?.reject(new ToolError('as told'));
        return this.#letIn('tool', this.#fullId(act.call));
      case 'hire returns':
        return this.#letIn('tool', this.#fullId(act.call));
      case 'cleanup':
        void this.team.cleanup();
        return this.#scheduler.settle();
      default:
        this.try(act);
        return this.#scheduler.settle();
    }
  }

  /** Tries something, and returns what is said to it. */
  try(act: Act): unknown {
    const { team } = this;
    switch (act.type) {
      case 'spawn':
        return codeOf(() => {
          const tools = [agentTool, this.#writeTool()];
          this.#ids.set(act.agent, team.spawn({ name: act.agent, tools, messages: [{ role: 'user', content: 'go' }] }));
        });
      case 'kill':
        return team.kill(this.#id(act.agent));
      case 'message':
        return team.send(this.#id(act.agent), A_WORD);
      case 'answer':
        return team.resolveRelay(this.#relays.get(act.call) ?? 'unknown', ANSWERS[act.how]);
      case 'revoke':
        return team.grants.revoke(this.#grants.get(act.call) ?? 'unknown');
      case 'cleanup':
        return team.cleanup() === team.cleanup() ? 'once' : 'again';
      default:
        return this.#awaits(act) ? 'awaited' : 'not awaited';
    }
  }

  /** Lets in what has come and is of no use any more, and returns once everything that follows has happened. */
  async settle(): Promise<void> {
    const { ready } = this.#scheduler;
    for (const arrival of ready) if (!this.#isReturn(arrival.id)) await this.#scheduler.release(arrival);
    await this.#scheduler.settle();
  }

  /** The end of the play; nothing is left behind. */
  async close(): Promise<void> {
    this.#scheduler.open();
    await this.team.cleanup();
    expectLaws(this.#entries);
    expect(this.#clock.pending).toBe(0);
  }

  /** What comes of checks is no act: it is let in at once. */
  #checksAtOnce(): Scheduler {
    return {
      begin: (work) =>
        work.kind === 'check' || work.kind === 'verify' ? () => undefined : this.#scheduler.begin(work),
    };
  }

  async #letIn(kind: 'model' | 'tool', id: string): Promise<void> {
    await this.#scheduler.settle();
    const arrival = this.#scheduler.ready.find((one) => one.kind === kind && one.id === id);
    if (arrival === undefined) throw new Error(`nothing has come of ${kind} ${id}`);
    await this.#scheduler.release(arrival);
  }

  /** Whether there is something of which this could come. */
  #awaits(act: Outcome): boolean {
    if ('agent' in act) return this.#models.has(act.agent);
    return act.type === 'hire returns' ? this.#isReturn(this.#fullId(act.call)) : this.#tools.has(act.call);
  }

  /** What a subagent came to waits to be given to the call that asked for it. */
  #isReturn(id: string): boolean {
    const name = this.#nameOf(id);
    return (
      name in this.#cast.hires &&
      this.#calls.get(name) === 'running' &&
      this.#scheduler.ready.some((arrival) => arrival.id === id)
    );
  }

  #ask({ runId = '', messages, signal }: InvokeParams): Promise<PlayedTurn> {
    const name = this.#names.get(runId) ?? runId;
    const since = messages.findLastIndex(({ role }) => role === 'assistant');
    const isTold = messages.slice(since + 1).some(({ content }) => content === A_WORD);
    this.#told.push(`${name} is asked${isTold ? ', with a word' : ''}`);
    return this.#gate(this.#models, name, signal);
  }

  #writeTool(): Tool {
    return defineTool({
      name: 'write',
      description: 'Writes.',
      schema: z.object({ path: z.string() }),
      derivePermission: () => ({ tool: 'write' }),
      execute: async ({ path }, { callId, signal }) => {
        const name = this.#nameOf(callId);
        this.#told.push(`${name} writes ${path}`);
        await this.#gate(this.#tools, name, signal);
        return { context: 'written' };
      },
    });
  }

  #gate<T>(gates: Map<string, Gate<T>>, name: string, signal: AbortSignal | undefined): Promise<T> {
    const gate = Promise.withResolvers<T>();
    gates.set(name, gate);
    const stop = () => {
      gates.delete(name);
      gate.reject(new ToolError('stopped', { status: 'cancelled' }));
    };
    signal?.addEventListener('abort', stop, { once: true });
    return gate.promise;
  }

  #open<T>(gates: Map<string, Gate<T>>, name: string): Gate<T> | undefined {
    const gate = gates.get(name);
    gates.delete(name);
    return gate;
  }

  #turnOf(name: string): PlayedTurn {
    const turns = this.#entries.filter(({ agentId, event }) => event.type === 'turn' && agentId === this.#id(name));
    if (turns.length > 0) return { text: 'done' };
    const calls = (this.#cast.agents[name] ?? []).map((id) => {
      const child = this.#cast.hires[`${name}/${id}`];
      if (child !== undefined) return { id, name: 'agent', input: { task: 'go', name: child } };
      return { id, name: 'write', input: { path: 'what was asked' } };
    });
    return { text: 'working', calls };
  }

  #see(entry: Envelope): void {
    this.#entries.push(entry);
    const { agentId, event } = entry;
    if (event.type === 'harness_start') {
      this.#names.set(agentId, event.name ?? agentId);
      this.#ids.set(event.name ?? agentId, agentId);
    }
    const callId = callIdIn(event);
    const name = callId === undefined ? (this.#names.get(agentId) ?? agentId) : this.#nameOf(callId);
    if (event.type === 'relay') this.#relays.set(name, event.id);
    if (event.type === 'relay_resolved') for (const { id } of event.grants ?? []) this.#grants.set(name, id);
    const standing = standingAfter(event);
    if (standing !== undefined) this.#calls.set(name, standing);
    const line = lineOf(event, name, (grantId) => keyOf(this.#grants, grantId));
    if (line !== undefined) this.#told.push(line);
  }

  /** Those that the play has not come to have an id that nobody has. */
  #id(agent: string): string {
    return this.#ids.get(agent) ?? 'nobody';
  }

  #fullId(call: string): string {
    return `${this.#id(agentOf(call))}/${call.slice(call.indexOf('/') + 1)}`;
  }

  #nameOf(callId: string): string {
    const [agentId = ''] = callId.split('/');
    return `${this.#names.get(agentId) ?? agentId}${callId.slice(agentId.length)}`;
  }
}

const keyOf = (map: ReadonlyMap<string, string>, value: string): string =>
  [...map].find(([, other]) => other === value)?.[0] ?? `unknown ${value}`;

function codeOf(act: () => void): string {
  try {
    act();
    return 'done';
  } catch (error) {
    return error instanceof GreenroomError ? error.code : String(error);
  }
}
