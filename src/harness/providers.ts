/** `provider/model` strings to model objects. Provider packages are loaded when a model of theirs is first called. */
import { GreenroomError } from '../errors.ts';
import type { LanguageModelLike, ModelRef } from './harness.ts';

/** Environment variables, as `process.env` has them. */
export type Env = Readonly<Record<string, string | undefined>>;

/** The sources of models: the environment, HTTP, and model objects by name. */
export interface ModelSources {
  readonly env: Env;
  /** Makes the HTTP requests. Default: the global `fetch`. */
  readonly fetch?: typeof fetch;
  /** Model objects by their whole name, e.g. `scripted/demo`; looked up first. */
  readonly models?: Readonly<Record<string, LanguageModelLike>>;
}

interface Provider {
  /** The variable without which it cannot be called. */
  readonly needs?: string;
  load(model: string, sources: ModelSources): Promise<LanguageModelLike>;
}

/** The name of the built-in scripted model: answers without any network and says that it is scripted. */
export const SCRIPTED_DEFAULT = 'scripted/default';

const PROVIDERS: ReadonlyMap<string, Provider> = new Map<string, Provider>([
  [
    'anthropic',
    {
      needs: 'ANTHROPIC_API_KEY',
      async load(model, { env, ...rest }) {
        const { createAnthropic } = await import('@ai-sdk/anthropic');
        const baseURL = env.ANTHROPIC_BASE_URL ?? 'https://api.anthropic.com/v1';
        return createAnthropic({ apiKey: env.ANTHROPIC_API_KEY ?? '', baseURL, ...requests(rest) })(model);
      },
    },
  ],
  [
    'openai',
    {
      needs: 'OPENAI_API_KEY',
      async load(model, { env, ...rest }) {
        const { createOpenAI } = await import('@ai-sdk/openai');
        const baseURL = env.OPENAI_BASE_URL ?? 'https://api.openai.com/v1';
        return createOpenAI({ apiKey: env.OPENAI_API_KEY ?? '', baseURL, ...requests(rest) })(model);
      },
    },
  ],
  [
    'openai-compatible',
    {
      needs: 'GREENROOM_BASE_URL',
      load: (model, sources) =>
        loadCompatible('openai-compatible', model, sources, sources.env.GREENROOM_BASE_URL ?? ''),
    },
  ],
  ['ollama', { load: (model, sources) => loadCompatible('ollama', model, sources, `${ollamaUrl(sources.env)}/v1`) }],
  ['scripted', { load: loadScripted }],
]);

async function loadCompatible(name: string, model: string, sources: ModelSources, baseURL: string) {
  const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
  const key = name === 'ollama' ? undefined : sources.env.GREENROOM_API_KEY;
  const options = { name, baseURL, includeUsage: true, ...(key === undefined ? {} : { apiKey: key }) };
  return createOpenAICompatible({ ...options, ...requests(sources) })(model);
}

async function loadScripted(model: string, sources: ModelSources): Promise<LanguageModelLike> {
  const { defaultScriptedModel } = await import('./scripted-model.ts');
  if (`scripted/${model}` === SCRIPTED_DEFAULT) return defaultScriptedModel();
  throw unknownScript(model, sources);
}

function unknownScript(name: string, sources: ModelSources): GreenroomError {
  const known = [SCRIPTED_DEFAULT, ...Object.keys(sources.models ?? {})].join(', ');
  return new GreenroomError('unknown_model', `There is no scripted model "scripted/${name}". Known: ${known}.`);
}

function requests({ fetch }: Pick<ModelSources, 'fetch'>): { fetch?: typeof globalThis.fetch } {
  return fetch === undefined ? {} : { fetch };
}

/** The base URL of the local Ollama, without a trailing slash. Reads `OLLAMA_HOST` in all the forms Ollama takes. */
export function ollamaUrl(env: Env): string {
  const given = env.OLLAMA_HOST?.trim() || '127.0.0.1:11434';
  const host = given.startsWith(':') ? `127.0.0.1${given}` : given;
  const url = URL.parse(/^https?:\/\//i.test(host) ? host : `http://${host}`);
  if (url === null) return 'http://127.0.0.1:11434';
  // an address to listen on cannot be called
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1';
  const explicit = /:\d+\/?$/.test(host) || /^https?:/i.test(host) || url.port !== '';
  if (!explicit) url.port = '11434';
  return url.href.replace(/\/+$/, '');
}

/**
 * Makes sure that a model can be called, without loading anything.
 * @throws GreenroomError `unknown_model` for a string that names no provider, `missing_key` when the provider's
 * variable is not set; both say what to write instead.
 */
export function checkModel(model: ModelRef, sources: ModelSources): void {
  if (typeof model !== 'string' || ownModel(model, sources) !== undefined) return;
  const { provider, name } = parseModel(model);
  const { needs } = provider;
  if (model.startsWith('scripted/') && model !== SCRIPTED_DEFAULT) throw unknownScript(name, sources);
  if (needs !== undefined && !sources.env[needs]) {
    throw new GreenroomError(
      'missing_key',
      `${model} needs the environment variable ${needs}, which is not set. Set it, or name another model.`,
    );
  }
}

/**
 * The model object a reference stands for.
 * @throws GreenroomError as `checkModel` does, and `unknown_model` for an object of another specification than V3 or V4.
 */
export async function loadModel(model: ModelRef, sources: ModelSources): Promise<LanguageModelLike> {
  if (typeof model !== 'string') return model;
  checkModel(model, sources);
  const own = ownModel(model, sources);
  if (own !== undefined) return own;
  const { provider, name } = parseModel(model);
  return await provider.load(name, sources);
}

/** Values that no message may repeat. */
export function secretsOf(env: Env): string[] {
  return ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'GREENROOM_API_KEY'].flatMap((name) => env[name] ?? []);
}

function ownModel(model: string, { models }: ModelSources): LanguageModelLike | undefined {
  return models !== undefined && Object.hasOwn(models, model) ? models[model] : undefined;
}

function parseModel(model: string): { provider: Provider; name: string } {
  const slash = model.indexOf('/');
  const provider = slash < 0 ? undefined : PROVIDERS.get(model.slice(0, slash));
  const name = model.slice(slash + 1);
  if (provider !== undefined && name !== '') return { provider, name };
  const known = [...PROVIDERS.keys()].map((key) => `${key}/…`).join(', ');
  throw new GreenroomError(
    'unknown_model',
    `"${model}" is not a model name. Write provider/model, with one of ${known}.`,
  );
}
