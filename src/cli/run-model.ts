/** The model of a run, and why it is that one. */
import { checkModel, chooseModel, type ModelChoice } from '../index.ts';

export interface RunModel {
  /** `provider/model`. */
  readonly name: string;
  /** In words, for the screen. */
  readonly notice: string;
}

/**
 * The model that `--model` names, or the one that the environment offers.
 * @throws GreenroomError `unknown_model` or `missing_key`.
 */
export async function runModel(named: string | undefined): Promise<RunModel> {
  if (named !== undefined) return namedModel(named, '--model names it');
  const choice = await chooseModel({ env: process.env });
  const name = nameOf(choice);
  return { name, notice: choice.scripted ? noRealModel(choice.why) : `Model: ${name} (${choice.why}).` };
}

/** Throws as `runModel` does. `why` says who named it. */
export function namedModel(name: string, why: string): RunModel {
  checkModel(name, { env: process.env });
  const scripted = name.startsWith('scripted/');
  return { name, notice: scripted ? noRealModel(`the answers are scripted, ${why}`) : `Model: ${name} (${why}).` };
}

const noRealModel = (why: string) => `No real model: ${why}.`;

function nameOf({ model }: ModelChoice): string {
  return typeof model === 'string' ? model : `${model.provider}/${model.modelId}`;
}
