/** All viewers, told what happens a slice at a time, so that looking on never holds up what is looked at. */
import { setTimeout } from 'node:timers/promises';
import type { InspectionEvent } from 'xstate';
import { LiveActors, type News, snapshotOf } from './live-actors.ts';
import { actorMessage, eventMessage, snapshotMessage } from './protocol.ts';
import { type Line, Viewer } from './viewer.ts';

/** What looking on may take each time before everything else has its turn, in milliseconds: as long, … */
const SLICE_MS = 5;
/** … and when there is much else to do, as large a part of the time since it last had its turn, … */
const SHARE = 0.2;
/** … but never longer. */
const LONGEST_SLICE_MS = 50;
/** How long viewers are told what is left when it ends, in milliseconds, … */
const FAREWELL_MS = 1000;
/** … and how many news that is at most, if less says as well how all ended. */
const FAREWELL_NEWS = 2000;

export class Audience {
  readonly #actors = new LiveActors(() => this.#soon());
  readonly #viewers = new Set<Viewer>();
  readonly #maxBytes: number;
  #turn: NodeJS.Immediate | undefined;
  #lastTurn = performance.now();

  /** @param maxBytes What may wait for one viewer before it is cut. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  observe(event: InspectionEvent): void {
    this.#actors.observe(event);
  }

  /** Lets a viewer in; call the result when it has left. */
  enter(line: Line): () => void {
    const onRoom = () => this.#soon();
    const viewer = new Viewer({ line, actors: this.#actors, maxBytes: this.#maxBytes, onRoom });
    this.#viewers.add(viewer);
    this.#actors.watch(true);
    this.#soon();
    return () => {
      this.#viewers.delete(viewer);
      if (this.#viewers.size === 0) this.#actors.watch(false);
    };
  }

  /** Tells what is left to tell, as far as viewers read it in time, and forgets everything. */
  async close(): Promise<void> {
    const end = performance.now() + FAREWELL_MS;
    if (this.#actors.untold > FAREWELL_NEWS) this.#actors.thinOut();
    while (this.#isBehind && performance.now() < end) {
      if (this.#viewers.values().every((viewer) => viewer.hasRoom)) this.#slice();
      await setTimeout(1); // they read meanwhile
    }
    clearImmediate(this.#turn);
    this.#actors.watch(false);
    this.#actors.forget();
    this.#viewers.clear();
  }

  get #isBehind(): boolean {
    return this.#actors.untold > 0 || this.#viewers.values().some((viewer) => viewer.wantsMore);
  }

  #soon(): void {
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      this.#slice();
      if (this.#isBehind) this.#soon();
    });
  }

  #slice(): void {
    const start = performance.now();
    const length = Math.min(LONGEST_SLICE_MS, Math.max(SLICE_MS, (start - this.#lastTurn) * SHARE));
    const isOver = () => performance.now() - start >= length;
    for (const viewer of this.#viewers) {
      // half of it is for the news
      while (viewer.wantsMore && performance.now() - start < length / 2) viewer.showNext();
    }
    for (const news of this.#actors.take()) {
      this.#tell(news);
      if (isOver()) break;
    }
    this.#lastTurn = performance.now();
  }

  #tell(news: News): void {
    let text: string | undefined;
    for (const viewer of this.#viewers) viewer.tell(news, () => (text ??= messageOf(news)));
  }
}

function messageOf({ actor, at, what }: News): string {
  switch (what.type) {
    case 'born':
      return actorMessage({ actor, at, snapshot: what.snapshot ?? snapshotOf(actor.ref) });
    case 'event':
      return eventMessage({ actor, at, event: what.event, source: what.source });
    case 'state':
      return snapshotMessage({ actor, at, event: what.event, snapshot: what.snapshot });
    default:
      return what satisfies never;
  }
}
