/** The files of `docs/charts/`, made from the machines. */
import { format, resolveConfig } from 'prettier';
import type { AnyStateMachine } from 'xstate';
import { readChart } from '../src/charts/chart.ts';
import { toJson, toMermaid, toSvg } from '../src/charts/index.ts';
import { dottedPath } from '../src/charts/state-paths.ts';
import { agentMachine, orchestratorMachine, toolCallMachine } from '../src/actors/index.ts';

const MACHINES: readonly AnyStateMachine[] = [orchestratorMachine, agentMachine, toolCallMachine];

/** A picture of one level: of the machine, or of a compound state in it. */
export interface Picture {
  readonly machine: AnyStateMachine;
  /** Dotted path; '' for the machine. */
  readonly root: string;
  readonly file: string;
  readonly title: string;
}

/** The overview of each machine, then a detail of each compound state in it. */
export const pictures: readonly Picture[] = MACHINES.flatMap((machine) =>
  readChart(machine)
    .states.filter(({ children, parent }) => parent === undefined || children.length > 0)
    .map((state): Picture => {
      const root = dottedPath(state);
      const file = `${[machine.id, ...state.path].join('.')}.svg`;
      return { machine, root, file, title: [machine.id, ...state.path].join(' › ') };
    }),
);

/** The text of each file, by its name. */
export async function chartFiles(): Promise<ReadonlyMap<string, string>> {
  const drawn = await Promise.all(
    pictures.map(async ({ machine, root, file }) => [file, await toSvg(machine, { root, depth: 1 })] as const),
  );
  const texts = MACHINES.flatMap((machine) => [
    [`${machine.id}.mmd`, toMermaid(machine)] as const,
    [`${machine.id}.json`, toJson(machine)] as const,
  ]);
  return new Map([['README.md', await page()], ...drawn, ...texts]);
}

async function page(): Promise<string> {
  const text = [
    '# Charts',
    '',
    'The three state machines of Greenroom. This page and the files beside it are generated from the machines by',
    '`npm run charts`, and a test fails when they differ. `greenroom charts` prints them, and',
    '[greenroom/charts](../concepts.md#charts) draws any XState machine, with the active states of an actor lit.',
    '',
    'Each picture shows one level: the first of a machine its top states, the others the inside of one compound state. A box',
    'with a line `▸ a · b` is a closed compound state; its own picture follows. `→ name` and `name →` are states outside of',
    'the picture.',
    '',
    'An arrow reads **event** [guard] / actions, with its description below; an arrow of a closed state has its description',
    'only. A box lists its entry and exit actions, the actors that it invokes, and the events that it handles without a',
    'transition to another state. Arrows from a dotted box `any state` are taken in every state around which it is drawn,',
    'unless that state handles the event itself.',
    '',
    ...MACHINES.flatMap(sectionOf),
  ].join('\n');
  return await format(text, { ...(await resolveConfig(import.meta.filename)), parser: 'markdown' });
}

function sectionOf(machine: AnyStateMachine): readonly string[] {
  const { id } = machine;
  return [
    `## ${id}`,
    '',
    machine.root.description ?? '',
    '',
    ...pictures.filter((picture) => picture.machine === machine).flatMap(pictureLines),
    `The whole machine as [Mermaid](${id}.mmd) and as [JSON](${id}.json).`,
    '',
    ...guardLines(machine),
  ];
}

const pictureLines = ({ root, file, title }: Picture): readonly string[] => [
  ...(root === '' ? [] : [`### ${title}`, '']),
  `![${root === '' ? `The top states of the machine "${title}"` : `The states in ${title}`}, and the transitions between them](${file})`,
  '',
];

/** The conditions of a machine, as a table. */
function guardLines(machine: AnyStateMachine): readonly string[] {
  const { id, states, moves } = readChart(machine);
  const nameOf = (index: number) => `\`${dottedPath(states[index] ?? { path: [] }) || id}\``;
  const rows = states.flatMap(({ index, inner }) => [
    ...inner.map((trigger) => ({ from: index, to: undefined, trigger })),
    ...moves
      .filter(({ from }) => from === index)
      .flatMap(({ from, to, triggers }) => triggers.map((trigger) => ({ from, to, trigger }))),
  ]);
  const guarded = rows.filter(({ trigger }) => trigger.guard !== undefined);
  if (guarded.length === 0) return [];
  return [
    `### Guards of ${id}`,
    '',
    '| from | event | guard | to | when |',
    '| --- | --- | --- | --- | --- |',
    ...guarded.map(({ from, to, trigger: { event, guard, description } }) => {
      const target = to === undefined ? 'stays' : nameOf(to);
      return `| ${nameOf(from)} | \`${event}\` | \`${guard}\` | ${target} | ${description} |`;
    }),
    '',
  ];
}
