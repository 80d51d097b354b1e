/**
 * Keeps an always-ready harness from starving timers, sockets and other agents: after so many events in a row a pump
 * steps back behind the event loop.
 */
import { setImmediate } from 'node:timers/promises';

const EVENTS_IN_A_ROW = 256;

export interface Pacer {
  /** Call once an event; a promise means: wait for it. */
  step(): Promise<void> | undefined;
}

export function createPacer(): Pacer {
  let inARow = 0;
  return {
    step() {
      inARow += 1;
      if (inARow < EVENTS_IN_A_ROW) return undefined;
      inARow = 0;
      return setImmediate();
    },
  };
}
