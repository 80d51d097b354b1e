/**
 * The live actors, and a queue of updates about them.
 *
 * Guarantees:
 * - Without viewers the queue is empty: one reference is kept for each live actor.
 * - `observe()` runs inside an actor's step, so it only keeps references. It calls none of the actor's code, and nothing in
 *   a context can make it throw.
 * - An actor has at most one state in the queue, the latest.
 * - When the queue is full, messages between actors are dropped, and actors that started and ended meanwhile. Starts and
 *   latest states of live actors are kept, and so is the end of an actor that a viewer has received.
 */
import type { ActorRefLike, InspectionEvent } from 'xstate';
import { type ActorInfo, partOf, statusOf } from './protocol.ts';

/** Queued updates after which optional ones are dropped; later, twice as many as had to stay. */
const MAX_UPDATES = 10_000;
/** Actors after which ended ones are searched for; later, twice as many as were left. */
const FIRST_SWEEP = 1000;

/** An actor whose end was not observed. */
export interface LiveActor extends ActorInfo {
  readonly ref: ActorRefLike;
  readonly parent: unknown;
  /** A viewer has received it, so its end must be sent too. */
  isSent: boolean;
}

/** The first snapshot exists only after the actor was created, so it is filled in later. */
interface Started {
  readonly type: 'started';
  snapshot: unknown;
}

export interface Update {
  readonly actor: LiveActor;
  /** Counts all updates. */
  readonly count: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly what:
    | Started
    | { readonly type: 'event'; readonly event: unknown; readonly source: string | undefined }
    | { readonly type: 'state'; readonly event: unknown; readonly snapshot: unknown };
}

/** The snapshot of an actor; `undefined` while it is being created. */
export function snapshotOf(ref: ActorRefLike): unknown {
  try {
    return ref.getSnapshot();
  } catch {
    return undefined; // XState throws then
  }
}

export class LiveActors {
  readonly #live = new Map<ActorRefLike, LiveActor>();
  readonly #queue = new Set<Update>();
  /** Starts and latest states in the queue. */
  readonly #starts = new Map<LiveActor, Started>();
  readonly #states = new Map<LiveActor, Update>();
  readonly #onUpdate: () => void;
  #dropAt = MAX_UPDATES;
  #count = 0;
  #sweepAt = FIRST_SWEEP;
  #watched = false;

  /** @param onUpdate Called inside an actor's step. */
  constructor(onUpdate: () => void) {
    this.#onUpdate = onUpdate;
  }

  /** The number of updates so far. */
  get count(): number {
    return this.#count;
  }

  get size(): number {
    return this.#live.size;
  }

  /** The number of queued updates. */
  get pending(): number {
    return this.#queue.size;
  }

  /** Whether there are viewers. Without, no update is queued. */
  setWatched(isWatched: boolean): void {
    this.#watched = isWatched;
    if (!isWatched) this.#clearQueue();
  }

  /** Every live actor, parents before their children; actors started during the iteration come last. */
  all(): IterableIterator<LiveActor> {
    return this.#live.values();
  }

  /** Removes and yields the queued updates in order. */
  *take(): Generator<Update> {
    for (const update of this.#queue) {
      this.#queue.delete(update);
      if (update.what.type === 'state') this.#states.delete(update.actor);
      if (update.what.type === 'started') this.#starts.delete(update.actor);
      yield update;
    }
  }

  /** Drops updates that viewers can do without. */
  dropOptional(): void {
    const passed = new Set<LiveActor>();
    for (const update of this.#queue) {
      const { actor, what } = update;
      const isPassed = this.#starts.has(actor) && !actor.isSent && !this.#live.has(actor.ref);
      if (isPassed) passed.add(actor);
      if (isPassed || what.type === 'event') this.#queue.delete(update);
    }
    for (const actor of passed) {
      this.#starts.delete(actor);
      this.#states.delete(actor);
    }
    this.#dropAt = Math.max(MAX_UPDATES, this.#queue.size * 2);
  }

  observe(event: InspectionEvent): void {
    switch (event.type) {
      case '@xstate.actor':
        return this.#started(event.actorRef, event.rootId);
      case '@xstate.event':
        this.#sent(event.actorRef, event.event, event.sourceRef);
        // an actor that fails gives no last snapshot event; the error event to its parent is the only sign
        if (event.sourceRef !== undefined && event.event.type.startsWith('xstate.error.actor.')) {
          this.#moved(event.sourceRef, event.event, snapshotOf(event.sourceRef));
        }
        return undefined;
      case '@xstate.snapshot':
        return this.#moved(event.actorRef, event.event, event.snapshot);
      default:
        return undefined;
    }
  }

  forget(): void {
    this.#live.clear();
    this.#clearQueue();
  }

  #started(ref: ActorRefLike, rootId: string): void {
    if (this.#live.size >= this.#sweepAt) this.#sweep();
    const parent = partOf(ref, '_parent');
    const parentId = partOf(parent, 'sessionId');
    const actor: LiveActor = {
      ref,
      rootId,
      sessionId: ref.sessionId,
      parent,
      parentId: typeof parentId === 'string' ? parentId : undefined,
      id: String(partOf(ref, 'id')),
      logic: partOf(ref, 'logic'),
      isSent: false,
    };
    this.#live.set(ref, actor);
    const start: Started = { type: 'started', snapshot: undefined };
    if (this.#enqueue(actor, start) !== undefined) this.#starts.set(actor, start);
  }

  #sent(ref: ActorRefLike, event: unknown, source: ActorRefLike | undefined): void {
    const actor = this.#watched ? this.#live.get(ref) : undefined;
    if (actor === undefined) return;
    const start = this.#starts.get(actor);
    if (start !== undefined) start.snapshot ??= snapshotOf(ref); // the first event it receives is its start
    this.#enqueue(actor, { type: 'event', event, source: source?.sessionId });
  }

  #moved(ref: ActorRefLike, event: { readonly type: string }, snapshot: unknown): void {
    const actor = this.#live.get(ref);
    if (actor === undefined) return;
    const older = this.#states.get(actor);
    if (older !== undefined) this.#queue.delete(older);
    const update = this.#enqueue(actor, { type: 'state', event, snapshot });
    if (update !== undefined) this.#states.set(actor, update);
    if (statusOf(snapshot) !== 'active' || event.type === 'xstate.stop') this.#live.delete(ref);
  }

  #enqueue(actor: LiveActor, what: Update['what']): Update | undefined {
    this.#count += 1;
    if (!this.#watched) return undefined;
    const update = { actor, count: this.#count, at: Date.now(), what };
    if (this.#queue.size >= this.#dropAt) this.dropOptional();
    this.#queue.add(update);
    this.#onUpdate();
    return update;
  }

  /** An actor that is dropped before its start gives no event. */
  #sweep(): void {
    const living: ReadonlyMap<unknown, LiveActor> = this.#live;
    for (const [ref, { parent }] of this.#live) {
      const isOrphan = parent !== undefined && !living.has(parent);
      if (isOrphan || statusOf(snapshotOf(ref)) !== 'active') this.#live.delete(ref);
    }
    this.#sweepAt = Math.max(FIRST_SWEEP, this.#live.size * 2);
  }

  #clearQueue(): void {
    this.#queue.clear();
    this.#states.clear();
    this.#starts.clear();
    this.#dropAt = MAX_UPDATES;
  }
}
