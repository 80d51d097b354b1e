/** Options of every command that runs agents. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { InspectPlace, OnAskFlag } from './flags.ts';

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
    .option('--sandbox-network', 'commands in the sandbox reach the network')
    .addOption(
      new Option(
        '--inspect [port]',
        'lets you watch the machines live in a browser (default: on a free port of the loopback)',
      ).argParser(listeningPlace('--inspect')),
    );
}

export const repeated = (text: string, texts: string[]): string[] => [...texts, text];

/** `--console`, for commands that record what they run. */
export function addConsoleFlag(command: Command): Command {
  return command.addOption(
    new Option(
      '--console [port]',
      'shows the run in a browser, where its questions can be answered, too (default: on a free port of the loopback)',
    ).argParser(listeningPlace('--console')),
  );
}

/** Reads what stands behind such an option: `port` or `host:port`. */
const listeningPlace =
  (option: string) =>
  (text: string): InspectPlace => {
    const [, host, digits] = /^(?:(\[[\da-f:.]+\]|[^:\s]+):)?(\d{1,5})$/i.exec(text) ?? [];
    const port = Number(digits);
    if (digits === undefined || port > 65_535) {
      throw new InvalidArgumentError(
        `Give a port or host:port. What stands behind ${option} is taken for one: put the goal or session before it.`,
      );
    }
    return host === undefined ? { port } : { host: host.replace(/^\[(.*)\]$/, '$1'), port };
  };
