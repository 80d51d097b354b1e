/** The types of a script's parts, so that agents can share steps. */
import type { Script, ScriptStep } from '../../index.ts';

type Steps = ReturnType<Script>;
/** What the calls of a step returned. */
export type StepResults = Parameters<Steps['next']>[0] extends infer R ? Exclude<R, undefined> : never;
export type ScriptResult = StepResults extends ReadonlyArray<infer R> ? R : never;
/** Some steps of a script that come to a `T`. */
export type Part<T> = Generator<ScriptStep, T, StepResults>;
