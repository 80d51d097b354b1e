/**
 * A model that plays a script: an AI SDK model object without any network.
 *
 * Guarantees: it keeps no state. Every call runs the script again from its start, against the tool results that stand
 * in the prompt, so any number of agents can share one and each step reacts to what real tools really returned. Call
 * ids (`call_<step>_<index>`) and usage (a quarter of the characters) are the same on every run.
 */
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4StreamPart,
} from '@ai-sdk/provider';
import { messageOf } from '../errors.ts';
import { type Conversation, readConversation, type StepResults } from './scripted-conversation.ts';
import { pacedStream, type ScriptClock, scriptedFailure, stepParts } from './scripted-stream.ts';

export type { ScriptResult, StepResults } from './scripted-conversation.ts';
export type { ScriptClock } from './scripted-stream.ts';

/** A tool call in a script. An `input` that is a string is sent as it stands, so broken JSON can be scripted. */
export interface ScriptedCall {
  readonly name: string;
  readonly input: unknown;
}

/** A failure of the model's provider. Without `status` it is a network failure. */
export interface ScriptedFailure {
  readonly message: string;
  /** The HTTP status, e.g. 429. */
  readonly status?: number;
  readonly retryAfterMs?: number;
  /** Streamed before the failure, which then cuts the answer. Default: it fails before any answer. */
  readonly afterText?: string;
}

/** One answer of the model. A step without calls is a final answer. */
export interface ScriptStep {
  readonly text?: string;
  readonly reasoning?: string;
  readonly calls?: readonly ScriptedCall[];
  /** Default: a quarter of the characters read and written. */
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number };
  /**
   * Fails this call instead. A function is asked once for each call of this step, so it can count attempts in a
   * variable outside of the script and let a later one pass.
   */
  readonly error?: ScriptedFailure | (() => ScriptedFailure | undefined);
  /** Milliseconds between pieces of text. Default: the model's. */
  readonly paceMs?: number;
}

/** What a script is told. */
export interface ScriptContext extends Omit<Conversation, 'turns'> {
  /** Names of the tools that are offered in this call; none in the last call of an agent that ran out of turns. */
  readonly tools: readonly string[];
}

/**
 * Yields the answers one after another and is given what the calls of each returned. It is run anew for every call, so
 * it must not change anything outside of itself. What it returns, if anything, is its last step.
 */
export type Script = (context: ScriptContext) => Generator<ScriptStep, ScriptStep | void, StepResults>;

export interface ScriptedModelOptions {
  /** Default `script`. */
  readonly modelId?: string;
  /** Milliseconds between pieces of text. Default 0. */
  readonly paceMs?: number;
  /** Default: the global timers. */
  readonly clock?: ScriptClock;
}

/** What is said when a script has no more steps. */
export const SCRIPT_ENDED = 'The script has ended.';
/** What is said when a script asks for calls and no tools are offered. */
export const NO_TOOLS_LEFT = 'Here is what I have so far.';

/** A call for a step: `calls: [call('read', { path: 'a.ts' })]`. */
export function call(name: string, input: unknown = {}): ScriptedCall {
  return { name, input };
}

/**
 * A model that plays `script`.
 *
 * ```ts
 * const model = scriptedModel(function* ({ task }) {
 *   const [file] = yield { text: `Let me see. ${task}`, calls: [call('read', { path: 'a.ts' })] };
 *   yield { text: `It says ${file?.text}` };
 * });
 * ```
 */
export function scriptedModel(script: Script, options: ScriptedModelOptions = {}): LanguageModelV4 {
  const doStream: LanguageModelV4['doStream'] = async (callOptions) => {
    callOptions.abortSignal?.throwIfAborted();
    const conversation = readConversation(callOptions.prompt);
    const tools = (callOptions.tools ?? []).map(({ name }) => name);
    const index = conversation.turns.length;
    const step = playable(stepAt(script, conversation, tools), tools);
    const failure = typeof step.error === 'function' ? step.error() : step.error;
    if (failure !== undefined && failure.afterText === undefined) throw scriptedFailure(failure);
    const parts = stepParts({ step, index, failure, prompt: callOptions.prompt });
    const pace = { paceMs: step.paceMs ?? options.paceMs ?? 0, clock: options.clock ?? globalThis };
    return { stream: pacedStream(parts, pace, callOptions.abortSignal) };
  };
  return {
    specificationVersion: 'v4',
    provider: 'scripted',
    modelId: options.modelId ?? 'script',
    supportedUrls: {},
    doStream,
    doGenerate: (callOptions) => generate(doStream, callOptions),
  };
}

/** The model behind `scripted/default`: says that it is scripted and how to use a real one. */
export function defaultScriptedModel(): LanguageModelV4 {
  return scriptedModel(
    function* ({ task }) {
      yield {
        text:
          `This answer is scripted: no model was called. You asked: "${task.trim()}". For a real answer set ` +
          'ANTHROPIC_API_KEY or OPENAI_API_KEY, start Ollama, or name a model as provider/model.',
      };
    },
    { modelId: 'default' },
  );
}

/** Runs the script up to the step that this prompt asks for. */
function stepAt(script: Script, { turns, ...told }: Conversation, tools: readonly string[]): ScriptStep {
  let at = 0;
  try {
    const run = script({ ...told, tools });
    let next = run.next();
    for (const results of turns) {
      if (next.done === true) break;
      at += 1;
      next = run.next(results);
    }
    // A returned step answers the turn it stands at; after that there is nothing left.
    return next.done !== true || at === turns.length ? (next.value ?? { text: SCRIPT_ENDED }) : { text: SCRIPT_ENDED };
  } catch (thrown) {
    throw new Error(`The script failed at step ${at}: ${messageOf(thrown)}`, { cause: thrown });
  }
}

/** A step as it can be answered: never a call when no tools are offered, never an empty answer. */
function playable(step: ScriptStep, tools: readonly string[]): ScriptStep {
  const withheld = tools.length === 0 && step.calls !== undefined && step.calls.length > 0;
  const calls = withheld ? [] : (step.calls ?? []);
  const text = step.text || (withheld ? NO_TOOLS_LEFT : '');
  // An empty message would not stand in the next prompt, and the steps would be counted wrong.
  return { ...step, calls, text: text === '' && calls.length === 0 ? '(nothing to say)' : text };
}

async function generate(doStream: LanguageModelV4['doStream'], options: LanguageModelV4CallOptions) {
  const content: LanguageModelV4Content[] = [];
  const { stream } = await doStream(options);
  let finish: Extract<LanguageModelV4StreamPart, { type: 'finish' }> | undefined;
  for await (const part of stream) {
    if (part.type === 'error') throw part.error;
    if (part.type === 'tool-call') content.push(part);
    if (part.type === 'finish') finish = part;
    if (part.type !== 'text-delta' && part.type !== 'reasoning-delta') continue;
    const type = part.type === 'text-delta' ? 'text' : 'reasoning';
    const last = content.at(-1);
    if (last?.type === type) last.text += part.delta;
    else content.push({ type, text: part.delta });
  }
  if (finish === undefined) throw new Error('The scripted stream ended without a finish part.');
  return { content, finishReason: finish.finishReason, usage: finish.usage, warnings: [] };
}
