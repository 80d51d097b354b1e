/** One path through a team: the real orchestrator, moved one event at a time. */
import { AgentOrchestrator, type Envelope, type Grant } from '../../index.ts';
import { TestScheduler } from '../test-scheduler.ts';
import {
  agentsOf,
  callsOf,
  loopAround,
  modelOf,
  orchestratorOptions,
  seededIds,
  type TeamOptions,
  watchedJournal,
} from '../team-options.ts';
import { type VirtualClock, virtualClock } from '../virtual-clock.ts';
import { type AnswersTo, type Explored, Names, type PossibleMove, possibleMoves } from './moves.ts';

/** The options of a team under exploration, or a function that makes them for each path around its clock. */
export type TeamUnderTest =
  Omit<TeamOptions, 'human' | 'clock'> | ((clock: VirtualClock) => Omit<TeamOptions, 'human' | 'clock'>);

export interface AttemptOptions {
  readonly team: TeamUnderTest;
  readonly answers: AnswersTo;
  readonly kills: boolean;
  /** Every part of a model's answer and every check is a move. Otherwise only turns, outcomes, answers and timers are. */
  readonly fine: boolean;
}

interface SeenCall {
  phase: 'called' | 'asked' | 'answered' | 'started' | 'settled';
  outcome?: unknown;
}

export class Attempt implements Explored {
  readonly team: AgentOrchestrator;
  readonly scheduler: TestScheduler;
  readonly clock = virtualClock();
  readonly names = new Names();
  readonly entries: Envelope[] = [];
  /** The moves made so far. */
  readonly way: string[] = [];
  readonly #options: AttemptOptions;
  readonly #calls = new Map<string, SeenCall>();
  readonly #turns = new Map<string, number>();
  readonly #relays = new Set<string>();
  readonly #given: Omit<TeamOptions, 'human' | 'clock'>;

  constructor(options: AttemptOptions) {
    this.#options = options;
    const given = typeof options.team === 'function' ? options.team(this.clock) : options.team;
    this.#given = given;
    this.scheduler = new TestScheduler({ parts: options.fine });
    this.team = new AgentOrchestrator(loopAround(callsOf(modelOf(given)), given), {
      ...orchestratorOptions(given),
      clock: this.clock,
      ids: seededIds(given.seed ?? 1),
      scheduler: this.scheduler,
      journal: watchedJournal((entry) => this.#see(entry)),
    });
  }

  async start(): Promise<void> {
    for (const params of agentsOf(this.#given)) this.team.spawn(params);
    await this.#rest();
  }

  get isOver(): boolean {
    return this.team.agents().every(({ state }) => state === 'done');
  }

  /** Ids of all questions asked so far. */
  get relayIds(): ReadonlySet<string> {
    return this.#relays;
  }

  moves(): readonly PossibleMove[] {
    return this.isOver ? [] : possibleMoves(this, this.#options.answers, this.#options.kills);
  }

  /** Makes a move. False when it is not possible now. */
  async go(label: string): Promise<boolean> {
    const move = this.moves().find((one) => one.label === label);
    if (move === undefined) return false;
    this.way.push(label);
    await move.make();
    await this.#rest();
    return true;
  }

  /** Two paths with the same state have the same future. */
  state(): string {
    const { names, team, clock } = this;
    const agents = team.agents().map(({ id, state, status }) => {
      return [names.agent(id), state, status ?? '', this.#turns.get(id) ?? 0];
    });
    const calls = [...this.#calls].map(([id, call]) => [names.call(id), call.phase, call.outcome ?? null]);
    const moves = this.moves().map(({ label }) => label);
    const next = clock.nextAt === undefined ? null : clock.nextAt - clock.now();
    const sorted = (list: unknown[]) => list.map((one) => JSON.stringify(one)).toSorted();
    return JSON.stringify([
      sorted(agents),
      sorted(calls),
      sorted(team.grants.list().map((one) => this.#plain(one))),
      moves,
      next,
    ]);
  }

  async close(): Promise<void> {
    this.scheduler.open();
    await this.team.cleanup();
  }

  /** Releases checks in a fixed order, unless they are moves. */
  async #rest(): Promise<void> {
    await this.scheduler.settle();
    if (this.#options.fine) return;
    for (;;) {
      const checks = this.scheduler.ready.filter(({ kind }) => kind === 'check' || kind === 'verify');
      const [first] = checks.toSorted((one, other) => (this.names.call(one.id) < this.names.call(other.id) ? -1 : 1));
      if (first === undefined) return;
      await this.scheduler.release(first);
    }
  }

  #plain({ permission, scope, agentId, usesLeft, expiresAt }: Grant): unknown {
    return [permission, scope, scope === 'all' ? '' : this.names.agent(agentId), usesLeft, expiresAt];
  }

  #see(entry: Envelope): void {
    this.entries.push(entry);
    const { agentId, event } = entry;
    switch (event.type) {
      case 'harness_start':
        return this.names.born(agentId, event.name ?? agentId, event.parentId);
      case 'turn':
        return void this.#turns.set(agentId, event.number);
      case 'tool_call':
        this.names.called(event.id, agentId, event.name);
        return void this.#calls.set(event.id, { phase: 'called' });
      case 'relay':
        this.#relays.add(event.id);
        return this.#turn(event.toolCallId, 'asked');
      case 'relay_resolved':
        return this.#turn(event.toolCallId, 'answered', [event.approved, event.reason, event.input]);
      case 'tool_start':
        return this.#turn(event.id, 'started');
      case 'tool_result':
        return this.#turn(event.id, 'settled', [event.status, event.output.context]);
      default:
        return undefined;
    }
  }

  #turn(id: string, phase: SeenCall['phase'], outcome?: unknown): void {
    this.#calls.set(id, { phase, ...(outcome === undefined ? {} : { outcome }) });
  }
}
