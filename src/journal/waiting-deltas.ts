/** Deltas that were taken and are not in the file yet. */
import type { Envelope } from '../events.ts';
import { type Delta, Joined, type Row } from './rows.ts';

/** So many wait at most, in number and UTF-16 units. */
const WAITING = 1024;
const WAITING_LENGTH = 256 * 1024;

export class WaitingDeltas {
  #joined: Joined[] = [];
  #count = 0;
  #length = 0;

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  get isFull(): boolean {
    return this.#count >= WAITING || this.#length >= WAITING_LENGTH;
  }

  add(entry: Envelope, event: Delta): void {
    if (this.#joined.at(-1)?.take(entry, event) !== true) this.#joined.push(new Joined(entry, event));
    this.#count += 1;
    this.#length += event.content.length;
  }

  /** Gives them away. */
  take(): Row[] {
    const rows = this.#joined.map((joined) => joined.row());
    this.#joined = [];
    this.#count = 0;
    this.#length = 0;
    return rows;
  }
}
