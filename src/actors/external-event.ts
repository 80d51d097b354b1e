/** Checks what an external harness yields: nothing outside the event vocabulary reaches the stream. */
import * as z from 'zod';
import { GreenroomError } from '../errors.ts';
import { HarnessEvent } from '../events.ts';
import type { InvocationEvent } from '../harness/harness.ts';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The event under this agent's id. A gap with one obvious reading is filled: a result without a status is `ok`, an output that
 * is not an object is its `result`, an end without a status is `completed`, or `failed` after an error.
 * @throws GreenroomError `harness` for anything else that is not a harness event.
 */
export function externalEvent(
  given: InvocationEvent,
  run: { readonly runId: string; readonly failed: boolean },
): InvocationEvent {
  if (!isObject(given)) throw broken(`${given === null ? 'null' : typeof given} instead of an event`);
  // nearly all events are deltas, and parsing one costs more than the rest of its way
  if ((given.type === 'text' || given.type === 'reasoning') && isDelta(given)) return given;
  const parsed = HarnessEvent.safeParse(readable(given, run));
  if (!parsed.success) throw broken(`"${given.type}" that does not fit: ${z.prettifyError(parsed.error)}`);
  const { data } = parsed;
  if (data.type !== 'relay') return data;
  const respond: unknown = given.type === 'relay' ? given.respond : undefined;
  if (typeof respond !== 'function') throw broken('a "relay" without respond(), which cannot be answered');
  return { ...data, respond: (response) => void Reflect.apply(respond, given, [response]) };
}

const isDelta = (event: Extract<InvocationEvent, { type: 'text' | 'reasoning' }>): boolean =>
  typeof event.id === 'string' && typeof event.content === 'string';

function readable(
  given: InvocationEvent,
  { runId, failed }: { readonly runId: string; readonly failed: boolean },
): Readonly<Record<string, unknown>> {
  if (given.type === 'harness_end') {
    return { ...given, runId, status: given.status ?? (failed ? 'failed' : 'completed') };
  }
  if (given.type !== 'tool_result') return { ...given, runId };
  const output: unknown = given.output;
  return {
    ...given,
    runId,
    status: given.status ?? 'ok',
    output: isObject(output) ? output : typeof output === 'string' ? { context: output } : { result: output },
  };
}

function broken(what: string): GreenroomError {
  return new GreenroomError('harness', `The harness yielded ${what}. It must yield the events of HarnessEvent.`);
}
