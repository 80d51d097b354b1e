/** Times on the page: one shared clock, ages that grow with it, and durations as text. */
import { useSyncExternalStore } from 'react';
import { ageText } from '../../read-model/words.ts';

const TICK_MS = 1000;
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}

/** Runs the timer only while a component listens and the page is visible. */
function startOrStop(): void {
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

let isWatchingVisibility = false;

function subscribe(listener: () => void): () => void {
  if (!isWatchingVisibility) document.addEventListener('visibilitychange', startOrStop);
  isWatchingVisibility = true;
  listeners.add(listener);
  startOrStop();
  return () => {
    listeners.delete(listener);
    startOrStop();
  };
}

/** The current time in epoch milliseconds, updated every second. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => now);

export interface AgeProps {
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
}

/** How long something lasted, or has lasted so far. Only this component is drawn again every second. */
export function Age({ startedAt, endedAt }: AgeProps) {
  if (startedAt === undefined) return null;
  return endedAt === undefined ? <GrowingAge startedAt={startedAt} /> : <>{ageText(endedAt - startedAt)}</>;
}

const GrowingAge = ({ startedAt }: { readonly startedAt: number }) => <>{ageText(useNow() - startedAt)}</>;
