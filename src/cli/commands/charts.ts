/** `greenroom charts`: draw the state machines as text, pictures or JSON. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Argument, type Command, Option } from 'commander';
import { agentMachine, orchestratorMachine, toolCallMachine } from '../../actors/index.ts';
import { toJson, toMermaid, toSvg, type ViewOptions } from '../../charts/index.ts';
import { GreenroomError, messageOf } from '../../index.ts';
import { visibleLine } from '../../text/visible.ts';
import { EXIT } from '../exit-codes.ts';
import { LineOutput } from '../output/line-output.ts';

const MACHINES = ['orchestrator', 'agent', 'tool-call'] as const;
type MachineName = (typeof MACHINES)[number];

const CHART_FORMATS = ['mermaid', 'svg', 'json'] as const;
type ChartFormat = (typeof CHART_FORMATS)[number];

interface ChartFlags extends ViewOptions {
  readonly format: ChartFormat;
  readonly out?: string;
}

const NOTES = `
  mermaid  a state diagram as text, which GitHub and many editors render
  svg      a picture
  json     the configuration of the machine, for createMachine() and for Stately's editor

Without --out, charts go to standard output: one picture, or texts under a line "%% <machine>" each; several machines as
JSON are one object. With --out, each machine gets a file: DIR/<machine>.mmd, .svg or .json, with --root
DIR/<machine>.<state>.mmd or .svg.

--depth closes the states on the last level: each is one box that names the states in it. --root takes the path of a state,
such as running.modelTurn, and one machine. JSON is always the whole machine.

Exit codes: 0 done, 2 no such machine or state, or the folder cannot be written.
`;

export function defineCharts(command: Command): void {
  command
    .addArgument(new Argument('[machine...]', 'machines to draw (default: all)').choices(MACHINES))
    .addOption(new Option('--format <format>', 'output format').choices(CHART_FORMATS).default('mermaid'))
    .option('--depth <levels>', 'levels of states to draw (default: all)', Number)
    .option('--root <state>', 'draw one state and what is in it')
    .option('--out <dir>', 'write files into this folder; it is created if missing')
    .addHelpText('after', NOTES)
    .action(async (machines: readonly MachineName[], flags: ChartFlags) => {
      process.exitCode = await drawCharts(machines, flags);
    });
}

const MACHINE = {
  orchestrator: orchestratorMachine,
  agent: agentMachine,
  'tool-call': toolCallMachine,
} as const satisfies Readonly<Record<MachineName, unknown>>;

const DRAW = { mermaid: toMermaid, svg: toSvg, json: toJson } as const;

const EXTENSION: Readonly<Record<ChartFormat, string>> = { mermaid: 'mmd', svg: 'svg', json: 'json' };

const chartFile = (machine: MachineName, format: ChartFormat, root = ''): string =>
  [machine, ...(root === '' ? [] : [root]), EXTENSION[format]].join('.');

/**
 * Prints or writes the charts; resolves with the exit code.
 * @throws GreenroomError for flags that do not go together, for a state that the machine does not have, and for a folder
 * that cannot be written.
 */
async function drawCharts(named: readonly MachineName[], flags: ChartFlags): Promise<number> {
  const { format, out, depth, root } = flags;
  const machines = named.length === 0 ? MACHINES : [...new Set(named)];
  if (format === 'svg' && machines.length > 1 && out === undefined) {
    throw misuse('standard output takes one picture. Name one machine, or give a folder with --out');
  }
  if (root !== undefined && machines.length > 1) throw misuse('--root takes one machine. Name it before --root');
  if (format === 'json' && (depth ?? root) !== undefined) {
    throw misuse(
      '--depth and --root draw a part, and JSON is the whole machine. Leave them out, or choose another --format',
    );
  }
  const output = new LineOutput();
  const charts = await Promise.all(
    machines.map(async (machine) => ({ machine, text: await DRAW[format](MACHINE[machine], { depth, root }) })),
  );
  if (out === undefined) {
    output.line(format === 'json' ? jsonOf(charts) : textOf(charts));
    return await output.end(EXIT.completed);
  }
  for (const { machine, text } of charts) {
    const file = join(out, chartFile(machine, format, root));
    await write(out, file, text);
    output.line(visibleLine(file));
  }
  return await output.end(EXIT.completed);
}

interface Chart {
  readonly machine: MachineName;
  readonly text: string;
}

function textOf(charts: readonly Chart[]): string {
  const texts = charts.map(({ machine, text }) => (charts.length === 1 ? text : `%% ${machine}\n${text}`));
  return texts.join('\n').trimEnd();
}

function jsonOf(charts: readonly Chart[]): string {
  const [first] = charts;
  if (first !== undefined && charts.length === 1) return first.text.trimEnd();
  const all = charts.map(({ machine, text }): readonly [string, unknown] => [machine, JSON.parse(text)]);
  return JSON.stringify(Object.fromEntries(all), null, 2);
}

async function write(folder: string, file: string, text: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(file, text);
  } catch (thrown) {
    throw misuse(`--out ${visibleLine(folder)} cannot be written: ${visibleLine(messageOf(thrown))}`);
  }
}

function misuse(problem: string): GreenroomError {
  return new GreenroomError('invalid_params', `greenroom charts: ${problem}.`);
}
