/** The demo's scripts cope with whatever a human answers. */
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { callLabel } from '../../src/read-model/call-text.ts';
import { startDemoTeam } from '../../src/cli/demo/team.ts';
import type { RelayAnswer } from '../../src/index.ts';
import { temporaryFolder } from './cli.ts';

const SAMPLE = fileURLToPath(new URL('../../demo/workspace', import.meta.url));
const yes: RelayAnswer = { approved: true };
const no: RelayAnswer = { approved: false };

interface Answers {
  readonly tests: RelayAnswer;
  readonly bend: RelayAnswer;
  readonly repair: RelayAnswer;
  readonly docs: RelayAnswer;
}

/** Plays the demo; gives the lead's last words and the files. */
async function play(workspace: string, answers: Answers) {
  cpSync(SAMPLE, workspace, { recursive: true });
  await using team = startDemoTeam({ workspace });
  const lead = team.agents()[0]?.id ?? '';
  const statuses: string[] = [];
  for await (const { event } of team.events()) {
    if (event.type === 'harness_end') statuses.push(event.status);
    if (event.type !== 'relay') continue;
    const label = callLabel(event.tool, event.params);
    const about =
      event.tool === 'bash' ? 'tests' : label.includes('test/') ? 'bend' : label.includes('README') ? 'docs' : 'repair';
    team.resolveRelay(event.id, answers[about]);
  }
  const file = (path: string) => readFileSync(join(workspace, path), 'utf8');
  const { text } = await team.result(lead);
  return {
    text,
    statuses,
    repaired: file('src/pricing.js').includes('>='),
    documented: file('README.md').includes('## Shipping'),
  };
}

const CASES: readonly (readonly [string, Answers, { repaired: boolean; documented: boolean; says: RegExp }])[] = [
  [
    'yes to all but the bent test',
    { tests: yes, bend: no, repair: yes, docs: yes },
    { repaired: true, documented: true, says: /refund.*11 pass, 0 fail/ },
  ],
  [
    'yes to everything',
    { tests: yes, bend: yes, repair: yes, docs: yes },
    { repaired: false, documented: true, says: /bug stays.*changed the test, not the code/ },
  ],
  [
    'no to everything',
    { tests: no, bend: no, repair: no, docs: no },
    { repaired: false, documented: false, says: /bug stays.*not allowed to change src\/pricing\.js/ },
  ],
  [
    'no tests, but a repair',
    { tests: no, bend: no, repair: yes, docs: no },
    { repaired: true, documented: false, says: /tests did not run/ },
  ],
  [
    'no repair',
    { tests: yes, bend: no, repair: { approved: false, reason: 'Not today.' }, docs: yes },
    { repaired: false, documented: true, says: /"Not today".*cost 54\.00/ },
  ],
];

test.each(CASES)(
  '%s: every agent completes, and what is said is what was done',
  async (_name, answers, { says, ...files }) => {
    using folder = temporaryFolder();
    const { text, statuses, ...found } = await play(folder.path, answers);
    expect(statuses).toEqual(['completed', 'completed', 'completed', 'completed']);
    expect(found).toEqual(files);
    expect(text).toMatch(says);
  },
);
