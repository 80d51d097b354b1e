/** Tries every path of a team, and proves or refutes properties of it. */
import { AssertionError } from 'node:assert';
import { type Envelope, GreenroomError, messageOf } from '../../index.ts';
import { Attempt, type TeamUnderTest } from './attempt.ts';
import { Graph } from './graph.ts';
import { type AnswersTo, usualAnswers } from './moves.ts';

/** A property of the stream so far. It fails by returning `false` or by throwing, as `expectAgents` does. */
export type Property = (entries: readonly Envelope[]) => unknown;

/** Options of `exploreTeam`. */
export interface ExploreOptions {
  readonly team: TeamUnderTest;
  /** The answers to try for each question. Default: yes, no, and always where that is possible. */
  readonly answers?: AnswersTo;
  /** Also kill each agent at any time. Default false: it multiplies the states. */
  readonly kills?: boolean;
  /** Must hold in every state, by name. */
  readonly always?: Readonly<Record<string, Property>>;
  /** Must hold whenever all agents have ended, by name. */
  readonly finally?: Readonly<Record<string, Property>>;
  /** The most states; with more, the exploration fails. Default 2000. */
  readonly maxStates?: number;
  /** Further runs in random order, and the seed of the first. Default: 50 from seed 1. */
  readonly schedules?: { readonly count: number; readonly seed?: number };
}

/** The extent of an exploration in which every property held. */
export interface Exploration {
  readonly states: number;
  /** Moves between states; each was made at least once. */
  readonly edges: number;
  /** Events that were tried in a state that does not take them; none changed anything. */
  readonly disabled: number;
  readonly runs: number;
  readonly schedules: number;
}

/**
 * Explores a team under a policy with the real orchestrator: every state that its script, its tools, human answers (and
 * kills) can lead to, every move, and in every state the events that it must not take. Then runs random schedules, in which
 * every part of a text and every check is released by itself.
 *
 * The script and the tools must be deterministic, and the number of states finite: limit an agent that would not end.
 * @throws AssertionError (as a rejection) with the shortest path to a state in which a property fails; GreenroomError
 *   `invalid_params` when there are more than `maxStates`, or when the same moves lead elsewhere.
 */
export async function exploreTeam(options: ExploreOptions): Promise<Exploration> {
  return await new Explorer(options).explore();
}

interface Failure {
  readonly property: string;
  readonly way: readonly string[];
  readonly error: string;
}

class Explorer {
  readonly #options: ExploreOptions;
  readonly #graph = new Graph();
  readonly #failures: Failure[] = [];
  readonly #tried = new Set<string>();
  #disabled = 0;
  #runs = 0;

  constructor(options: ExploreOptions) {
    this.#options = options;
  }

  async explore(): Promise<Exploration> {
    const first = await this.#attempt([]);
    await this.#attempt(first); // the same again must be the same
    for (let way = this.#graph.wayToOpen(); way !== undefined; way = this.#graph.wayToOpen()) await this.#attempt(way);
    if (this.#failures.length > 0) throw await this.#refutation();
    const { count = 50, seed = 1 } = this.#options.schedules ?? {};
    for (let at = 0; at < count; at += 1) await this.#schedule(seed + at);
    if (this.#failures.length > 0) throw refuted(this.#failures[0], `a random schedule`);
    const { states, edges } = this.#graph;
    return { states, edges: edges.length, disabled: this.#disabled, runs: this.#runs, schedules: count };
  }

  #begin(fine: boolean): Attempt {
    const { team, answers = usualAnswers, kills = false } = this.#options;
    this.#runs += 1;
    return new Attempt({ team, answers, kills, fine });
  }

  /** Follows a known path, and continues with untried moves. */
  async #attempt(way: readonly string[]): Promise<readonly string[]> {
    const attempt = this.#begin(false);
    try {
      await attempt.start();
      let state = await this.#arrive(attempt);
      for (let at = 0; ; at += 1) {
        const label = way[at] ?? this.#graph.openMove(state);
        if (label === undefined) return attempt.way;
        if (!(await attempt.go(label))) throw unsteady(attempt.way, label);
        const from = state;
        state = await this.#arrive(attempt);
        if (!this.#graph.lead(from, label, state)) throw unsteady(attempt.way, label);
      }
    } finally {
      await attempt.close();
    }
  }

  async #arrive(attempt: Attempt): Promise<string> {
    const state = attempt.state();
    this.#graph.reach(
      state,
      attempt.moves().map(({ label }) => label),
    );
    const { maxStates = 2000 } = this.#options;
    if (this.#graph.states > maxStates) {
      const problem = `exploreTeam(): there are more than ${maxStates} states. Make the team smaller (fewer agents, turns, answers), or set maxStates.`;
      throw new GreenroomError('invalid_params', problem, { path: 'maxStates' });
    }
    this.#check(attempt);
    if (this.#tried.has(state)) return state;
    this.#tried.add(state);
    await this.#tryDisabled(attempt, state);
    return state;
  }

  #check(attempt: Attempt): void {
    const { always = {}, finally: atEnd = {} } = this.#options;
    const properties = [...Object.entries(always), ...(attempt.isOver ? Object.entries(atEnd) : [])];
    for (const [property, holds] of properties) {
      const error = errorOf(holds, attempt.entries);
      if (error !== undefined) this.#failures.push({ property, way: [...attempt.way], error });
    }
  }

  /** Tries the events that a state must not take: none may change it. */
  async #tryDisabled(attempt: Attempt, state: string): Promise<void> {
    const { team, relayIds, entries, scheduler } = attempt;
    const before = entries.length;
    const waiting = new Set(team.getPendingRelays().map(({ id }) => id));
    const taken: string[] = [];
    const refuse = (what: string, isTaken: boolean) => {
      this.#disabled += 1;
      if (isTaken) taken.push(what);
    };
    for (const id of ['unknown', ...relayIds]) {
      if (!waiting.has(id))
        refuse(`an answer to the settled question ${id}`, team.resolveRelay(id, { approved: true }));
    }
    refuse('the revocation of an unknown grant', team.grants.revoke('unknown'));
    refuse('a message to an unknown agent', team.send('unknown', 'hello'));
    for (const { id, state: agentState } of team.agents()) {
      if (agentState !== 'done') continue;
      team.kill(id);
      refuse(`a message to the ended agent ${attempt.names.agent(id)}`, team.send(id, 'hello'));
    }
    await scheduler.settle();
    if (entries.length !== before || attempt.state() !== state) taken.push('an event that it should not take');
    const [first] = taken;
    if (first === undefined) return;
    this.#failures.push({
      property: 'a disabled event changes nothing',
      way: [...attempt.way],
      error: `${first} was taken`,
    });
  }

  /** The shortest path to that failure: all shorter paths are tried first. */
  async #refutation(): Promise<AssertionError> {
    const known = this.#failures.toSorted((one, other) => one.way.length - other.way.length)[0];
    const among = `${this.#graph.states} states`;
    if (known === undefined) return refuted(known, among);
    const shorter = [...this.#graph.shortestWays().values()].filter(({ length }) => length < known.way.length);
    for (const way of shorter.toSorted((one, other) => one.length - other.length)) {
      const error = await this.#failsOn({ ...known, way });
      if (error !== undefined) return refuted({ ...known, way, error }, among);
    }
    return refuted(known, among);
  }

  async #failsOn({ property, way }: Failure): Promise<string | undefined> {
    const { always = {}, finally: atEnd = {} } = this.#options;
    const attempt = this.#begin(false);
    try {
      await attempt.start();
      for (const label of way) if (!(await attempt.go(label))) return undefined;
      const holds = always[property] ?? (attempt.isOver ? atEnd[property] : undefined);
      return holds === undefined ? undefined : errorOf(holds, attempt.entries);
    } finally {
      await attempt.close();
    }
  }

  async #schedule(seed: number): Promise<void> {
    const attempt = this.#begin(true);
    const choose = chooser(seed);
    try {
      await attempt.start();
      for (let moves = attempt.moves(); moves.length > 0; moves = attempt.moves()) {
        await attempt.go(moves[choose(moves.length)]?.label ?? '');
        this.#check(attempt);
        if (this.#failures.length > 0) return;
      }
      if (!attempt.isOver) throw unsteady(attempt.way, 'anything');
    } finally {
      await attempt.close();
    }
  }
}

function errorOf(holds: Property, entries: readonly Envelope[]): string | undefined {
  try {
    return holds(entries) === false ? 'it returned false' : undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function refuted(failure: Failure | undefined, among: string): AssertionError {
  const { property = '', way = [], error = '' } = failure ?? {};
  const steps = way.length === 0 ? ['  (at the start)'] : way.map((label, at) => `  ${at + 1}. ${label}`);
  const message = [
    `exploreTeam(): "${property}" does not hold (${among}): ${error}`,
    'The shortest path to it:',
    ...steps,
  ];
  return new AssertionError({ message: message.join('\n'), stackStartFn: exploreTeam });
}

function unsteady(way: readonly string[], label: string): GreenroomError {
  const problem = `exploreTeam(): the same moves do not always lead to the same state: after ${way.join(', ') || 'the start'}, "${label}" is different. Scripts and tools must depend on their arguments only.`;
  return new GreenroomError('invalid_params', problem);
}

/** Numbers below a limit, the same for the same seed (xorshift32, Marsaglia 2003). */
function chooser(seed: number): (limit: number) => number {
  let state = (Math.imul(seed, 2654435761) ^ 0x9e3779b9) >>> 0 || 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % limit;
  };
}
