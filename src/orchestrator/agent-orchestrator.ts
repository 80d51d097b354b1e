/** The front: a thin layer over the root actor. Everything it does is a message to an actor or a look at the stream. */
import type { Observable } from 'rxjs';
import { Answering } from './answers.ts';
import { faultPoint } from '../diagnostics/fault-points.ts';
import { GreenroomError, messageOf } from '../errors.ts';
import {
  type AgentOutcome,
  type AgentSummary,
  type Envelope,
  type Grant,
  type HarnessEvent,
  type Message,
  type PendingRelay,
  type RelayAnswer,
} from '../events.ts';
import type { Harness } from '../harness/harness.ts';
import { claimJournal, releaseJournal } from '../journal/journal.ts';
import type { ParkedAgent } from '../recovery/restore.ts';
import { takesMessages } from '../machines/agent-context.ts';
import { releasesOf } from '../machines/orchestrator-transitions.ts';
import {
  type EffectiveOptions,
  effectiveOptions,
  type OpenOptions,
  optionsOf,
  type OrchestratorOptions,
} from './options.ts';
import { isLive } from '../permissions/grants.ts';
import { type Recovered, recover } from './open-session.ts';
import { parseSpawnParams, parseUserMessage, type SpawnParams } from './spawn-params.ts';
import { agentSpec } from './agent-spec.ts';
import type { CallExplanation } from '../calls/explanation.ts';
import { type CallToExplain, explainUnmade } from './explanations.ts';
import { ownFiles } from '../permissions/paths/user-folders.ts';
import type { ActorSnapshot } from '../stream/snapshots.ts';
import type { ReadOptions } from '../stream/stream.ts';
import { createSystem, type System, topState } from './system.ts';
import { fitsTool } from '../tools/tool.ts';

/** How long `cleanup()` waits for tools that ignore their signal, in milliseconds. */
const CLEANUP_GRACE_MS = 5000;

/** What `open()` read from the journal, for the options object that it constructs an orchestrator with. */
const recoveredSessions = new WeakMap<OrchestratorOptions, Recovered>();

/**
 * Runs teams of agents as one actor system, with one stream of events and one place where permissions are decided.
 *
 * @example
 * const orchestrator = new AgentOrchestrator();
 * orchestrator.spawn({ messages: [{ role: 'user', content: 'Say hello.' }] });
 * for await (const { event } of orchestrator.events()) console.log(event);
 */
export class AgentOrchestrator implements AsyncDisposable {
  readonly #harness: Harness;
  readonly #options: EffectiveOptions;
  readonly #system: System;
  readonly #answering: Answering;
  readonly #parked: readonly ParkedAgent[];
  #named: number;
  #cleanup: Promise<void> | undefined;

  /**
   * @param options Among them `harness`. Default: the loop around the model that `chooseModel` picks.
   * @throws GreenroomError `invalid_params` or `invalid_rule` for options that cannot be used, `journal` for a journal that
   *   another orchestrator has.
   */
  constructor(options?: OrchestratorOptions);
  /** The same, with the harness as the first argument. */
  constructor(harness?: Harness, options?: Omit<OrchestratorOptions, 'harness'>);
  constructor(first?: Harness | OrchestratorOptions, second?: OrchestratorOptions) {
    const options = optionsOf(first, second);
    const recovered = recoveredSessions.get(options);
    this.#options = effectiveOptions(options, recovered === undefined ? 'new' : 'open', recovered?.lastAt);
    this.#harness = this.#options.harness;
    if (recovered === undefined) claimJournal(this.#options.journal); // open() has claimed it
    this.#parked = recovered?.parked ?? [];
    this.#named = recovered?.started ?? 0;
    this.#system = createSystem({
      options: this.#options,
      recovered,
      onEntry: ({ event }) => {
        if (event.type === 'relay_resolved') this.#answering.settled(event.relayId);
      },
      onFailure: () => queueMicrotask(() => void this.cleanup()),
      resync: () => this.#present(),
    });
    const { root, tracker, live } = this.#system;
    this.#answering = new Answering({
      root,
      options: this.#options,
      tracker,
      fits: ({ agentId, tool }, input) => fitsTool(live.get(agentId)?.getSnapshot().context.spec.tools, tool, input),
    });
    faultPoint('beforeRevive');
    root.start();
    for (const back of recovered?.roots ?? []) root.send({ type: 'agent.restored', restored: back });
    if (recovered !== undefined) root.send({ type: 'session.restored' });
    faultPoint('afterRevive');
    this.#answering.open();
  }

  /**
   * Resumes the session that a journal holds: transcripts, open questions under their ids, grants, budgets, deadlines and
   * subagents. An empty journal starts a new session.
   *
   * Work that was running when the process ended: a model call is made again, a tool that is `idempotent` runs again, and
   * any other becomes a relay of kind `unknown_outcome`. Tools, harnesses and model objects are given again by name; an agent
   * that lacks one is parked, see `parked()`. When this resolves, the session is complete, `getPendingRelays()` included.
   * @throws GreenroomError `journal` (as a rejection) when the journal cannot be read or written; `invalid_params`,
   *   `invalid_rule`. The journal is closed then, unless another orchestrator has it.
   */
  static async open(options: OpenOptions): Promise<AgentOrchestrator> {
    const { tools = [], harnesses = {}, models = {}, ...rest } = options;
    claimJournal(rest.journal);
    try {
      const effective = effectiveOptions(rest, 'open');
      const { harness, clock, ids, journal } = effective;
      const code = { harness, harnesses, tools, models };
      const deps = { clock, ids, own: ownFiles(journal.files) };
      const given = { ...rest, harness };
      recoveredSessions.set(given, await recover({ options: effective, code, deps }));
      const opened = new AgentOrchestrator(given);
      if (opened.#system.stream.failure === undefined) return opened;
      await opened.cleanup();
      throw opened.#system.stream.failure;
    } catch (error) {
      rest.journal?.close({ unfinished: true });
      releaseJournal(rest.journal);
      throw error;
    }
  }

  /** Every entry of the stream from now on, as an RxJS observable; completes with `cleanup()`. */
  get events$(): Observable<Envelope> {
    return this.#system.stream.events$;
  }

  /**
   * The states of all agents and calls, as an RxJS merge of the snapshots of their actors: first the present state of each, then
   * every change. Values only, no references to actors or contexts. Per actor in order of happening; subscribers never run inside
   * an actor's step. Costs nothing without subscribers. Completes with `cleanup()`.
   */
  get snapshots$(): Observable<ActorSnapshot> {
    return this.#system.snapshots.snapshots$;
  }

  /**
   * Starts an agent and returns its id (a UUID v7).
   * @throws GreenroomError `invalid_params` (`path` names the field; nothing is started), `closed` after `cleanup()`,
   *   `journal` when it cannot be recorded.
   */
  spawn(params: SpawnParams): string {
    if (this.#cleanup !== undefined) {
      throw new GreenroomError('closed', 'spawn(): this orchestrator was cleaned up. Make a new one.');
    }
    const given = parseSpawnParams(params);
    const name = given.name ?? `agent-${this.#named + 1}`;
    const { ids, limits, workspace } = this.#options;
    const spec = agentSpec({
      id: ids(),
      name,
      harness: given.harness ?? this.#harness,
      params: given,
      limits,
      workspace,
    });
    this.#named += 1;
    this.#system.root.send({ type: 'agent.spawn', spec });
    this.#mustBeRecorded();
    return spec.identity.id;
  }

  /**
   * A reader of the stream, from the beginning or after `since`. Any number of readers; each gets every event. It ends
   * when every agent has ended and every event was delivered; with `live`, only with `cleanup()`.
   */
  events(options: ReadOptions = {}): AsyncIterableIterator<Envelope> {
    return this.#system.stream.read(options);
  }

  /**
   * Answers a relay. The first answer wins. `true`: this answer won and is recorded. `false`: the relay is unknown or already
   * settled, or an edited `input` fails the tool's schema (the relay stays open then).
   * @throws GreenroomError `invalid_params` for a value that is no answer to this question, or an `always.save` that cannot be
   *   kept; `journal` when the answer cannot be recorded: the relay stays open then.
   */
  resolveRelay(relayId: string, answer: RelayAnswer): boolean {
    return this.#answering.resolve(relayId, answer);
  }

  /** Every relay that waits, oldest first. Independent of the readers of the stream. */
  getPendingRelays(): PendingRelay[] {
    const { pending } = this.#system.root.getSnapshot().context;
    return [...pending.values()].map(({ relay }) => ({
      ...relay,
      // computed on access: with thousands of waiting relays it is the only expensive part
      get releases() {
        return releasesOf({ pending, id: relay.id, proposal: relay.proposal });
      },
    }));
  }

  /** Cancels an agent and its subagents. Does nothing for an unknown id and for an agent that has ended. */
  kill(agentId: string, reason?: string): void {
    if (!this.#system.stream.isRecording) return; // cleanup ends it
    this.#system.live.get(agentId)?.send(reason === undefined ? { type: 'kill' } : { type: 'kill', reason });
  }

  /**
   * Steers a running agent: its model sees the message before the next turn. `false` when it never would: the agent is
   * unknown, ending, in its last turn, or run by an external harness.
   * @throws GreenroomError `invalid_params` for anything but a text or a user message; `journal` when it cannot be recorded.
   */
  send(agentId: string, message: string | Message): boolean {
    const given = parseUserMessage(message);
    const agent = this.#system.stream.isRecording ? this.#system.live.get(agentId) : undefined;
    if (agent === undefined || !takesMessages(agent.getSnapshot().context)) return false;
    agent.send({ type: 'message', message: given });
    this.#mustBeRecorded();
    return true;
  }

  /** The `seq` of the last entry of the stream; 0 before the first. */
  lastSeq(): number {
    return this.#options.journal.lastSeq;
  }

  /** Agents of an opened session that cannot continue until something is given again, and what that is. They stay in the journal. */
  parked(): ParkedAgent[] {
    return [...this.#parked];
  }

  /** All agents, the last 1000 ended ones included. The `state` of one that lives is read from the snapshot of its actor. */
  agents(): AgentSummary[] {
    const { projections, live, stream } = this.#system;
    return projections.team.agents().map((agent) => {
      // a suspended session keeps its agents as they are recorded; their actors have been stopped
      const actor = stream.isRecording ? live.get(agent.id) : undefined;
      const state = actor === undefined ? agent.state : topState(actor.getSnapshot());
      return state === agent.state ? agent : { ...agent, state };
    });
  }

  /**
   * Resolves with the outcome of an agent once it has ended. Does not reject when the agent failed: see `status`.
   * @throws GreenroomError (as a rejection) `invalid_params` for an id that no agent has, `parked` for one that is parked.
   */
  result(agentId: string): Promise<AgentOutcome> {
    const parked = this.#parked.find((agent) => agent.agentId === agentId);
    if (parked !== undefined) {
      return Promise.reject(new GreenroomError('parked', `result(): the agent ${agentId} is parked. ${parked.reason}`));
    }
    return this.#system.projections.outcomes.of(agentId, this.#system.live.has(agentId));
  }

  /** How a call was decided, by its full id `<agentId>/<raw id>`. `undefined` for a call not among the last 10 000. */
  explain(callId: string): CallExplanation | undefined {
    return this.#system.projections.explanations.of(callId);
  }

  /**
   * How a call would be decided now, without making it: no human is asked and nothing is used up.
   * @throws GreenroomError `invalid_params` (as a rejection) when no live agent has this id.
   */
  explainCall(call: CallToExplain): Promise<CallExplanation> {
    const deps = { clock: this.#options.clock, own: this.#system.own };
    const spec = this.#system.live.get(call.agentId)?.getSnapshot().context.spec;
    return explainUnmade({ call, spec, context: () => this.#system.root.getSnapshot().context, deps });
  }

  /** The shared allowlist: what humans granted with "always". */
  readonly grants = {
    /** The grants in force. */
    list: (): Grant[] => {
      const now = this.#options.clock.now();
      return this.#system.root.getSnapshot().context.grants.filter((grant) => isLive(grant, now));
    },
    /**
     * Revokes a grant; the very next call is decided without it. `false` for an unknown id.
     * @throws GreenroomError `journal` when it cannot be recorded.
     */
    revoke: (id: string, by = 'human'): boolean => {
      if (this.#cleanup !== undefined) return false;
      if (!this.#system.root.getSnapshot().context.grants.some((grant) => grant.id === id)) return false;
      this.#system.root.send({ type: 'grant.revoked', grantId: id, by, at: this.#options.clock.now() });
      this.#mustBeRecorded();
      return true;
    },
  };

  /**
   * Kills every agent, aborts every tool, and ends the stream. Leaves no actor, timer, listener, promise or process behind.
   * Idempotent. Waits at most 5 s for tools that ignore their signal.
   */
  cleanup(): Promise<void> {
    this.#cleanup ??= this.#close({ unfinished: false });
    return this.#cleanup;
  }

  /**
   * Stops everything as `cleanup()` does, but ends no agent: the journal keeps them for `open()`. A call that was running has
   * an unknown outcome then; it runs again if its tool is `idempotent`.
   */
  suspend(): Promise<void> {
    this.#cleanup ??= this.#close({ unfinished: true });
    return this.#cleanup;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.cleanup();
  }

  async #close({ unfinished }: { readonly unfinished: boolean }): Promise<void> {
    const { logger, journal } = this.#options;
    logger.info({ agents: this.#system.live.size, unfinished }, unfinished ? 'suspend' : 'cleanup');
    this.#answering.close();
    if (unfinished) {
      this.#system.stream.close(); // records nothing more
      this.#system.projections.outcomes.endAll(
        'cancelled',
        'the orchestrator was suspended; the session can be resumed',
      );
    }
    this.#system.root.send({ type: 'close' });
    const idle = await this.#system.tracker.idle(CLEANUP_GRACE_MS);
    if (!idle) logger.warn({ graceMs: CLEANUP_GRACE_MS }, 'a tool or harness ignored its signal and was left behind');
    this.#system.stream.close();
    this.#system.snapshots.close();
    this.#system.root.stop();
    try {
      // an agent whose end is not recorded has not ended
      const isCut = this.#system.stream.failure !== undefined;
      journal.close({ unfinished: unfinished || isCut || this.#parked.length > 0 });
    } catch (error) {
      logger.error({ error: messageOf(error) }, 'the journal could not be closed');
    }
    releaseJournal(journal);
  }

  /** @throws GreenroomError `journal` when the record failed: nothing is reported as done that is not stored. */
  #mustBeRecorded(): void {
    const { failure } = this.#system.stream;
    if (failure !== undefined) throw failure;
  }

  #present(): Extract<HarnessEvent, { type: 'resync' }> {
    return {
      type: 'resync',
      runId: 'orchestrator',
      agents: this.agents(),
      relays: this.getPendingRelays(),
      grants: this.grants.list(),
    };
  }
}
