/** One reader of the stream. It holds a position in the journal, not a queue: a reader that pauses costs nothing. */
import type { Envelope } from '../events.ts';
import type { Journal, JournalPage } from '../journal/journal.ts';

/** Envelopes fetched from the journal at once. */
const PAGE = 512;

export interface ChannelSource {
  /** Never throws; a journal that cannot be read becomes a `failure()`. */
  page(from: Parameters<Journal['read']>[0]): JournalPage;
  /** True when a reader that has read everything is done. */
  isOver(): boolean;
  /** The error that ended the stream, if any; a reader that has read everything throws it. */
  failure(): Error | undefined;
  /** Calls `wake` once, when there are more entries or the stream is over. */
  onChange(wake: () => void): void;
  offChange(wake: () => void): void;
  /** The present state, for a reader behind the retention of the journal. */
  resync(): Envelope;
}

export class Channel implements AsyncIterableIterator<Envelope> {
  readonly #source: ChannelSource;
  #cursor: number;
  #page: readonly Envelope[] = [];
  #next = 0;
  #closed = false;
  #waiting: PromiseWithResolvers<IteratorResult<Envelope>> | undefined;

  constructor(source: ChannelSource, since: number) {
    this.#source = source;
    this.#cursor = since;
  }

  next(): Promise<IteratorResult<Envelope>> {
    if (this.#waiting !== undefined) return this.#waiting.promise.then(() => this.next());
    const ready = this.#take();
    if (ready !== undefined) return ready instanceof Error ? Promise.reject(ready) : Promise.resolve(ready);
    this.#waiting = Promise.withResolvers<IteratorResult<Envelope>>();
    this.#source.onChange(this.#wake);
    return this.#waiting.promise;
  }

  return(): Promise<IteratorResult<Envelope>> {
    this.#close();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  readonly #wake = (): void => {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    const ready = this.#take();
    if (ready === undefined) {
      this.#waiting = waiting;
      return this.#source.onChange(this.#wake);
    }
    if (ready instanceof Error) waiting.reject(ready);
    else waiting.resolve(ready);
  };

  /** The next result; `undefined` when none is ready. */
  #take(): IteratorResult<Envelope> | Error | undefined {
    if (this.#closed) return { done: true, value: undefined };
    let entry = this.#page[this.#next];
    if (entry === undefined) {
      entry = this.#turnPage();
      if (entry === undefined) {
        if (!this.#source.isOver()) return undefined;
        this.#close();
        return this.#source.failure() ?? { done: true, value: undefined };
      }
    }
    this.#next += 1;
    this.#cursor = entry.seq;
    return { done: false, value: entry };
  }

  #turnPage(): Envelope | undefined {
    const page = this.#source.page({ since: this.#cursor, limit: PAGE });
    this.#page = page.behind ? [this.#source.resync()] : page.entries;
    this.#next = 0;
    return this.#page[0];
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#page = [];
    this.#source.offChange(this.#wake);
    this.#waiting?.resolve({ done: true, value: undefined });
    this.#waiting = undefined;
  }
}
