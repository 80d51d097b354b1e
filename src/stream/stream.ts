/**
 * One sequenced stream of what all actors emit: each event is recorded in the journal, then delivered to subscribers and
 * readers.
 *
 * Guarantees (one test each in test/stream):
 * - `seq` is global, strictly increasing, without gaps for a reader from the start;
 * - per agent the order is the order of happening, across agents that of publication;
 * - an entry is in the journal before it is delivered;
 * - subscribers never run inside an actor's step, so what they send cannot overtake its own cause.
 */
import { defer, filter, type Observable, Subject } from 'rxjs';
import type { AnyActorRef } from 'xstate';
import { GreenroomError, messageOf } from '../errors.ts';
import { type Envelope, type HarnessEvent, ORCHESTRATOR_ID } from '../events.ts';
import type { Journal } from '../journal/journal.ts';
import { Channel, type ChannelSource } from './channel.ts';

export interface StreamOptions {
  readonly journal: Journal;
  readonly now: () => number;
  /** True while an agent lives. */
  readonly isBusy: () => boolean;
  /** Called with every entry as it is recorded, before readers see it; must be quick and must not throw. */
  readonly onEntry: (entry: Envelope) => void;
  /** Called once, when the journal rejects an entry: nothing more is recorded. */
  readonly onFailure: (error: GreenroomError) => void;
  /** Describes the present state for a reader that fell too far behind. */
  readonly resync: () => HarnessEvent;
}

/** Which entries a reader of the stream gets. */
export interface ReadOptions {
  /** Start after this `seq`. Default 0: from the beginning. */
  readonly since?: number;
  /** Stay until `cleanup()` instead of ending when every agent has ended. Default false. */
  readonly live?: boolean;
}

/** The fields that events of an agent carry. */
export interface AgentOrigin {
  readonly runId: string;
  readonly parentId?: string;
}

export interface EventStream {
  /** Records everything that the actor emits. An agent that crashes or is stopped gets its `error` and `harness_end` from here. */
  attach(actor: AnyActorRef, agent?: AgentOrigin): void;
  /** Every entry from now on. */
  readonly events$: Observable<Envelope>;
  /** @throws GreenroomError `invalid_params` for a `since` that is no whole number from 0 on. */
  read(options?: ReadOptions): AsyncIterableIterator<Envelope>;
  /** False once it was closed or the journal failed. */
  readonly isRecording: boolean;
  /** The error that stopped the recording, if any. */
  readonly failure: GreenroomError | undefined;
  /** Ends `events$`, and every reader once it has read everything. */
  close(): void;
}

// oxlint-disable-next-line eslint/max-lines-per-function -- its parts share the order of entries; apart they would need it as a parameter
export function createStream(options: StreamOptions): EventStream {
  const { journal, now, isBusy, onEntry, onFailure, resync } = options;
  const published = new Subject<Envelope>();
  const waiting = new Set<() => void>();
  let queue: Envelope[] = [];
  let scheduled = false;
  let closed = false;
  let failure: GreenroomError | undefined;

  const deliver = () => {
    scheduled = false;
    if (queue.length > 0 || waiting.size > 0) guarded(() => journal.flush?.());
    const entries = queue;
    queue = [];
    for (const entry of entries) published.next(entry);
    const wakes = [...waiting];
    waiting.clear();
    for (const wake of wakes) wake();
    if (!closed || queue.length > 0) return;
    if (failure === undefined) published.complete();
    else published.error(failure);
  };
  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(deliver);
  };
  const fail = (cause: unknown) => {
    const message = `The journal could not record an entry, so the session stops: ${messageOf(cause)}`;
    failure = new GreenroomError('journal', message, { cause });
    queue = queue.filter(({ seq }) => seq <= journal.lastSeq); // an entry that is not in the journal is not delivered
    closed = true;
    onFailure(failure);
    schedule();
  };
  const guarded = <T>(use: () => T): T | undefined => {
    try {
      return use();
    } catch (cause) {
      if (failure === undefined) fail(cause);
      return undefined;
    }
  };
  const record = (event: HarnessEvent) => {
    if (closed) return;
    const entry: Envelope = { seq: journal.lastSeq + 1, at: now(), agentId: event.runId || ORCHESTRATOR_ID, event };
    try {
      journal.append([entry]);
    } catch (cause) {
      fail(cause);
      return;
    }
    onEntry(entry);
    if (published.observed) queue.push(entry);
    schedule();
  };

  const attachAgent = (actor: AnyActorRef, origin: AgentOrigin) => {
    let ended = false;
    actor.on('*', (event) => {
      const emitted = eventOf(event);
      if (emitted.type === 'harness_end') ended = true;
      record(emitted);
    });
    const end = (status: 'failed' | 'cancelled', reason: string) => {
      if (ended) return;
      ended = true;
      if (status === 'failed') record({ type: 'error', ...origin, code: 'internal', message: reason });
      record({ type: 'harness_end', ...origin, status, reason });
    };
    actor.subscribe({
      error: (error: unknown) => end('failed', messageOf(error)),
      complete: () => end('cancelled', 'the agent was stopped'),
    });
  };

  const sourceFor = (live: boolean): ChannelSource => ({
    page: (from) => guarded(() => journal.read(from)) ?? { entries: [], behind: false },
    failure: () => failure,
    isOver: () => closed || (!live && !isBusy()),
    onChange: (wake) => void waiting.add(wake),
    offChange: (wake) => void waiting.delete(wake),
    resync: () => ({ seq: journal.lastSeq, at: now(), agentId: ORCHESTRATOR_ID, event: resync() }),
  });

  return {
    attach(actor, agent) {
      if (agent === undefined) actor.on('*', (event) => record(eventOf(event)));
      else attachAgent(actor, agent);
    },
    events$: defer(() => {
      const from = journal.lastSeq; // undelivered entries precede this subscriber
      return published.pipe(filter(({ seq }) => seq > from));
    }),
    read({ since = 0, live = false } = {}) {
      if (Number.isInteger(since) && since >= 0) return new Channel(sourceFor(live), since);
      const message = `events(): since is ${String(since)}. Give the seq of an entry, or 0 for the beginning.`;
      throw new GreenroomError('invalid_params', message, { path: 'since' });
    },
    get isRecording() {
      return !closed;
    },
    get failure() {
      return failure;
    },
    close() {
      if (closed && failure === undefined) return;
      if (failure === undefined) guarded(() => journal.flush?.());
      closed = true;
      schedule();
    },
  };
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- machines and leaf actors emit nothing else
const eventOf = (emitted: unknown): HarnessEvent => emitted as HarnessEvent;
