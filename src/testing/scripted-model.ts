/** The scripted model for tests: it does not talk on when its script has run dry, and knows what was left unsaid. */
import {
  GreenroomError,
  type LanguageModelLike,
  scriptedModel as playedModel,
  type Script,
  type ScriptContext,
  type ScriptedModelOptions,
  type ScriptStep,
} from '../index.ts';

type ScriptedLanguageModel = ReturnType<typeof playedModel>;

export type StrictScriptedModel = ScriptedLanguageModel & {
  /**
   * @throws GreenroomError `invalid_params` when a script ran dry, or an agent stopped before the end of its script; it names
   *   the task and the step.
   */
  assertComplete(): void;
};

interface Progress {
  /** The step that was played last, from 1. */
  step: number;
  /** That step asked for calls, so another one is to follow. */
  goesOn: boolean;
}

/**
 * Plays `script` as `scriptedModel` of `greenroom` does, strictly: an agent that asks for a step that is not there fails, and
 * says which.
 */
export function scriptedModel(script: Script, options: ScriptedModelOptions = {}): StrictScriptedModel {
  const tasks = new Map<string, Progress>();
  const faults: string[] = [];
  const strict: Script = function* (context: ScriptContext) {
    const play = script(context);
    let step = 0;
    let next = play.next();
    for (;;) {
      if (next.done === true && next.value === undefined) {
        const problem = `scriptedModel(): the script has no step ${step + 1} for the task "${context.task}". Add one, or let the last step ask for no calls.`;
        faults.push(problem);
        yield { error: { message: problem, status: 400 } };
        return undefined;
      }
      step += 1;
      const said: ScriptStep = next.value ?? {};
      tasks.set(context.task, { step, goesOn: (said.calls?.length ?? 0) > 0 });
      if (next.done === true) return said;
      next = play.next(yield said);
    }
  };
  const model = playedModel(strict, options);
  return Object.assign(model, {
    assertComplete() {
      const [fault] = faults;
      if (fault !== undefined) throw new GreenroomError('invalid_params', fault);
      for (const [task, { step, goesOn }] of tasks) {
        if (!goesOn) continue;
        const problem = `scriptedModel(): the agent with the task "${task}" ended after step ${step} of its script, and was to go on.`;
        throw new GreenroomError('invalid_params', problem);
      }
    },
  });
}

/** Whether it is one that knows what was left unsaid. */
export const isStrict = (model: string | LanguageModelLike): model is StrictScriptedModel =>
  typeof model === 'object' && 'assertComplete' in model;
