/** All viewers, told what happens a slice at a time, so that looking on never holds up what is looked at. */
import type { InspectionEvent } from 'xstate';
import { LiveActors, type News, snapshotOf } from './live-actors.ts';
import { actorMessage, eventMessage, snapshotMessage } from './protocol.ts';
import { type Line, Viewer } from './viewer.ts';

/** How long first pictures, and then news, are sent before everything else has its turn, in milliseconds. */
const SLICE_MS = 5;

export class Audience {
  readonly #actors = new LiveActors(() => this.#soon());
  readonly #viewers = new Set<Viewer>();
  readonly #maxBytes: number;
  #turn: NodeJS.Immediate | undefined;

  /** @param maxBytes What may wait for one viewer before it is cut. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#viewers.size;
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

  /** Tells what is left to tell, and forgets everything. */
  close(): void {
    clearImmediate(this.#turn);
    for (const news of this.#actors.take()) this.#tell(news);
    this.#actors.watch(false);
    this.#actors.forget();
    this.#viewers.clear();
  }

  #soon(): void {
    this.#turn ??= setImmediate(() => this.#slice());
  }

  #slice(): void {
    this.#turn = undefined;
    const start = performance.now();
    for (const viewer of this.#viewers) {
      while (viewer.wantsMore && performance.now() - start < SLICE_MS) viewer.showNext();
    }
    const middle = performance.now();
    for (const news of this.#actors.take()) {
      this.#tell(news);
      if (performance.now() - middle >= SLICE_MS) break;
    }
    if (this.#actors.hasNews || this.#viewers.values().some((viewer) => viewer.wantsMore)) this.#soon();
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
