/** Script of the audit agent, which works beside the others and writes a price list. */
import { call, type Script } from '../../index.ts';
import { fileLines, money, refusal, testRun } from './facts.ts';
import { RUN_TESTS } from './steps.ts';

export const auditScript: Script = function* () {
  const [catalogue, tests] = yield {
    text: 'While the others work I check every price on the shelf.',
    calls: [call('read', { path: 'src/catalogue.js' }), call('bash', { command: RUN_TESTS })],
  };
  const teas = fileLines(catalogue).flatMap((line) => {
    const [, name, price] = /name: '(\w+)', price: (\d+)/.exec(line) ?? [];
    return name === undefined || price === undefined ? [] : [{ name, price: Number(price) }];
  });
  const run = testRun(tests);
  const health =
    run === undefined
      ? `The tests did not run: ${refusal(tests) ?? 'no result'}.`
      : `When I ran the tests, ${run.passed} passed and ${run.failed} failed.`;
  const table = teas.map(({ name, price }) => `| ${name} | ${money(price)} | ${money(price * 12 * 0.9)} |`);
  const content = [
    '# Price list',
    '',
    '| tea | one tin | twelve tins |',
    '| --- | ---: | ---: |',
    ...table,
    '',
    health,
    '',
  ];
  const [written] = yield {
    text: `${teas.length} teas, and what twelve tins ought to cost, ten per cent off. That makes a price list.`,
    calls: [call('write', { path: 'PRICES.md', content: content.join('\n') })],
  };
  const where =
    written?.isError === true
      ? `I could not write it down: ${refusal(written) ?? written.text}`
      : 'It is in PRICES.md.';
  return { text: `The shelf is in order: ${teas.length} teas. ${where} ${health}` };
};
