/**
 * births → merge of their signals → one sequenced stream → one channel per reader.
 *
 * Guarantees (one test each in test/stream):
 * - `seq` is global, strictly increasing, without gaps for a reader from the start;
 * - per agent the order is the order of happening, across agents that of publication;
 * - an entry is in the journal before anybody sees it;
 * - subscribers never run inside an actor's step, so what they send cannot overtake its own cause.
 */
import { defer, filter, mergeMap, type Observable, Subject, type Subscription, windowCount } from 'rxjs';
import type { InspectionEvent } from 'xstate';
import { GreenroomError, messageOf } from '../errors.ts';
import { type Envelope, type HarnessEvent, ORCHESTRATOR_ID } from '../events.ts';
import type { Journal } from '../journal/journal.ts';
import { createBirths } from './births.ts';
import { Channel, type ChannelSource } from './channel.ts';
import { agentIdOf, type IsAgent, signalsOf } from './signals.ts';

/** A merge looks for what has ended in a list, so a merge of small merges stays flat where one of thousands would not. */
const MERGE_WIDTH = 64;

export interface StreamOptions {
  readonly journal: Journal;
  readonly now: () => number;
  readonly isAgent: IsAgent;
  /** True while some agent lives. */
  readonly isBusy: () => boolean;
  /** Sees every entry as it is recorded, before readers; must be quick and total. */
  readonly onEntry: (entry: Envelope) => void;
  /** The journal could not take an entry: nothing more is recorded. Called once. */
  readonly onFailure: (error: GreenroomError) => void;
  /** Describes the present for a reader that fell too far behind. */
  readonly resync: () => HarnessEvent;
}

export interface ReadOptions {
  /** Start after this `seq`. Default 0: from the beginning. */
  readonly since?: number;
  /** Stay until `cleanup()` instead of ending when every agent has ended. Default false. */
  readonly live?: boolean;
}

export interface EventStream {
  /** Give this to `createActor(…, { inspect })`. */
  readonly inspect: (event: InspectionEvent) => void;
  /** Every entry from now on. */
  readonly events$: Observable<Envelope>;
  /** @throws GreenroomError `invalid_params` for a `since` that is no whole number from 0 on. */
  read(options?: ReadOptions): AsyncIterableIterator<Envelope>;
  /** False once it was closed or the journal failed. */
  readonly isRecording: boolean;
  /** Why nothing is recorded any more, if so. */
  readonly failure: GreenroomError | undefined;
  /** Something that readers wait for may have changed without an entry. */
  nudge(): void;
  /** Ends `events$` and every reader that has seen everything. */
  close(): void;
}

export function createStream(options: StreamOptions): EventStream {
  const { journal, now, isAgent, isBusy, onEntry, onFailure, resync } = options;
  const births = createBirths();
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
    const message = `The journal could not take an entry, so nothing goes on: ${messageOf(cause)}`;
    failure = new GreenroomError('journal', message, { cause });
    queue = queue.filter(({ seq }) => seq <= journal.lastSeq); // nobody is told of what is not in it
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
    if (failure !== undefined) return;
    const entry: Envelope = { seq: journal.lastSeq + 1, at: now(), agentId: agentIdOf(event), event };
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

  const recording: Subscription = births.births$
    .pipe(
      windowCount(MERGE_WIDTH),
      mergeMap((some) => some.pipe(mergeMap((actor) => signalsOf(actor, isAgent)))),
    )
    .subscribe({ next: record });

  const sourceFor = (live: boolean): ChannelSource => ({
    page: (from) => guarded(() => journal.read(from)) ?? { entries: [], behind: false },
    failure: () => failure,
    isOver: () => closed || (!live && !isBusy()),
    onChange: (wake) => void waiting.add(wake),
    offChange: (wake) => void waiting.delete(wake),
    resync: () => ({ seq: journal.lastSeq, at: now(), agentId: ORCHESTRATOR_ID, event: resync() }),
  });

  return {
    inspect: births.inspect,
    events$: defer(() => {
      const from = journal.lastSeq; // what waits for delivery was before this subscriber
      return published.pipe(filter(({ seq }) => seq > from));
    }),
    read({ since = 0, live = false } = {}) {
      if (Number.isInteger(since) && since >= 0) return new Channel(sourceFor(live), since);
      const message = `events(): since is the seq of an entry, or 0 for the beginning, not ${String(since)}.`;
      throw new GreenroomError('invalid_params', message, { path: 'since' });
    },
    get isRecording() {
      return !closed;
    },
    get failure() {
      return failure;
    },
    nudge: schedule,
    close() {
      if (closed && failure === undefined) return;
      if (failure === undefined) guarded(() => journal.flush?.());
      closed = true;
      births.end();
      recording.unsubscribe();
      schedule();
    },
  };
}
