/** Time as the system sees it; tests hand in a virtual one. */

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  setTimeout(fn: (...args: unknown[]) => void, ms: number): unknown;
  clearTimeout(id: unknown): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (fn, ms) => setTimeout(fn, ms),
  clearTimeout: (id) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only ever a handle that setTimeout above gave out
    clearTimeout(id as ReturnType<typeof setTimeout>);
  },
};
