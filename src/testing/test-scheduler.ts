/**
 * A scheduler for tests: the results of models, tools and checks wait here until the test releases them, so the test chooses
 * the order of a whole run.
 */
import { setImmediate as nextRound } from 'node:timers/promises';
import { type CheckResult, GreenroomError, type Scheduler, type WorkCompletion, type WorkItem } from '../index.ts';

/** A result that waits for its release. */
export interface Arrival {
  /** `act`: something that a running tool does before its outcome. */
  readonly kind: WorkItem['kind'] | 'act';
  readonly id: string;
  /** True for a part of a model's answer, false for its end. */
  readonly part: boolean;
  /** The result of a check. */
  readonly found?: CheckResult;
}

/** Options of `TestScheduler`. */
export interface TestSchedulerOptions {
  /** Every part of a model's answer waits, too. Default: only its end. */
  readonly parts?: boolean;
  /** How long `arrival()` waits for real work (files, commands, networks), in milliseconds. Default 30 000. */
  readonly patienceMs?: number;
}

/** Holds back the results of models, tools and checks until the test releases them, one by one, in any order. */
export class TestScheduler implements Scheduler {
  readonly #parts: boolean;
  readonly #patienceMs: number;
  readonly #waiting = new Map<Arrival, (instead?: CheckResult) => void>();
  /** Work that has begun and not arrived yet. */
  readonly #away = new Map<WorkItem, WorkItem['kind']>();
  #wake: (() => void) | undefined;
  #open = false;

  constructor({ parts = false, patienceMs = 30_000 }: TestSchedulerOptions = {}) {
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

  /** Makes `act` wait, and calls it when it is released. */
  enqueue(arrival: Arrival, act: () => void): void {
    if (this.#open) return act();
    this.#waiting.set(arrival, act);
    this.#wake?.();
  }

  /** The results that wait, in the order of arrival. */
  get ready(): readonly Arrival[] {
    return [...this.#waiting.keys()];
  }

  /** Releases a result and resolves once all its consequences have happened. `instead` replaces the result of a check. */
  async release(arrival: Arrival, instead?: CheckResult): Promise<void> {
    this.#waiting.get(arrival)?.(instead);
    this.#waiting.delete(arrival);
    await this.settle();
  }

  /** Resolves once nothing more happens by itself: no step follows, and no check runs. */
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

  /** Whether some work has begun and not arrived yet. */
  get isAway(): boolean {
    return this.#away.size > 0;
  }

  /**
   * Waits for the next arrival.
   * @throws GreenroomError `internal` after `patienceMs`; it names the work that has not arrived.
   */
  async arrival(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const names = [...this.#away.keys()].map(({ kind, id }) => `${kind} ${id}`).join(', ');
    const late = () =>
      reject(new GreenroomError('internal', `Timed out after ${this.#patienceMs} ms waiting for ${names}.`));
    const timer = setTimeout(late, this.#patienceMs);
    try {
      if (this.#waiting.size === 0) await promise;
    } finally {
      clearTimeout(timer);
      this.#wake = undefined;
    }
  }

  /** From here on everything is released at once. */
  open(): void {
    this.#open = true;
    for (const resolve of this.#waiting.values()) resolve();
    this.#waiting.clear();
  }
}
