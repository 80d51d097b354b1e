/** A model that plays a script: an AI SDK model object without any network. */
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4StreamPart,
} from '@ai-sdk/provider';
import { GreenroomError, messageOf } from '../errors.ts';
import type { Script, ScriptClock, ScriptStep } from './script.ts';
import { type Conversation, readConversation } from './scripted-conversation.ts';
import { pacedStream, scriptedFailure, stepParts } from './scripted-stream.ts';

/** Options of `scriptedModel`. */
export interface ScriptedModelOptions {
  /** Default `script`. */
  readonly modelId?: string;
  /** Milliseconds between pieces of text. Default 0. */
  readonly paceMs?: number;
  /** Default: the global timers. */
  readonly clock?: ScriptClock;
  /**
   * The answer to a model call for which the script has no step: `answer` says that the script has ended; `fail` fails the
   * model call and names task and step. `greenroom/testing` plays scripts with `fail`. Default `answer`.
   */
  readonly atEnd?: 'answer' | 'fail';
}

/** A scripted model: an AI SDK model object that also knows which scripts were not played to their end. */
export interface ScriptedModel extends LanguageModelV4 {
  /**
   * @throws GreenroomError `invalid_params` when a model call found no step (only with `atEnd: 'fail'`), or when the last step
   *   played for a task made calls, so that another step was to follow. It names the task and the step.
   */
  assertComplete(): void;
}

/** The answer when a script has no more steps. */
export const SCRIPT_ENDED = 'The script has ended.';
/** The answer when a script makes calls and no tools are offered. */
export const NO_TOOLS_LEFT = 'Here is what I have so far.';

/**
 * A model that plays `script`.
 *
 * Guarantees: its answers depend on the prompt alone. Every model call runs the script again from its start, against the
 * tool results in the prompt, so any number of agents can share one model and each step reacts to what real tools returned.
 * Call ids (`call_<step>_<index>`) and usage (a quarter of the characters) are the same on every run.
 *
 * @example
 * const model = scriptedModel(function* ({ task }) {
 *   const [file] = yield { text: `Let me see. ${task}`, calls: [call('read', { path: 'a.ts' })] };
 *   yield { text: `It says ${file?.text}` };
 * });
 */
export function scriptedModel(script: Script, options: ScriptedModelOptions = {}): ScriptedModel {
  const progress = new Progress();
  const stepOf = (conversation: Conversation, tools: readonly string[]): ScriptStep => {
    const { task, turns } = conversation;
    const step = stepAt(script, conversation, tools);
    if (step !== undefined) progress.played(task, turns.length + 1, step);
    else if (options.atEnd === 'fail')
      return { error: { message: progress.ranDry(task, turns.length + 1), status: 400 } };
    return playable(step ?? { text: SCRIPT_ENDED }, tools);
  };
  const doStream: LanguageModelV4['doStream'] = async (callOptions) => {
    callOptions.abortSignal?.throwIfAborted();
    const conversation = readConversation(callOptions.prompt);
    const tools = (callOptions.tools ?? []).map(({ name }) => name);
    const step = stepOf(conversation, tools);
    const failure = typeof step.error === 'function' ? step.error() : step.error;
    if (failure !== undefined && failure.afterText === undefined) throw scriptedFailure(failure);
    const parts = stepParts({ step, index: conversation.turns.length, failure, prompt: callOptions.prompt });
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
    assertComplete: () => progress.assertComplete(),
  };
}

/** Which tasks are in the middle of their script. Read by `assertComplete` only: no answer depends on it. */
class Progress {
  /** The step, from 1, that was played last for a task and made calls. */
  readonly #open = new Map<string, number>();
  #fault: string | undefined;

  played(task: string, step: number, { calls = [] }: ScriptStep): void {
    if (calls.length > 0) this.#open.set(task, step);
    else this.#open.delete(task);
  }

  ranDry(task: string, step: number): string {
    const problem = `scriptedModel(): the script has no step ${step} for the task "${task}". Add one, or let the step before it make no calls.`;
    this.#fault ??= problem;
    return problem;
  }

  assertComplete(): void {
    if (this.#fault !== undefined) throw new GreenroomError('invalid_params', this.#fault);
    for (const [task, step] of this.#open) {
      const problem = `scriptedModel(): the agent with the task "${task}" ended after step ${step} of its script, before its last step.`;
      throw new GreenroomError('invalid_params', problem);
    }
  }
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

/** Runs the script up to the step for this prompt; `undefined` when it has none. */
function stepAt(script: Script, { turns, ...told }: Conversation, tools: readonly string[]): ScriptStep | undefined {
  let at = 0;
  try {
    const run = script({ ...told, tools });
    let next = run.next();
    for (const results of turns) {
      if (next.done === true) break;
      at += 1;
      next = run.next(results);
    }
    // a returned step is the answer to the turn at which it was returned, and the last one
    return next.done !== true || at === turns.length ? (next.value ?? undefined) : undefined;
  } catch (thrown) {
    throw new Error(`The script failed at step ${at}: ${messageOf(thrown)}`, { cause: thrown });
  }
}

/** A step without calls where no tools are offered, and never an empty answer. */
function playable(step: ScriptStep, tools: readonly string[]): ScriptStep {
  const withheld = tools.length === 0 && step.calls !== undefined && step.calls.length > 0;
  const calls = withheld ? [] : (step.calls ?? []);
  const text = step.text || (withheld ? NO_TOOLS_LEFT : '');
  // an empty message is left out of the next prompt, and the steps would be counted wrong
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
