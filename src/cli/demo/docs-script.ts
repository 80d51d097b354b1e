/** Script of the docs agent, which documents what the code does. */
import { call, type Script, type ScriptResult } from '../../index.ts';
import { fileLines, money, refusal } from './facts.ts';
import { extendChangelog, patch, update } from './steps.ts';

export const DOCUMENTED = 'Documented';

export const docsScript: Script = function* () {
  const [code, readme, changelog] = yield {
    text: 'What does shipping really cost? I ask the code, not the rumours.',
    calls: ['src/shipping.js', 'README.md', 'CHANGELOG.md'].map((path) => call('read', { path })),
  };
  const facts = shippingFacts(code);
  const last = fileLines(readme).findLast((line) => line.trim() !== '');
  if (facts === undefined || last === undefined) return { text: 'I could not find out what shipping costs.' };
  const section = ['', '## Shipping', '', ...facts.sentences.map((sentence) => `* ${sentence}`)];
  const [written] = yield {
    text: `This is documented nowhere. ${facts.sentences[0]} Both places in one patch, or neither.`,
    calls: [
      patch(
        update('README.md', [` ${last}`, ...section.map((line) => `+${line}`)]),
        update('src/shipping.js', [
          '+/** Goods worth so much, in cents, ship free at home. */',
          ` ${facts.freeLine}`,
          '+/** What a parcel costs, in cents, by zone. */',
          ` ${facts.ratesLine}`,
        ]),
      ),
    ],
  };
  if (written?.isError === true) {
    return { text: `Nothing was documented: "${refusal(written) ?? written.text}".` };
  }
  const hindered = yield* extendChangelog(fileLines(changelog), 'The README says what shipping costs.');
  const log = hindered === undefined ? 'The changelog says so too.' : `The changelog does not: ${hindered}.`;
  return { text: `${DOCUMENTED}: shipping, in README.md and src/shipping.js. ${log}` };
};

function shippingFacts(code: ScriptResult | undefined) {
  const lines = fileLines(code);
  const freeLine = lines.find((line) => line.startsWith('const FREE_FROM'));
  const ratesLine = lines.find((line) => line.startsWith('const RATES'));
  const free = /= (\d+)/.exec(freeLine ?? '')?.[1];
  const rates = [...(ratesLine ?? '').matchAll(/(\w+): (\d+)/g)].map(
    ([, zone = '', cents = '']) => `${zone} ${money(cents)}`,
  );
  if (freeLine === undefined || ratesLine === undefined || free === undefined) return undefined;
  return {
    freeLine,
    ratesLine,
    sentences: [`Domestic parcels worth ${money(free)} or more ship free.`, `Otherwise: ${rates.join(', ')}.`],
  };
}
