/**
 * Lets one thing happen at a time: what models and tools come to waits here until it is let in, so that the order of a whole
 * run is the test's to choose, and the same every time.
 */
import { setImmediate as nextRound } from 'node:timers/promises';
import { type CheckResult, GreenroomError, type Scheduler, type WorkCompletion, type WorkItem } from '../index.ts';

/** Something that has come and waits to be let in. */
export interface Arrival {
  /** `act`: something that a running tool does. */
  readonly kind: WorkItem['kind'] | 'act';
  readonly id: string;
  /** A piece of a model's answer, not its end. */
  readonly part: boolean;
  /** Of checks. */
  readonly found?: CheckResult;
}

export interface ConductorOptions {
  /** Every piece of a model's answer waits, too. Default: only its end does. */
  readonly parts?: boolean;
  /** How long real work outside (files, commands, networks) may take while nothing else is left, in milliseconds. Default 30 000. */
  readonly patienceMs?: number;
}

export class Conductor implements Scheduler {
  readonly #parts: boolean;
  readonly #patienceMs: number;
  readonly #waiting = new Map<Arrival, (instead?: CheckResult) => void>();
  /** Work that has begun and not arrived. */
  readonly #away = new Map<WorkItem, WorkItem['kind']>();
  #wake: (() => void) | undefined;
  #open = false;

  constructor({ parts = false, patienceMs = 30_000 }: ConductorOptions = {}) {
    this.#parts = parts;
    this.#patienceMs = patienceMs;
  }

  begin(work: WorkItem): (completion: WorkCompletion) => Promise<CheckResult | undefined> | undefined {
    this.#away.set(work, work.kind);
    return ({ part = false, found }) => {
      if (!part) this.#away.delete(work);
      if (this.#open || (part && !this.#parts)) return undefined;
      const { promise, resolve } = Promise.withResolvers<CheckResult | undefined>();
      this.#waiting.set({ ...work, part, ...(found === undefined ? {} : { found }) }, resolve);
      this.#wake?.();
      return promise;
    };
  }

  /** Has this wait, too, and done when it is let in. */
  enqueue(arrival: Arrival, act: () => void): void {
    if (this.#open) return act();
    this.#waiting.set(arrival, act);
    this.#wake?.();
  }

  /** What waits, in the order of arrival. */
  get ready(): readonly Arrival[] {
    return [...this.#waiting.keys()];
  }

  /** Lets it in, and returns once everything that follows from it has happened. `instead` counts for what a check found. */
  async release(arrival: Arrival, instead?: CheckResult): Promise<void> {
    this.#waiting.get(arrival)?.(instead);
    this.#waiting.delete(arrival);
    await this.settle();
  }

  /** Resolves once nothing more happens by itself: no step follows, and no check is under way. */
  async settle(): Promise<void> {
    let quiet = 0;
    for (let seen = -1; quiet < 2;) {
      await nextRound();
      const checking = [...this.#away.values()].some((kind) => kind === 'check' || kind === 'verify');
      const size = this.#waiting.size;
      quiet = size === seen && !checking ? quiet + 1 : 0;
      seen = size;
    }
  }

  /** Whether something is being done outside that has not arrived. */
  get isAway(): boolean {
    return this.#away.size > 0;
  }

  /**
   * Waits for the next arrival.
   * @throws GreenroomError `internal` when nothing comes in time; it names what is waited for.
   */
  async arrival(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const names = [...this.#away.keys()].map(({ kind, id }) => `${kind} ${id}`).join(', ');
    const late = () =>
      reject(new GreenroomError('internal', `Nothing came of ${names} within ${this.#patienceMs} ms.`));
    const timer = setTimeout(late, this.#patienceMs);
    try {
      if (this.#waiting.size === 0) await promise;
    } finally {
      clearTimeout(timer);
      this.#wake = undefined;
    }
  }

  /** From here on everything is let in at once. */
  open(): void {
    this.#open = true;
    for (const resolve of this.#waiting.values()) resolve();
    this.#waiting.clear();
  }
}
