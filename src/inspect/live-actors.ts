/**
 * The actors that live, and what has just happened to them.
 *
 * What you can rely on:
 * - While nobody looks only the first is kept: one reference for each actor that lives.
 * - `observe()` keeps references and makes nothing of them: that is not the work of an actor's step. It calls nothing of an
 *   actor's, and nothing in a context can make it throw.
 * - Of an actor that goes through many states before it is told of, the latest is told.
 * - When more happens than can be told, messages between actors are left out, and actors that have come and gone since.
 *   Births and latest states of those that live are not, nor is the end of one that somebody was shown.
 */
import type { ActorRefLike, InspectionEvent } from 'xstate';
import { type ActorFace, partOf, statusOf } from './protocol.ts';

/** News that wait to be told; beyond this, and then beyond twice as many as had to stay, they are thinned out. */
const MAX_NEWS = 10_000;
/** With this many actors, and then with twice as many as were left, it is looked up whether they all still live. */
const FIRST_SWEEP = 1000;

/** An actor that has not ended, as far as anybody was told. */
export interface LiveActor extends ActorFace {
  readonly ref: ActorRefLike;
  readonly parent: unknown;
  /** A viewer's first picture had it, so that its end must be told even if its birth was not. */
  isShown: boolean;
}

/** What an actor began with is there only once it was made; it is told after that. */
interface Birth {
  readonly type: 'born';
  snapshot: unknown;
}

export interface News {
  readonly actor: LiveActor;
  /** Counts up over all news. */
  readonly count: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly what:
    | Birth
    | { readonly type: 'event'; readonly event: unknown; readonly source: string | undefined }
    | { readonly type: 'state'; readonly event: unknown; readonly snapshot: unknown };
}

/** The state of an actor; `undefined` for one that is just being made. */
export function snapshotOf(ref: ActorRefLike): unknown {
  try {
    return ref.getSnapshot();
  } catch {
    return undefined; // XState forbids it then, so that nobody builds on it
  }
}

export class LiveActors {
  readonly #live = new Map<ActorRefLike, LiveActor>();
  readonly #news = new Set<News>();
  /** Births and latest states among the news. */
  readonly #births = new Map<LiveActor, Birth>();
  readonly #states = new Map<LiveActor, News>();
  readonly #onNews: () => void;
  #thinAt = MAX_NEWS;
  #count = 0;
  #sweepAt = FIRST_SWEEP;
  #watched = false;

  /** @param onNews Called inside of an actor's step. */
  constructor(onNews: () => void) {
    this.#onNews = onNews;
  }

  /** How many news there were. */
  get count(): number {
    return this.#count;
  }

  get size(): number {
    return this.#live.size;
  }

  /** How many of them are not told yet. */
  get untold(): number {
    return this.#news.size;
  }

  /** Whether somebody looks. Without, nothing that happens is kept. */
  watch(isWatched: boolean): void {
    this.#watched = isWatched;
    if (!isWatched) this.#forgetNews();
  }

  /** Every actor that lives, parents before their children; those that are born meanwhile come last. */
  all(): IterableIterator<LiveActor> {
    return this.#live.values();
  }

  /** The news in their order; what is taken is forgotten. */
  *take(): Generator<News> {
    for (const news of this.#news) {
      this.#news.delete(news);
      if (news.what.type === 'state') this.#states.delete(news.actor);
      if (news.what.type === 'born') this.#births.delete(news.actor);
      yield news;
    }
  }

  /** Leaves out what need not be told. */
  thinOut(): void {
    const passed = new Set<LiveActor>();
    for (const news of this.#news) {
      const { actor, what } = news;
      const isPassed = this.#births.has(actor) && !actor.isShown && !this.#live.has(actor.ref);
      if (isPassed) passed.add(actor);
      if (isPassed || what.type === 'event') this.#news.delete(news);
    }
    for (const actor of passed) {
      this.#births.delete(actor);
      this.#states.delete(actor);
    }
    this.#thinAt = Math.max(MAX_NEWS, this.#news.size * 2);
  }

  observe(event: InspectionEvent): void {
    switch (event.type) {
      case '@xstate.actor':
        return this.#born(event.actorRef, event.rootId);
      case '@xstate.event':
        this.#sent(event.actorRef, event.event, event.sourceRef);
        // one that fails shows no last state: its parent's being told of it is all there is
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
    this.#forgetNews();
  }

  #born(ref: ActorRefLike, rootId: string): void {
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
      isShown: false,
    };
    this.#live.set(ref, actor);
    const birth: Birth = { type: 'born', snapshot: undefined };
    if (this.#tell(actor, birth) !== undefined) this.#births.set(actor, birth);
  }

  #sent(ref: ActorRefLike, event: unknown, source: ActorRefLike | undefined): void {
    const actor = this.#watched ? this.#live.get(ref) : undefined;
    if (actor === undefined) return;
    const birth = this.#births.get(actor);
    if (birth !== undefined) birth.snapshot ??= snapshotOf(ref); // its start is the first thing that is sent to it
    this.#tell(actor, { type: 'event', event, source: source?.sessionId });
  }

  #moved(ref: ActorRefLike, event: { readonly type: string }, snapshot: unknown): void {
    const actor = this.#live.get(ref);
    if (actor === undefined) return;
    const older = this.#states.get(actor);
    if (older !== undefined) this.#news.delete(older);
    const news = this.#tell(actor, { type: 'state', event, snapshot });
    if (news !== undefined) this.#states.set(actor, news);
    if (statusOf(snapshot) !== 'active' || event.type === 'xstate.stop') this.#live.delete(ref);
  }

  #tell(actor: LiveActor, what: News['what']): News | undefined {
    this.#count += 1;
    if (!this.#watched) return undefined;
    const news = { actor, count: this.#count, at: Date.now(), what };
    if (this.#news.size >= this.#thinAt) this.thinOut();
    this.#news.add(news);
    this.#onNews();
    return news;
  }

  /** An actor that is given up before it was started ends without a word. */
  #sweep(): void {
    const living: ReadonlyMap<unknown, LiveActor> = this.#live; // whatever is looked up in it
    for (const [ref, { parent }] of this.#live) {
      const isOrphan = parent !== undefined && !living.has(parent);
      if (isOrphan || statusOf(snapshotOf(ref)) !== 'active') this.#live.delete(ref);
    }
    this.#sweepAt = Math.max(FIRST_SWEEP, this.#live.size * 2);
  }

  #forgetNews(): void {
    this.#news.clear();
    this.#states.clear();
    this.#births.clear();
    this.#thinAt = MAX_NEWS;
  }
}
