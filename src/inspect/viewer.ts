/**
 * One viewer: it receives every live actor in its current state, then the updates of the actors it has received.
 *
 * Guarantees:
 * - Updates are consistent: none of an actor that the viewer has not received, none that its first message already holds.
 * - The first messages are sent as fast as the viewer reads them, and are not buffered.
 * - A viewer that does not read is disconnected once more than `maxBytes` wait for it.
 */
import { type LiveActor, type LiveActors, snapshotOf, type Update } from './live-actors.ts';
import { actorMessage } from './protocol.ts';

/** Unsent bytes up to which the first messages are sent. */
const ROOM_BYTES = 256 * 1024;

export interface Connection {
  /** Unsent bytes. */
  readonly waiting: number;
  /** @param onSent Called once the text was sent, or cannot be. */
  send(text: string, onSent: () => void): void;
  /** Closes it without a goodbye. */
  terminate(): void;
}

export interface ViewerOptions {
  readonly connection: Connection;
  readonly actors: LiveActors;
  readonly maxBytes: number;
  /** Called when there may be room for more of the first messages. */
  readonly onRoom: () => void;
}

export class Viewer {
  readonly #options: ViewerOptions;
  /** Of each actor it has received: the count of updates that its message covers. */
  readonly #known = new WeakMap<LiveActor, number>();
  /** The actors not sent yet. */
  #rest: Iterator<LiveActor> | undefined;

  constructor(options: ViewerOptions) {
    this.#options = options;
    this.#rest = options.actors.all();
  }

  /** Whether it keeps up with reading. */
  get hasRoom(): boolean {
    const { connection, maxBytes } = this.#options;
    return connection.waiting < Math.min(ROOM_BYTES, maxBytes / 2);
  }

  /** Whether more of the first messages can be sent now. */
  get wantsMore(): boolean {
    return this.#rest !== undefined && this.hasRoom;
  }

  /** Sends one more actor in its current state. */
  sendNextActor(): void {
    const { actors } = this.#options;
    const next = this.#rest?.next();
    if (next === undefined || next.done === true) {
      this.#rest = undefined;
      return;
    }
    const actor = next.value;
    this.#known.set(actor, actors.count);
    actor.isSent = true;
    this.#write(actorMessage({ actor, at: Date.now(), snapshot: snapshotOf(actor.ref) }));
  }

  /** @param text Makes the message, when it is needed. */
  send({ actor, count, what }: Update, text: () => string): void {
    const known = this.#known.get(actor);
    const isNew = known === undefined && what.type === 'started' && this.#rest === undefined;
    if (isNew) this.#known.set(actor, count);
    if (!isNew && (known === undefined || known >= count)) return;
    this.#write(text());
    const { connection, maxBytes } = this.#options;
    if (connection.waiting > maxBytes) connection.terminate();
  }

  #write(text: string): void {
    const { connection, onRoom } = this.#options;
    if (text === '') return;
    connection.send(text, () => {
      if (this.#rest !== undefined) onRoom();
    });
  }
}
