/** The agent who takes the complaint, hands the work out, and signs it off. */
import { call, type Script } from '../../index.ts';
import { DOCUMENTED } from './docs-script.ts';
import { fileLines } from './facts.ts';
import { extendChangelog, runTests, testsText } from './steps.ts';
import { TASKS } from './tasks.ts';
import { REPORT } from './tests-script.ts';

export const leadScript: Script = function* () {
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
