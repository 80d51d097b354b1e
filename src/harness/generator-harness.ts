/** One model call with any AI SDK model object or a `provider/model` string. */
import type { JSONObject, LanguageModelV3, LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { v7 as uuidv7 } from 'uuid';
import { GreenroomError } from '../errors.ts';
import type { Tool } from '../tools/tool.ts';
import { jsonSchemaOf } from '../tools/tool-schema.ts';
import type {
  InvocationEvent,
  InvokeParams,
  LanguageModelLike,
  ModelHarness,
  ModelRef,
  TurnResult,
} from './harness.ts';
import { chooseModel, reachableModels } from './model-choice.ts';
import { cancelledError, cutStreamError, type FailureContext, toModelError } from './model-errors.ts';
import { assembleTurn, type EventOrigin, type ModelStreamPart, type TurnAssembly } from './model-stream.ts';
import { toPrompt, toV3Prompt } from './prompt.ts';
import { loadModel, type ModelSources, secretsOf } from './providers.ts';

/** Settings of every model call of a harness. Default of each: the provider's. */
export interface ModelSettings {
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  /** By provider, in the form of the AI SDK, e.g. `{ anthropic: { thinking: … } }`. */
  readonly providerOptions?: Readonly<Record<string, JSONObject>>;
}

/** Options of `createGeneratorHarness`. */
export interface GeneratorHarnessOptions extends Partial<ModelSources> {
  /** Used when an invocation names none. Default: `chooseModel`. */
  readonly model?: ModelRef;
  readonly settings?: ModelSettings;
}

/**
 * A harness whose `invoke` makes exactly one model call. It never retries.
 *
 * Guarantees: an abort of `params.signal`, and leaving the generator early, end the HTTP request; every failure is thrown
 * as ModelError (or as GreenroomError `unknown_model` or `missing_key`), with no key in its message.
 */
export function createGeneratorHarness(options: GeneratorHarnessOptions = {}): ModelHarness {
  const sources: ModelSources = { ...options, env: options.env ?? process.env };
  const loaded = new Map<string, Promise<LanguageModelLike>>();
  let chosen: Promise<ModelRef> | undefined;

  const load = async (named: ModelRef | undefined): Promise<LanguageModelLike> => {
    chosen ??= named === undefined ? chooseModel(sources).then(({ model }) => model) : undefined;
    const ref = named ?? (await chosen) ?? '';
    if (typeof ref !== 'string') return ref;
    const model = loaded.get(ref) ?? loadModel(ref, sources);
    loaded.set(ref, model);
    // a failed load is not cached: the next call may succeed
    model.catch(() => loaded.delete(ref));
    return await model;
  };

  return {
    kind: 'model',
    ...(options.model === undefined ? {} : { model: options.model }),
    supportedModels: () => reachableModels(sources),
    async *invoke(params) {
      const model = asLanguageModel(await load(params.model ?? options.model));
      return yield* callModel(model, params, options.settings ?? {}, secretsOf(sources.env));
    },
  };
}

function asLanguageModel(model: LanguageModelLike): LanguageModelV3 | LanguageModelV4 {
  if (isLanguageModel(model)) return model;
  const name = `${model.provider}/${model.modelId}`;
  const message = `${name} has AI SDK specification ${model.specificationVersion}. Give a model of V3 or V4.`;
  throw new GreenroomError('unknown_model', message);
}

/** Reads the version that the object declares, as the AI SDK does. */
function isLanguageModel(model: LanguageModelLike): model is LanguageModelV3 | LanguageModelV4 {
  return model.specificationVersion === 'v3' || model.specificationVersion === 'v4';
}

async function* callModel(
  model: LanguageModelV3 | LanguageModelV4,
  params: InvokeParams,
  settings: ModelSettings,
  secrets: readonly string[],
): AsyncGenerator<InvocationEvent, TurnResult, void> {
  const name = `${model.provider}/${model.modelId}`;
  const request = openRequest(params.signal);
  let phase: FailureContext['phase'] = 'request';
  const failed = (thrown: unknown) => toModelError(thrown, { model: name, phase, secrets });
  try {
    const stream = await request.start(() => startStream(model, params, settings, request.signal));
    phase = 'stream';
    const turn = yield* readStream(stream, assembleTurn(originOf(params), params.messages), { request, failed });
    if (request.signal.aborted) throw cancelledError(name, params.signal?.reason);
    if (turn === undefined) throw cutStreamError(name);
    return turn;
  } catch (thrown) {
    if (request.signal.aborted) throw cancelledError(name, params.signal?.reason);
    throw failed(thrown);
  } finally {
    request.close();
  }
}

async function* readStream(
  stream: ReadableStream<ModelStreamPart>,
  turn: TurnAssembly,
  { request, failed }: { readonly request: Request; readonly failed: (thrown: unknown) => GreenroomError },
): AsyncGenerator<InvocationEvent, TurnResult | undefined, void> {
  const reader = stream.getReader();
  request.onClose(() => void reader.cancel().catch(() => undefined));
  for (;;) {
    const { done, value } = await reader.read();
    if (done || request.signal.aborted) return undefined;
    if (value.type === 'error') throw failed(value.error);
    const event = turn.accept(value);
    if (event !== undefined) yield event;
    // some servers leave the connection open after the last part
    if (value.type === 'finish') return turn.result();
  }
}

async function startStream(
  model: LanguageModelV3 | LanguageModelV4,
  params: InvokeParams,
  settings: ModelSettings,
  signal: AbortSignal,
): Promise<ReadableStream<ModelStreamPart>> {
  const prompt = toPrompt(params.messages, { mediaInToolResults: takesMediaInToolResults(model.provider) });
  const options = callOptions(model.provider, params.tools ?? [], settings, signal);
  const { stream } =
    model.specificationVersion === 'v4'
      ? await model.doStream({ ...options, prompt })
      : await model.doStream({ ...options, prompt: toV3Prompt(prompt) });
  return stream;
}

type CommonOptions = Pick<
  LanguageModelV4CallOptions,
  'abortSignal' | 'maxOutputTokens' | 'temperature' | 'providerOptions'
> & { tools?: FunctionTool[]; toolChoice?: { type: 'auto' } };

function callOptions(
  provider: string,
  tools: readonly Tool[],
  settings: ModelSettings,
  signal: AbortSignal,
): CommonOptions {
  const { providerOptions, ...rest } = settings;
  const named = { ...providerOptions };
  // the journal is the truth: reasoning must be in the answer, encrypted, not a reference to what OpenAI stored
  if (provider.startsWith('openai.')) named.openai = { store: false, ...named.openai };
  return {
    ...rest,
    abortSignal: signal,
    ...(Object.keys(named).length > 0 ? { providerOptions: named } : {}),
    ...(tools.length > 0 ? { tools: tools.map(functionTool), toolChoice: { type: 'auto' } } : {}),
  };
}

/** From the provider packages: Anthropic's API and OpenAI's Responses API take them, chat completions do not. */
function takesMediaInToolResults(provider: string): boolean {
  return provider.includes('anthropic') || provider.endsWith('.responses') || provider === 'scripted';
}

interface FunctionTool {
  readonly type: 'function';
  readonly name: string;
  readonly description: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

const functionTool = ({ name, description, schema }: Tool): FunctionTool => ({
  type: 'function',
  name,
  description,
  inputSchema: jsonSchemaOf(schema),
});

function originOf({ runId, parentId }: InvokeParams): EventOrigin {
  return { runId: runId ?? uuidv7(), ...(parentId === undefined ? {} : { parentId }) };
}

// ---------------------------------------------------------------- the request

interface Request {
  readonly signal: AbortSignal;
  /** Waits for the stream until the request is closed; a stream that comes later is cancelled. */
  start(open: () => Promise<ReadableStream<ModelStreamPart>>): Promise<ReadableStream<ModelStreamPart>>;
  onClose(release: () => void): void;
  /** Ends the HTTP request if it still runs, and stops listening to the caller's signal. */
  close(): void;
}

function openRequest(outer: AbortSignal | undefined): Request {
  const controller = new AbortController();
  const releases: (() => void)[] = [];
  // The model's own stream may not listen to the signal, so its reader is cancelled too.
  const close = () => {
    controller.abort(outer?.reason);
    for (const release of releases.splice(0)) release();
  };
  outer?.addEventListener('abort', close, { once: true });
  if (outer?.aborted === true) close();
  return {
    signal: controller.signal,
    onClose(release) {
      if (controller.signal.aborted) release();
      else releases.push(release);
    },
    close() {
      outer?.removeEventListener('abort', close);
      close();
    },
    start(open) {
      controller.signal.throwIfAborted();
      const ended = Promise.withResolvers<never>();
      releases.push(() => ended.reject(controller.signal.reason));
      const opened = open();
      opened.then(
        (stream) => {
          if (controller.signal.aborted) void stream.cancel().catch(() => undefined);
        },
        () => undefined,
      );
      // pending when the stream comes first; it rejects unheard at the close
      ended.promise.catch(() => undefined);
      return Promise.race([opened, ended.promise]);
    },
  };
}
