/** One timer for everything on the page that ages; it rests while nobody sees the page. */
import { useSyncExternalStore } from 'react';

const TICK_MS = 1000;
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}

/** Runs the timer exactly while somebody listens and the page is seen. */
function arrange(): void {
  const isNeeded = listeners.size > 0 && document.visibilityState === 'visible';
  if (isNeeded && timer === undefined) {
    timer = setInterval(tick, TICK_MS);
    tick();
  }
  if (!isNeeded) {
    clearInterval(timer);
    timer = undefined;
  }
}

document.addEventListener('visibilitychange', arrange);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  arrange();
  return () => {
    listeners.delete(listener);
    arrange();
  };
}

/** The time, in epoch milliseconds, anew every second. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => now);
