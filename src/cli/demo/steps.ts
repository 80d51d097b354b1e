/** Steps that several scripted agents share. */
import { call, type ScriptedCall, type ScriptStep, type StepResults } from '../../index.ts';
import { countsOf, fileLines, refusal, staleBy, type TestRun, testRun } from './facts.ts';

export const RUN_TESTS = 'node --test';

/** A patch that replaces the line `before` with `after`, with one line of context on each side. */
export function replaceLine(
  path: string,
  lines: readonly string[],
  before: string,
  after: readonly string[],
): ScriptedCall {
  const at = lines.indexOf(before);
  const keep = (line: string | undefined) => (line === undefined ? [] : [` ${line}`]);
  const hunk = [...keep(lines[at - 1]), `-${before}`, ...after.map((line) => `+${line}`), ...keep(lines[at + 1])];
  return patch(update(path, hunk));
}

export function update(path: string, hunk: readonly string[]): string {
  return [`*** Update File: ${path}`, '@@', ...hunk].join('\n');
}

export function patch(...sections: readonly string[]): ScriptedCall {
  return call('patch', { patch: ['*** Begin Patch', ...sections, '*** End Patch'].join('\n') });
}

/** A patch that adds a line under "Unreleased" of a changelog with these lines. */
function changelogPatch(lines: readonly string[], entry: string): ScriptedCall {
  const heading = lines.indexOf('## Unreleased');
  const next = lines[heading + 2];
  const gap = next?.startsWith('#') === true ? ['+'] : [];
  return patch(
    update('CHANGELOG.md', [' ## Unreleased', ' ', `+* ${entry}`, ...gap, ...(next === undefined ? [] : [` ${next}`])]),
  );
}

/**
 * Adds an entry to the changelog, whose lines were read before. Reads it again when another agent changed it meanwhile. Returns
 * `undefined`, or the reason why the entry was not added.
 */
export function* extendChangelog(known: readonly string[], entry: string): Part<string | undefined> {
  let lines = known;
  let text = 'Now my line in the changelog.';
  for (let attempt = 0; attempt < 4; attempt++) {
    const [done] = yield { text, calls: [changelogPatch(lines, entry)] };
    if (done?.isError !== true) return undefined;
    const author = staleBy(done);
    if (author === undefined) return refusal(done) ?? 'the changelog could not be changed';
    const [again] = yield {
      text: `Good that it is checked: ${author} wrote to CHANGELOG.md after I had read it. I read it again, so that nothing of theirs is lost.`,
      calls: [call('read', { path: 'CHANGELOG.md' })],
    };
    lines = fileLines(again);
    text = 'Once more, on top of what stands there now.';
  }
  return 'the changelog changed every time';
}

/** Runs the tests; returns their result, or why they did not run. */
export function* runTests(text: string): Part<{ readonly run: TestRun } | { readonly refused: string }> {
  const [result] = yield { text, calls: [call('bash', { command: RUN_TESTS })] };
  const run = testRun(result);
  return run === undefined ? { refused: refusal(result) ?? 'no result' } : { run };
}

export function testsText(outcome: { readonly run: TestRun } | { readonly refused: string }): string {
  return 'run' in outcome ? `Tests: ${countsOf(outcome.run)}.` : `The tests did not run (${outcome.refused}).`;
}

/** Steps of a script that return a `T`. */
export type Part<T> = Generator<ScriptStep, T, StepResults>;
