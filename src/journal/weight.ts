/** What things weigh in memory, in bytes; an estimate from the text in them. */
import type { Envelope } from '../events.ts';
import type { RecordedAnswer } from './journal.ts';

/** What an envelope with a short event weighs; measured with `process.memoryUsage()` over a million of them. */
const ENVELOPE_BYTES = 200;

export function weightOf({ event }: Envelope): number {
  switch (event.type) {
    case 'text':
    case 'reasoning':
    case 'tool_progress':
      return ENVELOPE_BYTES + 2 * event.content.length;
    case 'harness_start':
    case 'message':
    case 'turn':
    case 'tool_call':
    case 'tool_effect':
    case 'tool_result':
    case 'relay':
    case 'relay_resolved':
    case 'error':
    case 'harness_end':
      return ENVELOPE_BYTES + 2 * lengthOf(event);
    default:
      return ENVELOPE_BYTES;
  }
}

export function weightOfAnswer({ relayId, answer }: RecordedAnswer): number {
  return ENVELOPE_BYTES + 2 * (relayId.length + lengthOf(answer));
}

function lengthOf(value: unknown): number {
  try {
    return JSON.stringify(value)?.length ?? 0;
  } catch {
    return 1024; // a value that JSON cannot hold: an application's own `result`
  }
}
