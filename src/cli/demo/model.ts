/**
 * Scripted model of the demo: the tasks, the script of the lead, and which script plays which agent. The words are written
 * beforehand; every number, name and reason in them is read from the results of real tools, and every answer has a consequence.
 */
import { call, type Script, scriptedModel } from '../../index.ts';
import { auditScript } from './audit-script.ts';
import { docsScript, DOCUMENTED } from './docs-script.ts';
import { fileLines } from './facts.ts';
import { extendChangelog, runTests, testsText } from './steps.ts';
import { REPORT, testsScript } from './tests-script.ts';

const leadScript: Script = function* () {
  const [readme, changelog] = yield {
    text: 'A customer paid too much for twelve tins. What did we promise?',
    calls: [call('read', { path: 'README.md' }), call('read', { path: 'CHANGELOG.md' })],
  };
  const promise =
    fileLines(readme)
      .find((line) => /\d+ tins/.test(line))
      ?.replace(/^\* /, '') ?? 'a bulk price';
  const [tests, docs] = yield {
    text: `"${promise}" So much for the promise. Two jobs, two specialists, at the same time.`,
    calls: [
      call('agent', { name: 'tests', task: `${TASKS.tests} The README says: ${promise}` }),
      call('agent', { name: 'docs', task: TASKS.docs }),
    ],
  };
  const repaired = tests?.text.startsWith(REPORT.repaired) === true;
  const documented = docs?.text.startsWith(DOCUMENTED) === true;
  if (repaired) {
    yield* extendChangelog(fileLines(changelog), 'Fixed: twelve tins get the bulk price, not only thirteen.');
  }
  const last =
    repaired || documented ? testsText(yield* runTests("The whole suite once more, with everybody's changes in.")) : '';
  const verdict = repaired
    ? 'The customer gets a refund and we get to keep the customer.'
    : `The bug stays. ${tests?.text ?? ''}`;
  const shipping = documented ? 'Shipping is documented.' : 'Shipping is still undocumented.';
  return { text: [verdict, shipping, last].filter((part) => part !== '').join(' ') };
};

/** The task of each agent. A script recognises its agent by the first words of the task. */
export const TASKS = {
  lead: 'A customer complains: twelve tins of Assam cost 54.00. Find out what is wrong, have it repaired, and have shipping documented.',
  tests:
    'Find out why a test of the bulk price fails, and repair the cause. Report what you did and what the tests say.',
  docs: 'Document what shipping costs, in README.md and in src/shipping.js, and add a line to CHANGELOG.md. Report what you did.',
  audit: 'Make a price list of all teas while the others work, and say what state the tests are in.',
} as const;

const SCRIPTS: readonly (readonly [task: string, script: Script])[] = [
  [TASKS.lead, leadScript],
  [TASKS.tests, testsScript],
  [TASKS.docs, docsScript],
  [TASKS.audit, auditScript],
];

const demoScript: Script = function* (context) {
  const script = SCRIPTS.find(([task]) => context.task.startsWith(task))?.[1];
  if (script === undefined) return { text: 'There is no script for this task.' };
  return yield* script(context);
};

/** @param paceMs Milliseconds between words; 0 without a terminal. */
export function demoModel(paceMs: number) {
  return scriptedModel(demoScript, { modelId: 'demo', paceMs });
}
