/** Options that several commands share: their types, flags and parsers. */
import { type Command, InvalidArgumentError, Option } from 'commander';

/** What happens to a call that no rule decides. `wait`: it waits for `greenroom answer` or the console. */
export type OnAskFlag = 'prompt' | 'wait' | 'deny' | 'fail';

/** An address to listen on. Defaults: loopback, and a free port. */
export interface ListenAddress {
  readonly host?: string;
  readonly port?: number;
}

/** Flags of every command that runs agents in a terminal. */
export interface OutputFlags {
  /** Print the envelopes as NDJSON on standard output. */
  readonly json?: boolean;
  /** Print lines only: no colours, no redrawing. */
  readonly plain?: boolean;
  /** Default: `prompt`. */
  readonly onAsk?: OnAskFlag;
  /** Default: `bwrap` where it works, else `none` with a notice. */
  readonly sandbox?: 'none' | 'bwrap';
  /** Journal file. Default: `run` makes one, `demo` keeps none. */
  readonly journal?: string;
  /** Whether sandboxed commands have network access. */
  readonly sandboxNetwork?: boolean;
  /** Where to serve the live state machines. */
  readonly inspect?: ListenAddress | true;
  /** Where to serve the console. */
  readonly console?: ListenAddress | true;
}

/** Flags that say which agent starts and what it may do. */
export interface AgentFlags {
  readonly model?: string;
  readonly workspace?: string;
  /** Rules in the syntax of `parseRule`. */
  readonly allow: readonly string[];
  readonly maxAgents?: number;
  readonly sandbox?: 'none' | 'bwrap';
  readonly sandboxNetwork?: boolean;
}

export const SESSION_ARGUMENT = 'session file, id, or the first characters of an id';

/** @param choices Of `--on-ask`. */
export function addOutputFlags(command: Command, choices: readonly OnAskFlag[]): Command {
  const waits = choices.includes('wait') ? 'wait for greenroom answer, ' : '';
  addViewFlags(
    command.addOption(
      new Option('--on-ask <what>', `a call that no rule decides: prompt you, ${waits}deny it, or fail its agent`)
        .choices([...choices])
        .default('prompt'),
    ),
  );
  return addSandboxFlags(command).addOption(
    new Option(
      '--inspect [port]',
      'serve the live state machines to a browser (default: free port, loopback)',
    ).argParser(listenAddress('--inspect')),
  );
}

/** `--json` and `--plain`. */
export function addViewFlags(command: Command): Command {
  return command
    .addOption(new Option('--json', 'print the events as NDJSON and nothing else').conflicts('plain'))
    .option('--plain', 'print plain lines: no colours, no redrawing');
}

export function addSandboxFlags(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--sandbox <what>',
        'bwrap: run commands in a sandbox; none: with your rights (default: bwrap where it works)',
      ).choices(['none', 'bwrap']),
    )
    .option('--sandbox-network', 'give sandboxed commands network access');
}

/** `--console`, for commands that record what they run. */
export function addConsoleFlag(command: Command): Command {
  return command.addOption(
    new Option(
      '--console [port]',
      'serve the console: watch the run and answer its questions in a browser (default: free port, loopback)',
    ).argParser(listenAddress('--console')),
  );
}

/** An option that may be repeated: its value is the list of texts. */
export const repeatable = (flags: string, text: string): Option =>
  new Option(flags, `${text}; repeatable`)
    .argParser((value: string, values: readonly string[]) => [...values, value])
    .default([], 'none');

/** @returns A parser of `port` and `host:port`. */
const listenAddress =
  (option: string) =>
  (text: string): ListenAddress => {
    const [, host, digits] = /^(?:(\[[\da-f:.]+\]|[^:\s]+):)?(\d{1,5})$/i.exec(text) ?? [];
    const port = Number(digits);
    if (digits === undefined || port > 65_535) {
      throw new InvalidArgumentError(
        `Give a port or host:port. The word after ${option} is read as one: put the goal or session before it.`,
      );
    }
    return host === undefined ? { port } : { host: host.replace(/^\[(.*)\]$/, '$1'), port };
  };
