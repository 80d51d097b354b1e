/** Entries of the real stream in the words of the model. */
import type { HarnessEvent } from '../../../src/index.ts';

/** The full id of the call that an event is about. */
export function callIdIn(event: HarnessEvent): string | undefined {
  if (event.type === 'tool_call' || event.type === 'tool_start' || event.type === 'tool_result') return event.id;
  return event.type === 'relay' || event.type === 'relay_resolved' ? event.toolCallId : undefined;
}

/** How a call stands once this is told of it. */
export function standingAfter(event: HarnessEvent): string | undefined {
  if (event.type === 'relay') return 'waiting';
  if (event.type === 'tool_start') return 'running';
  return event.type === 'tool_result' ? `settled ${event.status}` : undefined;
}

/**
 * @param name The agent's, or that of the call it is about.
 * @param grantName The name of the call that a grant was given for.
 */
export function lineOf(event: HarnessEvent, name: string, grantName: (grantId: string) => string): string | undefined {
  switch (event.type) {
    case 'harness_start':
      return `${name} starts`;
    case 'turn':
      return `${name} turn ${event.number}`;
    case 'message':
      return `${name} is told`;
    case 'error':
      return `${name} errs`;
    case 'stopping':
      return `${name} stops`;
    case 'harness_end':
      return `${name} ends ${event.status}`;
    case 'tool_call':
      return `${name} is called`;
    case 'relay':
      return `${name} asks`;
    case 'relay_resolved':
      return `${name} answered ${event.approved ? 'yes' : 'no'} by ${event.by}`;
    case 'tool_start':
      return `${name} starts by ${event.decidedBy?.kind}`;
    case 'tool_result':
      return `${name} settles ${event.status}`;
    case 'grant_revoked':
      return `grant of ${grantName(event.grantId)} revoked`;
    case 'text':
    case 'usage':
      return undefined;
    default:
      return `${name}: ${event.type}, of which the model knows nothing`;
  }
}
