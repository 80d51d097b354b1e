/** Tells its agent once that its time is up. One timer each, outside XState's scheduler, which scans all timers at every stop. */
import { type EventObject, fromCallback } from 'xstate';
import type { HarnessEvent } from '../events.ts';
import type { AgentEvent } from '../machines/protocol.ts';
import type { Clock } from './clock.ts';

export function defineDeadline(clock: Clock) {
  return fromCallback<EventObject, { ms: number }, HarnessEvent>(({ input, sendBack }) => {
    const timer = clock.setTimeout(() => sendBack({ type: 'deadline.passed' } satisfies AgentEvent), input.ms);
    return () => clock.clearTimeout(timer);
  });
}
