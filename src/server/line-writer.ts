/**
 * A writer of lines to one reader. It writes at once while little happens, and gathers lines for a few milliseconds while much
 * happens, so that many readers of many busy agents do not cost one write for each event.
 *
 * Guarantees:
 * - At most one piece waits in memory. Without room for more, `write` returns a promise to wait for.
 * - A reader that reads nothing for `stallMs` is disconnected. One that reads a long line slowly is not: it gets pieces.
 */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** Size of a piece: characters gathered, bytes written. */
const PIECE = 64 * 1024;
/** Milliseconds between two pieces: less than a frame of a screen. */
const GATHER_MS = 5;

export class LineWriter {
  readonly #response: ServerResponse;
  readonly #stallMs: number;
  readonly #left: AbortSignal;
  #waiting = '';
  #turn: NodeJS.Timeout | undefined;
  #lastPiece = 0;
  /** Resolves when the reader has taken the last piece; `undefined` while there is room. */
  #room: Promise<boolean> | undefined;

  /** @param left Aborted when the reader has left. */
  constructor(response: ServerResponse, { stallMs, left }: { readonly stallMs: number; readonly left: AbortSignal }) {
    this.#response = response;
    this.#stallMs = stallMs;
    this.#left = left;
  }

  /** `true`: write more. A promise: wait for it; `false` means that the reader has left or was disconnected. */
  write(line: string): true | Promise<boolean> {
    this.#waiting += line;
    if (this.#waiting.length >= PIECE) return this.flush();
    this.#turn ??= setTimeout(() => void this.flush(), Math.max(0, this.#lastPiece + GATHER_MS - performance.now()));
    return this.#room ?? true;
  }

  /** Sends what waits. Resolves when there is room again; with `false` when the reader has left or was disconnected. */
  flush(): Promise<boolean> {
    clearTimeout(this.#turn);
    this.#turn = undefined;
    this.#lastPiece = performance.now();
    const text = this.#waiting;
    this.#waiting = '';
    if (text === '') return this.#room ?? Promise.resolve(true);
    const sent = this.#room === undefined ? this.#send(text) : this.#sendLater(this.#room, text);
    this.#room = sent;
    void sent.then((isConnected) => {
      if (this.#room === sent && isConnected) this.#room = undefined;
    });
    return sent;
  }

  /** Sends a heartbeat, unless something waits to be sent. */
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
