/** A clock that moves only when the test moves it. */
import type { Clock } from '../index.ts';

/** A clock that stands still until the test moves it. */
export interface VirtualClock extends Clock {
  /** The number of timers that wait. */
  readonly pending: number;
  /** When the earliest of them is due, epoch milliseconds; `undefined` when none waits. */
  readonly nextAt: number | undefined;
  /** Moves forward by `ms` milliseconds; due timers run in order, those they set included. */
  advance(ms: number): void;
  /** Moves forward to the earliest timer and runs it. False when there is none. */
  fireNext(): boolean;
  /** Moves forward to this time, if it is later, and runs no timer. */
  set(now: number): void;
}

interface Timer {
  readonly at: number;
  readonly fn: () => void;
}

/** @param start Epoch milliseconds. Default: the first of January 2026, UTC. */
export function virtualClock(start: number = Date.UTC(2026, 0, 1)): VirtualClock {
  const timers = new Map<number, Timer>();
  let now = start;
  let ids = 0;
  /** The earliest timer; of several at one time the first one set. */
  const earliest = (): readonly [number, Timer] | undefined => {
    let found: readonly [number, Timer] | undefined;
    for (const entry of timers) if (found === undefined || entry[1].at < found[1].at) found = entry;
    return found;
  };
  const fire = ([id, timer]: readonly [number, Timer]) => {
    timers.delete(id);
    now = Math.max(now, timer.at);
    timer.fn();
  };
  return {
    now: () => now,
    setTimeout(fn, ms) {
      ids += 1;
      timers.set(ids, { at: now + Math.max(0, ms), fn });
      return ids;
    },
    clearTimeout: (id) => void (typeof id === 'number' && timers.delete(id)),
    get pending() {
      return timers.size;
    },
    get nextAt() {
      return earliest()?.[1].at;
    },
    advance(ms) {
      const end = now + ms;
      for (let next = earliest(); next !== undefined && next[1].at <= end; next = earliest()) fire(next);
      now = Math.max(now, end);
    },
    fireNext() {
      const next = earliest();
      if (next !== undefined) fire(next);
      return next !== undefined;
    },
    set(later) {
      now = Math.max(now, later);
    },
  };
}
