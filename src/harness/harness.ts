/** Harnesses: objects that yield harness events for an invocation, one model call or a whole agent. */
import type { AssistantMessage, HarnessEvent, Message, Permissions, Usage } from '../events.ts';
import type { Tool } from '../tools/tool.ts';

/** An AI SDK language model object, specification V3 or V4; only the members that are used. */
export interface LanguageModelLike {
  readonly specificationVersion: string;
  readonly provider: string;
  readonly modelId: string;
  doStream(options: never): PromiseLike<unknown>;
}

/** `provider/model`, or an AI SDK model object. */
export type ModelRef = string | LanguageModelLike;

/** The parameters of an invocation. */
export interface InvokeParams {
  readonly messages: readonly Message[];
  readonly model?: ModelRef;
  readonly tools?: readonly Tool[];
  readonly permissions?: Permissions;
  /** Aborts the invocation; it reaches the HTTP request. */
  readonly signal?: AbortSignal;
  /** Carried by every event. Default: a fresh id. */
  readonly runId?: string;
  /** Carried by every event of a subagent. */
  readonly parentId?: string;
}

/** An answer to a relay of a harness that runs without an orchestrator, or of an external harness. */
export type RelayResponse =
  | { readonly approved: true; readonly always?: boolean; readonly input?: unknown }
  | { readonly approved: false; readonly reason?: string };

/** An event as a harness yields it: its relays carry `respond`, which the orchestrator keeps and removes from the stream. */
export type InvocationEvent =
  | Exclude<HarnessEvent, { type: 'relay' }>
  | (Extract<HarnessEvent, { type: 'relay' }> & { readonly respond: (response: RelayResponse) => void });

/** Any object of this shape can be an agent. */
export interface Harness {
  /** Required only of a harness that `spawn({ harness })` is given and that a resumed session needs again. */
  readonly name?: string;
  invoke(params: InvokeParams): AsyncIterable<InvocationEvent>;
  supportedModels?(): Promise<readonly string[]>;
}

/** The result of one model call. */
export interface TurnResult {
  /** The whole answer as it goes into the history, reasoning and its provider data included. */
  readonly message: AssistantMessage;
  readonly usage: Usage;
  readonly finishReason: 'stop' | 'tool-calls' | 'length' | 'content-filter' | 'error' | 'other';
}

/**
 * A harness that makes exactly one model call. Yields `text`, `reasoning`, `tool_call` (raw ids) and `usage`, and
 * returns the whole turn; throws ModelError.
 */
export interface ModelHarness extends Harness {
  readonly kind: 'model';
  /** For invocations that name no model; absent when the environment decides. */
  readonly model?: ModelRef;
  invoke(params: InvokeParams): AsyncGenerator<InvocationEvent, TurnResult, void>;
}

/** A harness that adds the loop. */
export interface AgentHarness extends Harness {
  readonly kind: 'agent';
  /** Makes the model calls. */
  readonly harness: Harness;
  readonly maxIterations: number;
  readonly model?: ModelRef;
  readonly retry?: RetryOptions;
}

/** The retries of a failed model call. */
export interface RetryOptions {
  /** Calls for one turn in all, the first included. Default 4. */
  readonly maxAttempts?: number;
  /** Wait before the second call, in milliseconds; doubles each time. Default 1000. */
  readonly baseMs?: number;
  /** Longest wait, in milliseconds; a provider's `retry-after` may ask for more. Default 30 000. */
  readonly maxMs?: number;
}

/** Whether a value has the shape of a harness. */
export const isHarness = (value: unknown): value is Harness =>
  typeof value === 'object' && value !== null && 'invoke' in value && typeof value.invoke === 'function';

/** Only `createAgentHarness` sets this tag. */
export const isAgentHarness = (harness: Harness): harness is AgentHarness =>
  'kind' in harness && harness.kind === 'agent';

/** Harnesses that make one model call set this tag. */
export const isModelHarness = (harness: Harness): harness is ModelHarness =>
  'kind' in harness && harness.kind === 'model';

/** The model a harness for single calls was made with, so that the stream can name it. */
export const ownModel = (harness: Harness | undefined) =>
  harness !== undefined && isModelHarness(harness) ? harness.model : undefined;

/** The loop for a harness that has one or that makes single model calls; `undefined` for an external harness. */
export function loopOf(
  harness: Harness,
): Pick<AgentHarness, 'harness' | 'maxIterations' | 'model' | 'retry'> | undefined {
  if (isAgentHarness(harness)) return harness;
  return isModelHarness(harness) ? { harness, maxIterations: 10 } : undefined;
}
