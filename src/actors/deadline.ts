/** Tells its agent once that its time is up. One timer each, outside XState's scheduler, which scans all timers at every stop. */
import { type EventObject, fromCallback } from 'xstate';
import type { HarnessEvent } from '../events.ts';
import type { AgentEvent } from '../machines/protocol.ts';
import type { Clock } from './clock.ts';

/** The longest a timer can be; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function defineDeadline(clock: Clock) {
  return fromCallback<EventObject, { ms: number }, HarnessEvent>(({ input, sendBack }) => {
    let timer: unknown;
    const wait = (ms: number) => {
      const rest = ms - LONGEST_TIMER_MS;
      timer =
        rest > 0
          ? clock.setTimeout(() => wait(rest), LONGEST_TIMER_MS)
          : clock.setTimeout(() => sendBack({ type: 'deadline.passed' } satisfies AgentEvent), ms);
    };
    wait(input.ms);
    return () => clock.clearTimeout(timer);
  });
}
