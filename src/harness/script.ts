/** The language of scripts: what a scripted model says, and what it is told of its calls. */
import type { LanguageModelV4Prompt, LanguageModelV4ToolResultOutput } from '@ai-sdk/provider';

/** A tool call of a script. An `input` that is a string is sent unchanged, so that broken JSON can be scripted. */
export interface ScriptedCall {
  readonly name: string;
  readonly input: unknown;
}

/** Makes a call for a step: `calls: [call('read', { path: 'a.ts' })]`. `input` defaults to `{}`. */
export function call(name: string, input: unknown = {}): ScriptedCall {
  return { name, input };
}

/** A failure of the model's provider. Without `status` it is a network failure. */
export interface ScriptedFailure {
  readonly message: string;
  /** The HTTP status, e.g. 429. */
  readonly status?: number;
  /** The provider's `retry-after`, in milliseconds. */
  readonly retryAfterMs?: number;
  /** Streamed before the failure, which then cuts the answer. Default: the call fails before any answer. */
  readonly afterText?: string;
}

/** One answer of the model. A step without calls is a final answer. */
export interface ScriptStep {
  readonly text?: string;
  readonly reasoning?: string;
  readonly calls?: readonly ScriptedCall[];
  /** Tokens. Default: a quarter of the characters read and written. */
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number };
  /**
   * Fails this model call instead. A function is called once for each model call of this step, so it can count attempts in a
   * variable outside of the script and let a later one pass.
   */
  readonly error?: ScriptedFailure | (() => ScriptedFailure | undefined);
  /** Milliseconds between pieces of text. Default: the model's. */
  readonly paceMs?: number;
}

/** The result of one call of a step. */
export interface ScriptResult {
  /** The raw id of the call. */
  readonly id: string;
  readonly name: string;
  readonly text: string;
  /** True when the call failed, was denied or was cancelled. */
  readonly isError: boolean;
  /** The result as it is in the prompt, images and files included. */
  readonly raw: LanguageModelV4ToolResultOutput;
}

/** The results of a step's calls, in the order of the calls. */
export interface StepResults extends ReadonlyArray<ScriptResult> {
  /**
   * What users said after this step and before the next; always present. Optional only in its type: `const [first] =
   * yield …` makes TypeScript compare a bare tuple with this one.
   */
  readonly steered?: readonly string[];
}

/** What a script is given. */
export interface ScriptContext {
  /** The text of the first user message. */
  readonly task: string;
  /** All system messages, joined by blank lines. */
  readonly system: string;
  readonly messages: LanguageModelV4Prompt;
  /** Names of the tools offered in this model call; none in the last call of an agent that reached `maxIterations`. */
  readonly tools: readonly string[];
}

/**
 * Yields the answers one after another and is given the results of each step's calls. It is run anew for every model call, so
 * it must not change anything outside of itself. A returned step is its last.
 */
export type Script = (context: ScriptContext) => Generator<ScriptStep, ScriptStep | void, StepResults>;

/** The timers that pace a stream. */
export interface ScriptClock {
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}
