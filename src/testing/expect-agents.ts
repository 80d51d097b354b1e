/**
 * Assertions about what a run of agents did. Works in any test runner: one that does not hold throws an AssertionError that
 * names the place.
 */
import { AssertionError } from 'node:assert';
import { type AgentStatus, type Envelope, type HarnessEvent } from '../index.ts';
import { createTeam } from '../read-model/team.ts';
import { type CallMatch, callText, type MatchedCall, matchesCall, matchText } from './call-match.ts';

/** A tree of agents by name; subagents in the order of their start. */
export interface AgentTree {
  readonly name: string;
  readonly agents?: readonly AgentTree[];
}

/** The most that a run may use. A limit that is left out does not count. */
export interface Budget {
  /** Input and output tokens of all agents. */
  readonly tokens?: number;
  /** Model answers of all agents. */
  readonly turns?: number;
  readonly agents?: number;
  /** Tool calls that were started. */
  readonly calls?: number;
}

/** Each assertion returns the same object, so that they can be chained. */
export interface AgentFacts {
  /** No such call was started. */
  neverRuns(match: CallMatch): AgentFacts;
  /** Such calls were started: at least once, or exactly `times`. */
  runs(match: CallMatch, times?: number): AgentFacts;
  /** A human was asked about such a call: at least once, or exactly `times`. */
  asks(match: CallMatch, times?: number): AgentFacts;
  neverAsks(match: CallMatch): AgentFacts;
  /** Every such call that started had asked a human first. */
  asksBeforeRunning(match: CallMatch): AgentFacts;
  /** The first question about `first` came before the first start of `then`; both happened. */
  asksBefore(first: CallMatch, then: CallMatch): AgentFacts;
  /** The first start of `first` came before the first start of `then`; both happened. */
  runsBefore(first: CallMatch, then: CallMatch): AgentFacts;
  /** The agent of this name ended with this status, and with a text that equals or matches `text`. */
  endsWith(agent: string, status: AgentStatus, text?: string | RegExp): AgentFacts;
  /** The agents that the application started, with all their subagents. */
  hasTree(...roots: readonly AgentTree[]): AgentFacts;
  /** The run used no more than this. */
  staysWithin(budget: Budget): AgentFacts;
}

interface Seen extends MatchedCall {
  readonly id: string;
  /** The seq of the first question and of each start. */
  readonly askedAt: number[];
  readonly startedAt: number[];
}

/** @param run A run of `runTeam`, or the entries of a stream from its beginning. */
export function expectAgents(run: readonly Envelope[] | { readonly entries: readonly Envelope[] }): AgentFacts {
  return new RunFacts('map' in run ? run : run.entries);
}

class RunFacts implements AgentFacts {
  readonly #entries: readonly Envelope[];
  readonly #team = createTeam();
  readonly #calls = new Map<string, Seen>();

  constructor(entries: readonly Envelope[]) {
    this.#entries = entries;
    for (const entry of entries) {
      this.#team.apply(entry);
      note(this.#calls, entry, this.#team.agent(entry.agentId)?.path ?? [entry.agentId]);
    }
  }

  neverRuns(match: CallMatch): this {
    const ran = this.#meant(match).filter(({ startedAt }) => startedAt.length > 0);
    if (ran.length === 0) return this;
    return fail(`${matchText(match)} must not run, but ran (seq ${ran[0]?.startedAt[0]}):${listOf(ran)}`);
  }

  runs(match: CallMatch, times?: number): this {
    return this.#count('ran', match, this.#startsOf(match).length, times);
  }

  asks(match: CallMatch, times?: number): this {
    return this.#count('was asked about', match, this.#questionsOf(match).length, times);
  }

  neverAsks(match: CallMatch): this {
    const asked = this.#meant(match).filter(({ askedAt }) => askedAt.length > 0);
    if (asked.length === 0) return this;
    return fail(`A human must not be asked about ${matchText(match)}, but was:${listOf(asked)}`);
  }

  asksBeforeRunning(match: CallMatch): this {
    const unasked = this.#meant(match).filter(({ askedAt, startedAt }) => {
      return startedAt.length > 0 && !(firstOf(askedAt) < firstOf(startedAt));
    });
    return unasked.length === 0 ? this : fail(`Ran without a question:${listOf(unasked)}`);
  }

  asksBefore(first: CallMatch, then: CallMatch): this {
    const asked = firstOf(this.#questionsOf(first));
    return this.#inOrder([`question about ${matchText(first)}`, asked], this.#startOf(then));
  }

  runsBefore(first: CallMatch, then: CallMatch): this {
    return this.#inOrder(this.#startOf(first), this.#startOf(then));
  }

  endsWith(agent: string, status: AgentStatus, text?: string | RegExp): this {
    const ends = this.#entries.flatMap(({ agentId, event }) =>
      event.type === 'harness_end' && this.#team.agent(agentId)?.name === agent ? [event] : [],
    );
    const names = this.#team.agents().map(({ name }) => name);
    if (ends.length === 0) return fail(`No agent "${agent}" ended. There were: ${names.join(', ')}.`);
    const fits = (said: string) => text === undefined || (typeof text === 'string' ? said === text : text.test(said));
    if (ends.some((end) => end.status === status && fits(end.text ?? ''))) return this;
    const found = ends.map((end) => `${end.status}: ${JSON.stringify(end.text)} ${end.reason ?? ''}`.trim()).join('; ');
    const wanted = `${status}${text === undefined ? '' : ` with ${String(text)}`}`;
    return fail(`Agent "${agent}" must end ${wanted}, but ended ${found}.`);
  }

  hasTree(...roots: readonly AgentTree[]): this {
    const actual = JSON.stringify(treeOf(this.#entries), undefined, 2);
    const expected = JSON.stringify(roots.map(plainTree), undefined, 2);
    if (actual === expected) return this;
    const message = `The tree of agents differs. Expected:\n${expected}\nFound:\n${actual}`;
    throw new AssertionError({ message, actual, expected, operator: 'strictEqual' });
  }

  staysWithin(budget: Budget): this {
    const events = this.#entries.map(({ event }) => event);
    const spent: Required<Budget> = {
      tokens: sum(events, (event) => (event.type === 'usage' ? event.inputTokens + event.outputTokens : 0)),
      turns: sum(events, ({ type }) => Number(type === 'turn')),
      agents: sum(events, ({ type }) => Number(type === 'harness_start')),
      calls: sum(events, ({ type }) => Number(type === 'tool_start')),
    };
    for (const key of ['tokens', 'turns', 'agents', 'calls'] as const) {
      const limit = budget[key];
      if (limit !== undefined && spent[key] > limit)
        fail(`${spent[key]} ${key} were used; the budget allows ${limit}.`);
    }
    return this;
  }

  #meant(match: CallMatch): readonly Seen[] {
    return [...this.#calls.values()].filter((call) => matchesCall(match, call));
  }

  #startsOf(match: CallMatch): readonly number[] {
    return this.#meant(match).flatMap(({ startedAt }) => startedAt);
  }

  #questionsOf(match: CallMatch): readonly number[] {
    return this.#meant(match).flatMap(({ askedAt }) => askedAt);
  }

  #startOf(match: CallMatch): readonly [string, number] {
    return [`start of ${matchText(match)}`, firstOf(this.#startsOf(match))];
  }

  #count(what: string, match: CallMatch, places: number, times: number | undefined): this {
    if (times === undefined ? places > 0 : places === times) return this;
    const all = listOf([...this.#calls.values()]);
    return fail(`${matchText(match)} ${what} ${places} times, expected ${times ?? 'at least one'}. There were:${all}`);
  }

  #inOrder([what, at]: readonly [string, number], [then, thenAt]: readonly [string, number]): this {
    if (at < thenAt && thenAt !== Infinity) return this;
    const place = (seq: number) => (seq === Infinity ? 'never' : `seq ${seq}`);
    return fail(`Not in order: ${what} (${place(at)}), then ${then} (${place(thenAt)}).`);
  }
}

function fail(message: string): never {
  throw new AssertionError({ message, stackStartFn: fail });
}

const firstOf = (places: readonly number[]): number => Math.min(...places);

const listOf = (calls: readonly Seen[]): string => calls.map((call) => `\n  ${callText(call)}`).join('') || ' nothing';

function note(calls: Map<string, Seen>, { seq, event }: Envelope, path: readonly string[]): void {
  if (event.type === 'tool_call') {
    calls.set(event.id, { id: event.id, tool: event.name, params: event.input, path, askedAt: [], startedAt: [] });
  }
  if (event.type === 'relay') calls.get(event.toolCallId)?.askedAt.push(seq);
  if (event.type === 'tool_start') calls.get(event.id)?.startedAt.push(seq);
  if (event.type !== 'relay_resolved' || event.input === undefined) return;
  const call = calls.get(event.toolCallId);
  if (call !== undefined) calls.set(call.id, { ...call, params: event.input }); // the human's input is what runs
}

function treeOf(entries: readonly Envelope[]): AgentTree[] {
  const callers = new Map<string, string>();
  const nodes = new Map<string, { readonly name: string; readonly agents: AgentTree[] }>();
  const roots: AgentTree[] = [];
  for (const { agentId, event } of entries) {
    if (event.type === 'tool_call') callers.set(event.id, agentId);
    if (event.type !== 'harness_start') continue;
    const node = { name: event.name ?? agentId, agents: [] };
    nodes.set(agentId, node);
    const parent = event.parentId === undefined ? undefined : nodes.get(callers.get(event.parentId) ?? '');
    (parent?.agents ?? roots).push(node);
  }
  return roots.map(plainTree);
}

const plainTree = ({ name, agents = [] }: AgentTree): AgentTree =>
  agents.length === 0 ? { name } : { name, agents: agents.map(plainTree) };

const sum = (events: readonly HarnessEvent[], count: (event: HarnessEvent) => number): number =>
  events.reduce((total, event) => total + count(event), 0);
