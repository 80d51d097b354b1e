/** The open event streams: how many there may be, and their end. */
import { Refusal } from './refusals.ts';

export class Streams {
  readonly #open = new Set<Promise<void>>();
  readonly #end = new AbortController();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** @throws Refusal when there are too many. */
  run(serve: () => Promise<void>): void {
    if (this.#open.size >= this.#max) {
      throw new Refusal(
        429,
        'too_many',
        `There are ${this.#max} event streams already. Close one (a page, a client) first.`,
      );
    }
    const served = serve().finally(() => this.#open.delete(served));
    this.#open.add(served);
  }

  async close(): Promise<void> {
    this.#end.abort();
    await Promise.all(this.#open);
  }
}
