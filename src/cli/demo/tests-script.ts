/** Script of the tests agent, which repairs the cause of a failing test. It first tries to change the test. */
import { call, type Script, type ScriptResult } from '../../index.ts';
import { countsOf, fileLines, money, refusal, type TestRun } from './facts.ts';
import { type Part, replaceLine, runTests, testsText } from './steps.ts';

const CODE = 'src/pricing.js';
const TEST = 'test/pricing.test.js';

/** First words of its report, by which the lead knows the outcome. */
export const REPORT = { repaired: 'Repaired', left: 'Not repaired', bent: 'Not repaired, only silenced' } as const;

export const testsScript: Script = function* () {
  const first = yield* runTests('First I want to see it fail with my own eyes.');
  const run = 'run' in first ? first.run : undefined;
  if (run?.failed === 0) return { text: `Nothing to repair: ${countsOf(run)}.` };
  const [code, test] = yield {
    text:
      run === undefined
        ? `I may not run the tests ("${'refused' in first ? first.refused : ''}"), so I read the code instead.`
        : `There it is: "${run.name}" wants ${run.expected} and gets ${run.actual}. ${countsOf(run)}. Let me see both sides.`,
    calls: [call('read', { path: CODE }), call('read', { path: TEST })],
  };
  const tempted = run === undefined ? undefined : yield* bendTheTest(run, test);
  if (tempted?.bent === true) return yield* afterBending(tempted.run);
  return yield* repair(code, tempted?.advice, run);
};

/** Tries the wrong repair: makes the test expect what the code does. */
function* bendTheTest(
  run: TestRun,
  test: ScriptResult | undefined,
): Part<
  { readonly bent: true; readonly run: TestRun } | { readonly bent: false; readonly advice: string | undefined }
> {
  const lines = fileLines(test);
  const line = lines.find((candidate) => candidate.includes(run.expected));
  if (line === undefined) return { bent: false, advice: undefined };
  const [changed] = yield {
    text: `The quickest way to a green run: let the test expect ${run.actual}.`,
    calls: [replaceLine(TEST, lines, line, [line.replace(run.expected, run.actual)])],
  };
  return changed?.isError === true ? { bent: false, advice: refusal(changed) } : { bent: true, run };
}

function* afterBending(before: TestRun): Part<{ text: string }> {
  const after = yield* runTests('Changed. And do they pass now?');
  return {
    text:
      `${REPORT.bent}: I changed the test, not the code. ${testsText(after)} But twelve tins still cost ` +
      `${money(before.actual)} where the README promises ${money(before.expected)}. I would not ship that.`,
  };
}

function* repair(
  code: ScriptResult | undefined,
  advice: string | undefined,
  before: TestRun | undefined,
): Part<{ text: string }> {
  const lines = fileLines(code);
  const wrong = lines.find((line) => line.includes('quantity > BULK_QUANTITY'));
  if (wrong === undefined) return { text: `${REPORT.left}: ${CODE} does not look as I expected, so I left it alone.` };
  const from = lines.flatMap((line) => /BULK_QUANTITY = (\d+)/.exec(line)?.[1] ?? [])[0] ?? 'so many';
  const heard = advice === undefined ? '' : `Heard: "${advice}". Then properly. `;
  const [patched] = yield {
    text: `${heard}The comment says "from which", the code says "more than ${from}". One sign is missing.`,
    calls: [replaceLine(CODE, lines, wrong, [wrong.replace('>', '>=')])],
  };
  if (patched?.isError === true) {
    const price = before === undefined ? 'too much' : money(before.actual);
    const why = refusal(patched) ?? patched.text;
    return {
      text: `${REPORT.left}: I was not allowed to change ${CODE} ("${why}"), so ${from} tins still cost ${price}.`,
    };
  }
  const after = yield* runTests('And again, to see it pass.');
  if ('run' in after && after.run.failed > 0) {
    return { text: `${REPORT.left}: I changed ${CODE}, but "${after.run.name}" still fails. ${testsText(after)}` };
  }
  const gain =
    before === undefined ? '' : ` ${from} tins cost ${money(before.expected)} now, not ${money(before.actual)}.`;
  return {
    text: `${REPORT.repaired}: the bulk price applies from ${from} tins on, as the README says.${gain} ${testsText(after)}`,
  };
}
