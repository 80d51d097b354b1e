/**
 * Masking of entries before they leave the server: text of models, output of tools, reasons and errors. The arguments of calls
 * are not masked, because a human must judge all of them.
 */
import type { Envelope, HarnessEvent, Message } from '../events.ts';
import { redactedFields, redactedText } from '../diagnostics/redact.ts';

/** An entry without what looks like a secret; the same object when nothing in it is masked. */
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
        ...(decidedBy?.reason === undefined ? {} : { decidedBy: { ...decidedBy, ...maskedReason(decidedBy) } }),
      };
    }
    case 'message':
      return { ...event, message: maskedMessage(event.message) };
    case 'turn':
      return { ...event, messages: event.messages.map(maskedMessage) };
    case 'harness_start': {
      const { setup } = event;
      return setup === undefined
        ? event
        : { ...event, setup: { ...setup, messages: setup.messages.map(maskedMessage) } };
    }
    case 'harness_end':
      return {
        ...event,
        ...maskedReason(event),
        ...(event.text === undefined ? {} : { text: redactedText(event.text) }),
      };
    case 'stopping':
    case 'turn_discarded':
      return { ...event, ...maskedReason(event) };
    case 'resumed':
      return { ...event, parked: event.parked.map((agent) => ({ ...agent, ...maskedReason(agent) })) };
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

const maskedReason = ({ reason }: { readonly reason?: string | undefined }): { reason?: string } =>
  reason === undefined ? {} : { reason: redactedText(reason) };

/** Masks the text of a message; its calls keep their arguments. */
function maskedMessage(message: Message): Message {
  if (message.role === 'assistant') {
    const { content } = message;
    return content === null || typeof content === 'string'
      ? { ...message, content: content === null ? null : redactedText(content) }
      : { ...message, content: content.map(maskedPart) };
  }
  if (message.role === 'system') return { ...message, content: redactedText(message.content) };
  const { content } = message;
  return { ...message, content: typeof content === 'string' ? redactedText(content) : content.map(maskedPart) };
}

const maskedPart = <P extends object>(part: P): P =>
  'text' in part && typeof part.text === 'string' ? { ...part, text: redactedText(part.text) } : part;
