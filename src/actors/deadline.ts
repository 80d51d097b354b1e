/** Tells its agent once that its time is up. Outside XState's scheduler, which scans all timers whenever an actor stops. */
import { type EventObject, fromCallback } from 'xstate';
import type { HarnessEvent } from '../events.ts';
import type { AgentActors } from '../machines/machine-types.ts';
import type { AgentEvent } from '../machines/protocol.ts';
import type { FindServices, Services } from './services.ts';

/** The longest delay of a timer; with a longer one it fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The actor `deadline`. */
export function defineDeadline(find: FindServices<Pick<Services, 'clock'>>): AgentActors['deadline'] {
  return fromCallback<EventObject, { ms: number }, HarnessEvent>(({ input, sendBack, system }) => {
    const { clock } = find(system);
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
