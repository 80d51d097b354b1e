/** Sends updates to all viewers in time slices between the steps of the actors, so that inspection blocks none of them. */
import { setTimeout } from 'node:timers/promises';
import type { InspectionEvent } from 'xstate';
import { LiveActors, type Update, snapshotOf } from './live-actors.ts';
import { actorMessage, eventMessage, snapshotMessage } from './protocol.ts';
import { type Connection, Viewer } from './viewer.ts';

/** The shortest time slice, in milliseconds. */
const SLICE_MS = 5;
/** A slice under load, as a share of the time since the last one. */
const SHARE = 0.2;
const LONGEST_SLICE_MS = 50;
/** How long `close()` goes on sending, in milliseconds. */
const FLUSH_MS = 1000;
/** With more unsent updates than this, `close()` drops those that do not show how the actors ended. */
const FLUSH_UPDATES = 2000;

export class Broadcaster {
  readonly #actors = new LiveActors(() => this.#schedule());
  readonly #viewers = new Set<Viewer>();
  readonly #maxBytes: number;
  #turn: NodeJS.Immediate | undefined;
  #lastTurn = performance.now();

  /** @param maxBytes Unsent bytes of one viewer after which it is disconnected. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  observe(event: InspectionEvent): void {
    this.#actors.observe(event);
  }

  /** Adds a viewer; returns what removes it. */
  add(connection: Connection): () => void {
    const onRoom = () => this.#schedule();
    const viewer = new Viewer({ connection, actors: this.#actors, maxBytes: this.#maxBytes, onRoom });
    this.#viewers.add(viewer);
    this.#actors.setWatched(true);
    this.#schedule();
    return () => {
      this.#viewers.delete(viewer);
      if (this.#viewers.size === 0) this.#actors.setWatched(false);
    };
  }

  /** Sends the remaining updates, as far as viewers read them in time, and releases everything. */
  async close(): Promise<void> {
    const end = performance.now() + FLUSH_MS;
    if (this.#actors.pending > FLUSH_UPDATES) this.#actors.dropOptional();
    while (this.#isBehind && performance.now() < end) {
      if (this.#viewers.values().every((viewer) => viewer.hasRoom)) this.#slice();
      await setTimeout(1); // viewers read meanwhile
    }
    clearImmediate(this.#turn);
    this.#actors.setWatched(false);
    this.#actors.forget();
    this.#viewers.clear();
  }

  get #isBehind(): boolean {
    return this.#actors.pending > 0 || this.#viewers.values().some((viewer) => viewer.wantsMore);
  }

  #schedule(): void {
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      this.#slice();
      if (this.#isBehind) this.#schedule();
    });
  }

  #slice(): void {
    const start = performance.now();
    const length = Math.min(LONGEST_SLICE_MS, Math.max(SLICE_MS, (start - this.#lastTurn) * SHARE));
    const isOver = () => performance.now() - start >= length;
    for (const viewer of this.#viewers) {
      // the other half is for updates
      while (viewer.wantsMore && performance.now() - start < length / 2) viewer.sendNextActor();
    }
    for (const update of this.#actors.take()) {
      this.#send(update);
      if (isOver()) break;
    }
    this.#lastTurn = performance.now();
  }

  #send(update: Update): void {
    let text: string | undefined;
    for (const viewer of this.#viewers) viewer.send(update, () => (text ??= messageOf(update)));
  }
}

function messageOf({ actor, at, what }: Update): string {
  switch (what.type) {
    case 'started':
      return actorMessage({ actor, at, snapshot: what.snapshot ?? snapshotOf(actor.ref) });
    case 'event':
      return eventMessage({ actor, at, event: what.event, source: what.source });
    case 'state':
      return snapshotMessage({ actor, at, event: what.event, snapshot: what.snapshot });
    default:
      return what satisfies never;
  }
}
