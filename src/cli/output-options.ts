/** Options of every command that runs agents. */
import { type Command, Option } from 'commander';
import type { OnAskFlag } from './flags.ts';

/** @param choices Of `--on-ask`. */
export function addOutputFlags(command: Command, choices: readonly OnAskFlag[]): Command {
  const isKept = choices.includes('wait');
  return command
    .addOption(
      new Option(
        '--on-ask <what>',
        `a call that nothing allows: ask you, ${isKept ? 'wait for greenroom answer, ' : ''}deny it, or fail its agent`,
      )
        .choices([...choices])
        .default('prompt'),
    )
    .addOption(new Option('--json', 'prints the events as NDJSON and nothing else').conflicts('plain'))
    .option('--plain', 'plain lines: no colours, nothing redrawn')
    .addOption(
      new Option(
        '--sandbox <what>',
        'bwrap: commands run in a sandbox; none: with your rights (default: bwrap where it works)',
      ).choices(['none', 'bwrap']),
    )
    .option('--sandbox-network', 'commands in the sandbox reach the network');
}

export const repeated = (text: string, texts: string[]): string[] => [...texts, text];
