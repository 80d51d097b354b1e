/** Facts that the scripted agents read from the results of real tools. */
import type { ScriptResult } from '../../index.ts';

/** The result of `node --test`. */
export interface TestRun {
  readonly passed: number;
  readonly failed: number;
  /** The first test that failed. */
  readonly name: string;
  /** Its values, as the assertion printed them. */
  readonly actual: string;
  readonly expected: string;
}

/** Reads the output of `node --test` in either of its formats; `undefined` when no tests ran. */
export function testRun(result: Pick<ScriptResult, 'text'> | undefined): TestRun | undefined {
  const text = result?.text ?? '';
  const count = (what: string) => new RegExp(`^(?:#|ℹ) ${what} (\\d+)$`, 'm').exec(text)?.[1];
  const passed = count('pass');
  const failed = count('fail');
  if (passed === undefined || failed === undefined) return undefined;
  const names = [...text.matchAll(/^\s*(?:not ok \d+ - |✖ )(.+?)(?: \([\d.]+ms\))?$/gm)].map(([, name = '']) => name);
  const values = /^\s*(\S+) !== (\S+)\s*$/m.exec(text);
  return {
    passed: Number(passed),
    failed: Number(failed),
    name: names.find((name) => !/\.js$|^failing tests:/.test(name)) ?? 'a test',
    actual: values?.[1] ?? '?',
    expected: values?.[2] ?? '?',
  };
}

export function countsOf({ passed, failed }: TestRun): string {
  return `${passed} pass, ${failed} fail`;
}

/** The lines of a file in a `read` result (`12<tab>text`). */
export function fileLines(result: ScriptResult | undefined): readonly string[] {
  if (result === undefined || result.isError) return [];
  return result.text.split('\n').flatMap((line) => /^\d+\t(.*)$/s.exec(line)?.[1] ?? []);
}

/** Why a call was denied; `undefined` when it was not. */
export function refusal(result: ScriptResult | undefined): string | undefined {
  return /^This call was not allowed: (.*?)\.?$/m.exec(result?.text ?? '')?.[1];
}

/** The agent whose change of the file made this change fail; `undefined` when there is none. */
export function staleBy(result: ScriptResult | undefined): string | undefined {
  if (result?.isError !== true) return undefined;
  return /was (?:changed|created|deleted) by (.+?) since you last read it/.exec(result.text)?.[1];
}

/** Cents as the shop writes them. */
export function money(cents: string | number): string {
  return (Number(cents) / 100).toFixed(2);
}
