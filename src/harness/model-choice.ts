/** The choice of a model when none is named: a key in the environment, a local Ollama, or the scripted model. */
import * as z from 'zod';
import type { ModelRef } from './harness.ts';
import { checkModel, type Env, type ModelSources, ollamaUrl, SCRIPTED_DEFAULT } from './providers.ts';

/** A choice, and the reason for it in words for the screen. */
export interface ModelChoice {
  readonly model: ModelRef;
  readonly why: string;
  /** True when no real model answers; a front end must say so. */
  readonly scripted: boolean;
}

/** The model of each provider that is used when its key is set, in order of preference. */
export const DEFAULT_MODELS = [
  { key: 'ANTHROPIC_API_KEY', model: 'anthropic/claude-sonnet-5-5' },
  { key: 'OPENAI_API_KEY', model: 'openai/gpt-6-luna' },
] as const;

/** How long a local Ollama may take to list its models, in milliseconds. */
const OLLAMA_TIMEOUT_MS = 300;

/**
 * Picks a model: `GREENROOM_MODEL`, then the first key of `DEFAULT_MODELS`, then a local Ollama with at least one
 * model, then the scripted one. Under `CI` or `VITEST` only a scripted model is ever picked.
 * @throws GreenroomError `unknown_model` or `missing_key` when `GREENROOM_MODEL` cannot be used.
 */
export async function chooseModel(sources: ModelSources): Promise<ModelChoice> {
  const { env } = sources;
  const named = env.GREENROOM_MODEL?.trim();
  const unattended = ['CI', 'VITEST'].find((name) => isSet(env[name]));
  if (unattended !== undefined && named?.startsWith('scripted/') !== true) {
    return scripted(`${unattended} is set, and tests never pick a model that costs money`);
  }
  if (named) {
    checkModel(named, sources);
    return { model: named, why: 'GREENROOM_MODEL names it', scripted: named.startsWith('scripted/') };
  }
  const keyed = DEFAULT_MODELS.find(({ key }) => isSet(env[key]));
  if (keyed !== undefined) return { model: keyed.model, why: `${keyed.key} is set`, scripted: false };
  const [local] = await ollamaModels(sources);
  if (local !== undefined) return { model: local, why: `Ollama answers at ${ollamaUrl(env)}`, scripted: false };
  return scripted('no API key is set and no local Ollama answers');
}

/** Models that can be used without further settings: defaults by key, local models and scripted ones. */
export async function reachableModels(sources: ModelSources): Promise<string[]> {
  const keyed = DEFAULT_MODELS.filter(({ key }) => isSet(sources.env[key])).map(({ model }) => model);
  const own = Object.keys(sources.models ?? {});
  return [...new Set([...own, ...keyed, ...(await ollamaModels(sources)), SCRIPTED_DEFAULT])];
}

function scripted(why: string): ModelChoice {
  return { model: SCRIPTED_DEFAULT, why: `${why}, so the answers are scripted`, scripted: true };
}

const Tags = z.object({ models: z.array(z.object({ name: z.string().min(1) })) });

/** Names of the local models; none when Ollama does not answer in time. */
async function ollamaModels({ env, fetch = globalThis.fetch }: ModelSources): Promise<string[]> {
  try {
    const response = await fetch(`${ollamaUrl(env)}/api/tags`, { signal: AbortSignal.timeout(OLLAMA_TIMEOUT_MS) });
    if (!response.ok) return [];
    const { models } = Tags.parse(await response.json());
    // the list includes embedding models, which cannot hold a conversation
    return models.filter(({ name }) => !/embed/i.test(name)).map(({ name }) => `ollama/${name}`);
  } catch {
    return [];
  }
}

function isSet(value: Env[string]): boolean {
  return value !== undefined && !['', '0', 'false'].includes(value.trim().toLowerCase());
}
