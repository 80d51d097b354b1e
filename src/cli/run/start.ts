/** Inputs of a run: its workspace, its model and its first messages. */
import { statSync } from 'node:fs';
import { checkModel, chooseModel, GreenroomError, type Message, messageOf, type ModelChoice } from '../../index.ts';

/**
 * Checks that a path is a folder.
 * @param named The flag or setting that names it.
 * @throws GreenroomError `invalid_params`.
 */
export function workFolder(path: string, named: string): string {
  try {
    if (statSync(path).isDirectory()) return path;
  } catch (cause) {
    throw new GreenroomError('invalid_params', `${named} ${path} cannot be used: ${messageOf(cause)}.`, { cause });
  }
  throw new GreenroomError('invalid_params', `${named} ${path} is not a folder. Give the folder of a project.`);
}

export interface RunModel {
  /** `provider/model`. */
  readonly name: string;
  /** Names the model and the reason for the choice. */
  readonly notice: string;
}

/**
 * The model of `--model`, or the one that the environment offers.
 * @throws GreenroomError `unknown_model` or `missing_key`.
 */
export async function runModel(named: string | undefined): Promise<RunModel> {
  if (named !== undefined) return namedModel(named, 'from --model');
  const choice = await chooseModel({ env: process.env });
  const name = nameOf(choice);
  return { name, notice: choice.scripted ? noRealModel(choice.why) : `Model: ${name} (${choice.why}).` };
}

/** Throws like `runModel`. `why` is the reason for the choice. */
export function namedModel(name: string, why: string): RunModel {
  checkModel(name, { env: process.env });
  const scripted = name.startsWith('scripted/');
  return { name, notice: scripted ? noRealModel(`the model is scripted, ${why}`) : `Model: ${name} (${why}).` };
}

const noRealModel = (why: string) => `No real model: ${why}.`;

function nameOf({ model }: ModelChoice): string {
  return typeof model === 'string' ? model : `${model.provider}/${model.modelId}`;
}

const SYSTEM = `You are a software engineer who works in the folder of a project with the tools you are given.
Look before you change anything, and read a file before you edit it. Make the smallest change that reaches the goal and fits the code around it. Check your work; run the project's tests if there are any.
A human may be asked before a call runs. When a call is denied, follow the reason and choose another approach. Never try to get the same effect another way.
Use subagents for parts that can be done in parallel. Finish with a few plain sentences: what you did, what you checked, what is left.`;

/** The first messages of an agent of `run` and `serve`. */
export const briefFor = (goal: string, workspace: string): Message[] => [
  { role: 'system', content: `${SYSTEM}\nThe project is in ${workspace}.` },
  { role: 'user', content: goal },
];
