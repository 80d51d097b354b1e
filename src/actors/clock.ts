/** The clock of a session. Tests give a virtual one. */

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
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- always a handle of setTimeout above
    clearTimeout(id as ReturnType<typeof setTimeout>);
  },
};

/**
 * A clock that never returns an earlier time, nor one before `floor` (epoch milliseconds), and that continues to run when the
 * system's clock is set back: what has expired stays expired, and deadlines still pass.
 * @param onSetBack Called each time the system's clock was set back, with the milliseconds.
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
        ahead = latest - now; // time continues from where it was
      }
      return (latest = now + ahead);
    },
    setTimeout: (fn, ms) => clock.setTimeout(fn, ms),
    clearTimeout: (id) => clock.clearTimeout(id),
  };
}
