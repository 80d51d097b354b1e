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

/**
 * Never goes back, also behind `floor` (epoch milliseconds), and never stands still: what has expired stays expired, and
 * what is to expire does, whatever the system's clock does.
 * @param onSetBack Is told by how much the system's clock went back, milliseconds, each time that it did.
 */
export function monotonicClock(clock: Clock, floor = 0, onSetBack: (ms: number) => void = () => undefined): Clock {
  let latest = floor;
  let ahead = 0;
  return {
    now: () => {
      const now = clock.now();
      if (now >= latest) ahead = 0;
      else if (now + ahead < latest) {
        onSetBack(latest - now - ahead);
        ahead = latest - now; // time goes on from where it was
      }
      return (latest = now + ahead);
    },
    setTimeout: (fn, ms) => clock.setTimeout(fn, ms),
    clearTimeout: (id) => clock.clearTimeout(id),
  };
}
