import type { ScriptStep, StepResults } from '../../index.ts';

/** Some steps of a script that come to a `T`. */
export type Part<T> = Generator<ScriptStep, T, StepResults>;
