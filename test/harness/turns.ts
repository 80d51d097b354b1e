/** Helpers to run one model call in a test. */
import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { expect } from 'vitest';
import * as z from 'zod';
import { ModelError } from '../../src/errors.ts';
import type {
  InvocationEvent,
  InvokeParams,
  LanguageModelLike,
  ModelHarness,
  TurnResult,
} from '../../src/harness/harness.ts';
import { defineTool } from '../../src/tools/tool.ts';

export const readTool = defineTool({
  name: 'read',
  description: 'Reads a file.',
  schema: z.strictObject({ path: z.string(), limit: z.number().default(100) }),
  execute: () => ({}),
});

export const user = (content: string) => ({ role: 'user' as const, content });

/** Reads a call to its end. */
export async function runTurn(
  harness: ModelHarness,
  params: Partial<InvokeParams> = {},
): Promise<{ events: InvocationEvent[]; turn: TurnResult }> {
  const events: InvocationEvent[] = [];
  const call = harness.invoke({ messages: [user('hello')], runId: 'run', ...params });
  for (;;) {
    const next = await call.next();
    if (next.done === true) return { events, turn: next.value };
    events.push(next.value);
  }
}

/** The ModelError a call ends with, and the events before it. */
export async function failedTurn(
  harness: ModelHarness,
  params: Partial<InvokeParams> = {},
): Promise<{ events: InvocationEvent[]; error: ModelError }> {
  const events: InvocationEvent[] = [];
  try {
    for await (const event of harness.invoke({ messages: [user('hello')], runId: 'run', ...params }))
      events.push(event);
  } catch (error) {
    if (error instanceof ModelError) return { events, error };
    throw error;
  }
  throw new Error('the call did not fail');
}

export function textOf(events: readonly InvocationEvent[]): string {
  return events.map((event) => (event.type === 'text' ? event.content : '')).join('');
}

/** A stream of parts that were written down beforehand. */
export function streamOf<T>(parts: readonly T[]): ReadableStream<T> {
  return new ReadableStream<T>({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });
}

export const finishPart = {
  type: 'finish',
  finishReason: { unified: 'stop', raw: 'stop' },
  usage: {
    inputTokens: { total: 5, noCache: 5, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: 2, text: 2, reasoning: 0 },
  },
} as const satisfies LanguageModelV4StreamPart;

/** A model object that streams the given parts and keeps the options it was called with. */
export function fakeModel(
  specificationVersion: string,
  parts: readonly unknown[],
): LanguageModelLike & { readonly calls: { prompt: unknown; tools?: unknown; abortSignal?: AbortSignal }[] } {
  const calls: { prompt: unknown; tools?: unknown; abortSignal?: AbortSignal }[] = [];
  const doStream = (options: { prompt: unknown }) => {
    calls.push(options);
    return Promise.resolve({ stream: streamOf(parts) });
  };
  return { specificationVersion, provider: 'fake', modelId: 'one', calls, doStream };
}

/** Vitest's matchers, typed as what they are: nothing to look into. */
export const containing = (text: string): unknown => expect.stringContaining(text);
export const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);
