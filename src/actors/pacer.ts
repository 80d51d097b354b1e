/**
 * Keeps always-ready harnesses from starving timers, sockets and readers. All pumps of a system share one budget of events for
 * each round of the event loop, and pause together when it is spent. The lag of readers is bounded by the budget, not by the
 * number of agents.
 */
import { setImmediate } from 'node:timers/promises';

/** Measured: with a budget of a thousand or more, the pauses cost nothing measurable. */
const EVENTS_PER_ROUND = 1024;

export interface Pacer {
  /** Call it once for each event, and await the promise if it returns one. */
  step(): Promise<void> | undefined;
}

export function createPacer(): Pacer {
  let spent = 0;
  let round: Promise<void> | undefined;
  return {
    step() {
      spent += 1;
      if (spent < EVENTS_PER_ROUND) return undefined;
      round ??= setImmediate().then(() => {
        spent = 0;
        round = undefined;
      });
      return round;
    },
  };
}
