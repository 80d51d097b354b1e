/**
 * Writes lines to one reader: at once while little happens, and as one piece every few milliseconds while much does, so that
 * two hundred readers of a hundred busy agents cost a write each now and then, and not one an event.
 *
 * What you can rely on:
 * - Never more than one piece waits here; `write` gives a promise to wait for when there is no room for more.
 * - A reader that takes nothing for a while is cut. One that takes a long line slowly is not: it goes out in pieces.
 */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** Bytes or characters written at once. */
const PIECE = 64 * 1024;
/** Between two pieces, milliseconds: less than a frame of a screen. */
const GATHER_MS = 5;

export class LineWriter {
  readonly #response: ServerResponse;
  readonly #stallMs: number;
  readonly #left: AbortSignal;
  #waiting = '';
  #turn: NodeJS.Timeout | undefined;
  #lastPiece = 0;
  /** Of what was written last, while the reader has not taken it. */
  #room: Promise<boolean> | undefined;

  /** @param left Aborted when the reader has left. */
  constructor(response: ServerResponse, { stallMs, left }: { readonly stallMs: number; readonly left: AbortSignal }) {
    this.#response = response;
    this.#stallMs = stallMs;
    this.#left = left;
  }

  /** `true`: go on. A promise: wait for it; it is `false` when the reader was cut or left. */
  write(line: string): true | Promise<boolean> {
    this.#waiting += line;
    if (this.#waiting.length >= PIECE) return this.flush();
    this.#turn ??= setTimeout(() => void this.flush(), Math.max(0, this.#lastPiece + GATHER_MS - performance.now()));
    return this.#room ?? true;
  }

  /** Sends what waits. Resolves when there is room again, with `false` when the reader was cut or left. */
  flush(): Promise<boolean> {
    clearTimeout(this.#turn);
    this.#turn = undefined;
    this.#lastPiece = performance.now();
    const text = this.#waiting;
    this.#waiting = '';
    if (text === '') return this.#room ?? Promise.resolve(true);
    const sent = this.#room === undefined ? this.#send(text) : this.#sendLater(this.#room, text);
    this.#room = sent;
    void sent.then((isThere) => {
      if (this.#room === sent && isThere) this.#room = undefined;
    });
    return sent;
  }

  /** Says that it is still here, unless something waits anyway. */
  beat(): void {
    if (this.#room === undefined) this.#response.write(': still here\n\n');
  }

  async #sendLater(room: Promise<boolean>, text: string): Promise<boolean> {
    return (await room) && (await this.#send(text));
  }

  async #send(text: string): Promise<boolean> {
    if (text.length <= PIECE) return this.#response.write(text) || (await this.#drained());
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += PIECE) {
      if (!this.#response.write(bytes.subarray(at, at + PIECE)) && !(await this.#drained())) return false;
    }
    return true;
  }

  async #drained(): Promise<boolean> {
    const stalled = setTimeout(() => this.#response.destroy(), this.#stallMs);
    try {
      await once(this.#response, 'drain', { signal: this.#left });
      return true;
    } catch {
      return false;
    } finally {
      clearTimeout(stalled);
    }
  }
}
