/** Watches a journal for answers that other processes leave in it. */
import type { NumberedAnswer } from './answers.ts';
import type { RecordedAnswer } from './journal.ts';

export interface AnswerSource {
  /** Changes when another connection has written; cheap. */
  version(): unknown;
  /** The first answer after that place. */
  after(place: number): NumberedAnswer | undefined;
}

type Heard = (recorded: RecordedAnswer) => void;

/** How often it looks while it has listeners, in milliseconds: no human notices. */
const LOOK_MS = 100;

export class AnswerWatch {
  readonly #source: AnswerSource;
  readonly #listeners = new Set<{ readonly heard: Heard }>();
  /** Places after `#place` of this process's own answers. */
  readonly #own = new Set<number>();
  /** All answers up to here were handed over. */
  #place: number;
  #version: unknown;
  #timer: NodeJS.Timeout | undefined;

  constructor(source: AnswerSource, place: number) {
    this.#source = source;
    this.#place = place;
  }

  listen(heard: Heard): () => void {
    const listener = { heard };
    this.#listeners.add(listener);
    this.#timer ??= setInterval(() => this.#tick(), LOOK_MS).unref();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.stop();
    };
  }

  /** Skips an answer of this process. */
  skip(place: number): void {
    if (place === this.#place + 1) this.#place = place;
    else this.#own.add(place);
  }

  /** Hands over new answers. Throws what the source or a listener throws; the next look continues after that answer. */
  look(): void {
    // one at a time, so that a listener may look as well
    while (this.#listeners.size > 0) {
      const next = this.#source.after(this.#place);
      if (next === undefined) return;
      this.#place = next.place;
      if (this.#own.delete(next.place)) continue;
      for (const { heard } of this.#listeners) heard(next.recorded);
    }
  }

  stop(): void {
    this.#listeners.clear();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    try {
      const version = this.#source.version();
      if (version === this.#version) return;
      this.look();
      this.#version = version;
    } catch {
      // a source that failed throws again when it is next used
    }
  }
}
