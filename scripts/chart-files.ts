/** What lies in `docs/charts/`, made from the machines. */
import { CHART_FORMATS, MACHINES, type MachineName } from '../src/cli/chart-commands.ts';
import { chartFile, chartText, machineDescription } from '../src/cli/chart-text.ts';

/** The text of each file, by its name. */
export async function chartFiles(): Promise<ReadonlyMap<string, string>> {
  const charts = MACHINES.flatMap((machine) => CHART_FORMATS.map((format) => ({ machine, format })));
  const files = await Promise.all(
    charts.map(async ({ machine, format }) => [chartFile(machine, format), await chartText(machine, format)] as const),
  );
  return new Map([['README.md', page()], ...files]);
}

function page(): string {
  return [
    '# Charts',
    '',
    'The four state machines of Greenroom as they are: this page and the files beside it are made from them by',
    '`npm run charts`, and a test fails when they differ. `greenroom charts` prints them, and',
    '[greenroom/charts](../concepts.md#charts) draws any XState machine, also with the states lit that an actor is in.',
    '',
    'An arrow reads **event** [guard] / actions. What stands in a box happens there: what is done on the way in and out,',
    'which actors run meanwhile, and which events are handled without leaving. What starts in a dotted box `any state`',
    'does so in every state of the box around it, unless that state handles the event itself.',
    '',
    ...MACHINES.flatMap(sectionOf),
  ].join('\n');
}

function sectionOf(machine: MachineName): readonly string[] {
  const [picture, text, json] = [chartFile(machine, 'svg'), chartFile(machine, 'mermaid'), chartFile(machine, 'json')];
  return [
    `## ${machine}`,
    '',
    machineDescription(machine),
    '',
    `![The chart of the machine "${machine}": its states, and what leads from one to another](${picture})`,
    '',
    `Also as [Mermaid](${text}) and as [JSON](${json}).`,
    '',
  ];
}
