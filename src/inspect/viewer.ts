/**
 * One viewer: first it is shown every actor that lives, as it is now, then it is told the news of those it knows.
 *
 * What you can rely on:
 * - What it is told fits together: no news of an actor that it was not shown, none that its first picture holds already.
 * - The first picture is sent as fast as it is read, and takes no room of its own meanwhile.
 * - One that does not read what it is told is cut once more than `maxBytes` wait for it.
 */
import { type LiveActor, type LiveActors, type News, snapshotOf } from './live-actors.ts';
import { actorMessage } from './protocol.ts';

/** What of the first picture may wait to be read, in bytes. */
const ROOM_BYTES = 256 * 1024;

/** A connection. */
export interface Line {
  /** Bytes that were sent and not taken yet. */
  readonly waiting: number;
  /** @param onTaken Called once it was handed on, or cannot be. */
  send(text: string, onTaken: () => void): void;
  cut(): void;
}

export interface ViewerOptions {
  readonly line: Line;
  readonly actors: LiveActors;
  readonly maxBytes: number;
  /** There may be room again. */
  readonly onRoom: () => void;
}

export class Viewer {
  readonly #options: ViewerOptions;
  /** Up to which count of the news it knows of an actor. */
  readonly #known = new WeakMap<LiveActor, number>();
  #walk: Iterator<LiveActor> | undefined;

  constructor(options: ViewerOptions) {
    this.#options = options;
    this.#walk = options.actors.all();
  }

  /** Whether it reads what it is told. */
  get hasRoom(): boolean {
    const { line, maxBytes } = this.#options;
    return line.waiting < Math.min(ROOM_BYTES, maxBytes / 2);
  }

  /** Whether more of the first picture can be sent now. */
  get wantsMore(): boolean {
    return this.#walk !== undefined && this.hasRoom;
  }

  /** Shows one more actor. */
  showNext(): void {
    const { actors } = this.#options;
    const next = this.#walk?.next();
    if (next === undefined || next.done === true) {
      this.#walk = undefined;
      return;
    }
    const actor = next.value;
    this.#known.set(actor, actors.count);
    actor.isShown = true;
    this.#send(actorMessage({ actor, at: Date.now(), snapshot: snapshotOf(actor.ref) }));
  }

  /** @param text The news as a message, made when it is needed. */
  tell({ actor, count, what }: News, text: () => string): void {
    const known = this.#known.get(actor);
    const isNew = known === undefined && what.type === 'born' && this.#walk === undefined;
    if (isNew) this.#known.set(actor, count);
    if (!isNew && (known === undefined || known >= count)) return;
    this.#send(text());
    const { line, maxBytes } = this.#options;
    if (line.waiting > maxBytes) line.cut();
  }

  #send(text: string): void {
    const { line, onRoom } = this.#options;
    if (text === '') return;
    line.send(text, () => {
      if (this.#walk !== undefined) onRoom();
    });
  }
}
