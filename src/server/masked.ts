/**
 * What is shown of an entry: without what looks like a secret in what models and tools said. The arguments of a call are shown
 * as they are: a human judges them, and what he does not see he cannot judge.
 */
import type { Envelope, HarnessEvent, Message } from '../events.ts';
import { redactedFields, redactedText } from '../diagnostics/redact.ts';

export function masked(entry: Envelope): Envelope {
  const event = maskedEvent(entry.event);
  return event === entry.event ? entry : { ...entry, event };
}

function maskedEvent(event: HarnessEvent): HarnessEvent {
  switch (event.type) {
    case 'text':
    case 'reasoning':
    case 'tool_progress':
      return { ...event, content: redactedText(event.content) };
    case 'error':
      return { ...event, message: redactedText(event.message) };
    case 'tool_result': {
      const { decidedBy } = event;
      return {
        ...event,
        output: redactedFields(event.output),
        ...(decidedBy?.reason === undefined ? {} : { decidedBy: { ...decidedBy, ...reasonOf(decidedBy) } }),
      };
    }
    case 'message':
      return { ...event, message: textless(event.message) };
    case 'turn':
      return { ...event, messages: event.messages.map(textless) };
    case 'harness_start': {
      const { setup } = event;
      return setup === undefined ? event : { ...event, setup: { ...setup, messages: setup.messages.map(textless) } };
    }
    case 'harness_end':
      return { ...event, ...reasonOf(event), ...(event.text === undefined ? {} : { text: redactedText(event.text) }) };
    case 'stopping':
    case 'turn_discarded':
      return { ...event, ...reasonOf(event) };
    case 'resumed':
      return { ...event, parked: event.parked.map((agent) => ({ ...agent, ...reasonOf(agent) })) };
    case 'tool_call':
    case 'relay':
    case 'relay_resolved':
    case 'tool_start':
    case 'tool_effect':
    case 'usage':
    case 'grant_revoked':
    case 'grant_used':
    case 'resync':
      return event;
    default:
      return event satisfies never;
  }
}

const reasonOf = ({ reason }: { readonly reason?: string | undefined }): { reason?: string } =>
  reason === undefined ? {} : { reason: redactedText(reason) };

/** A message without secrets in what it says; calls in it keep their arguments. */
function textless(message: Message): Message {
  if (message.role === 'assistant') {
    const { content } = message;
    return content === null || typeof content === 'string'
      ? { ...message, content: content === null ? null : redactedText(content) }
      : { ...message, content: content.map(clean) };
  }
  if (message.role === 'system') return { ...message, content: redactedText(message.content) };
  const { content } = message;
  return { ...message, content: typeof content === 'string' ? redactedText(content) : content.map(clean) };
}

const clean = <P extends object>(part: P): P =>
  'text' in part && typeof part.text === 'string' ? { ...part, text: redactedText(part.text) } : part;
