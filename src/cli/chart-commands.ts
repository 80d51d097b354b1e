/** The command that draws the machines, for `greenroom --help`. */
import { Argument, type Command, Option } from 'commander';

export const MACHINES = ['orchestrator', 'agent', 'tool-call', 'crew'] as const;
export type MachineName = (typeof MACHINES)[number];

export const CHART_FORMATS = ['mermaid', 'svg', 'json'] as const;
export type ChartFormat = (typeof CHART_FORMATS)[number];

export interface ChartFlags {
  readonly format: ChartFormat;
  /** A folder. */
  readonly out?: string;
}

const NOTES = `
  mermaid  a state diagram as text, which GitHub and many editors show
  svg      a picture
  json     the configuration of the machine, for createMachine() and for the import of Stately's editor

Without --out a chart goes to standard output: one picture, one text, or several texts, each under a line "%% <machine>";
several machines as JSON are one object. With --out each goes to a file of its own: DIR/<machine>.mmd, .svg or .json.

Exit codes: 0 done, 2 there is no such machine, or the folder cannot be written to.
`;

export function addCharts(greenroom: Command): void {
  greenroom
    .command('charts')
    .description('draw the state machines that agents and calls live by')
    .addArgument(new Argument('[machine...]', 'which ones (default: all)').choices(MACHINES))
    .addOption(new Option('--format <format>', 'how').choices(CHART_FORMATS).default('mermaid'))
    .option('--out <dir>', 'writes files into this folder, which is made if there is none')
    .addHelpText('after', NOTES)
    .action(async (machines: readonly MachineName[], flags: ChartFlags) => {
      const { chartsCommand } = await import('./charts.ts');
      process.exitCode = await chartsCommand(machines, flags);
    });
}
