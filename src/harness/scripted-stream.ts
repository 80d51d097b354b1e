/** A scripted step as the stream a provider would send: small pieces, one at a time, with an optional pause between. */
import type { LanguageModelV4Prompt, LanguageModelV4StreamPart, LanguageModelV4Usage } from '@ai-sdk/provider';
import { outputText } from './scripted-conversation.ts';
import type { ScriptClock, ScriptedCall, ScriptedFailure, ScriptStep } from './script.ts';

/** The parts of one answer. With a failure they end in an `error` part. */
export function stepParts(answer: {
  readonly step: ScriptStep;
  /** Which answer of the script it is; stands in the ids of its calls. */
  readonly index: number;
  readonly failure: ScriptedFailure | undefined;
  readonly prompt: LanguageModelV4Prompt;
}): LanguageModelV4StreamPart[] {
  const { step, index, failure, prompt } = answer;
  const parts: LanguageModelV4StreamPart[] = [{ type: 'stream-start', warnings: [] }];
  // one by one: a long text has more pieces than a call may have arguments
  if (step.reasoning) for (const part of block('reasoning', step.reasoning)) parts.push(part);
  const text = failure?.afterText ?? step.text;
  if (text) for (const part of block('text', text)) parts.push(part);
  if (failure !== undefined) return [...parts, { type: 'error', error: scriptedFailure(failure) }];

  const calls = step.calls ?? [];
  calls.forEach((call, at) => {
    parts.push({ type: 'tool-call', toolCallId: `call_${index}_${at}`, toolName: call.name, input: inputText(call) });
  });
  const reason = calls.length > 0 ? 'tool-calls' : 'stop';
  parts.push({ type: 'finish', finishReason: { unified: reason, raw: reason }, usage: usageOf(step, prompt) });
  return parts;
}

/** A failure as provider packages throw it. */
export function scriptedFailure({ message, status, retryAfterMs }: ScriptedFailure): Error {
  return Object.assign(new Error(message), {
    ...(status === undefined ? { isRetryable: true } : { statusCode: status }),
    ...(retryAfterMs === undefined ? {} : { responseHeaders: { 'retry-after-ms': String(retryAfterMs) } }),
  });
}

/** A stream that gives one part at a time, waits between pieces of text, and fails as soon as `signal` aborts. */
export function pacedStream(
  parts: readonly LanguageModelV4StreamPart[],
  { paceMs, clock }: { readonly paceMs: number; readonly clock: ScriptClock },
  signal: AbortSignal | undefined,
): ReadableStream<LanguageModelV4StreamPart> {
  let at = 0;
  let timer: unknown;
  let release: () => void = () => undefined;
  const pause = () => new Promise<void>((resolve) => (timer = clock.setTimeout(resolve, paceMs)));
  const end = () => {
    if (timer !== undefined) clock.clearTimeout(timer);
    release();
  };
  return new ReadableStream<LanguageModelV4StreamPart>(
    {
      start(controller) {
        const abort = () => {
          end();
          controller.error(signal?.reason);
        };
        signal?.addEventListener('abort', abort, { once: true });
        release = () => signal?.removeEventListener('abort', abort);
      },
      async pull(controller) {
        const part = parts[at++];
        if (paceMs > 0 && (part?.type === 'text-delta' || part?.type === 'reasoning-delta')) await pause();
        if (part !== undefined) controller.enqueue(part);
        if (at < parts.length) return;
        release();
        controller.close();
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
}

function* block(kind: 'text' | 'reasoning', text: string): Generator<LanguageModelV4StreamPart> {
  const id = `${kind}-0`;
  yield { type: `${kind}-start`, id };
  for (const delta of text.match(/\s*\S+\s*|\s+/g) ?? []) yield { type: `${kind}-delta`, id, delta };
  yield { type: `${kind}-end`, id };
}

function inputText({ input }: ScriptedCall): string {
  return typeof input === 'string' ? input : JSON.stringify(input);
}

const CHARS_PER_TOKEN = 4;

function usageOf(step: ScriptStep, prompt: LanguageModelV4Prompt): LanguageModelV4Usage {
  const reasoning = tokens(step.reasoning?.length ?? 0);
  const calls = (step.calls ?? []).map((call) => call.name.length + inputText(call).length);
  const written = (step.text?.length ?? 0) + calls.reduce((sum, length) => sum + length, 0);
  const input = step.usage?.inputTokens ?? tokens(prompt.reduce((sum, message) => sum + charsOf(message), 0));
  const output = step.usage?.outputTokens ?? tokens(written) + reasoning;
  return {
    inputTokens: { total: input, noCache: input, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: output, text: output - reasoning, reasoning },
  };
}

function tokens(chars: number): number {
  return Math.ceil(chars / CHARS_PER_TOKEN);
}

/** Text only: images would make the count a matter of their compression. */
function charsOf(message: LanguageModelV4Prompt[number]): number {
  if (message.role === 'system') return message.content.length;
  let chars = 0;
  for (const part of message.content) {
    if (part.type === 'text' || part.type === 'reasoning') chars += part.text.length;
    if (part.type === 'tool-call') chars += part.toolName.length + JSON.stringify(part.input ?? {}).length;
    if (part.type === 'tool-result') chars += outputText(part.output).length;
  }
  return chars;
}
