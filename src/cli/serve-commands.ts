/** `serve`, for `greenroom --help`. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ServeFlags } from './flags.ts';
import { repeated } from './output-options.ts';

const NOTES = `
Prints an address that opens the console in a browser. The address holds a secret, made anew at every start: whoever has
it can start agents and answer their questions. Only this machine can reach it, unless --host says otherwise.

Agents work as with greenroom run: the same tools, permissions, policy files and sandbox. Questions wait in the console's
inbox; greenroom relays and greenroom answer do it from a terminal, and the first answer counts.

Journal: everything is recorded, and survives a crash. serve --journal FILE goes on with what a file holds.

Exit codes: 0 stopped by Ctrl-C or SIGTERM, 1 failed, 2 cannot be started so.
`;

export function addServe(greenroom: Command): void {
  greenroom
    .command('serve')
    .description('open the console: start agents, oversee them and answer their questions in a browser')
    .option('--port <n>', 'where to listen (default: a free port)', port)
    .option('--host <address>', 'the address to listen on (default: 127.0.0.1, this machine only)')
    .option('--journal <file>', 'records in this file, or goes on with the session in it (default: a file of its own)')
    .option('--model <provider/name>', 'the model that is used when the start form names none')
    .option('--workspace <dir>', 'the folder to work in (default: the current one)')
    .option('--allow <rule>', 'allows calls without asking; may be repeated', repeated, [])
    .addOption(new Option('--sandbox <what>', 'bwrap or none, as with greenroom run').choices(['none', 'bwrap']))
    .option('--sandbox-network', 'commands in the sandbox reach the network')
    .addOption(
      new Option('--demo', 'the scripted demo, waiting to be started').conflicts(['model', 'workspace', 'allow']),
    )
    .addHelpText('after', NOTES)
    .action(async (flags: ServeFlags) => {
      const { serveCommand } = await import('./serve.ts');
      process.exitCode = await serveCommand(flags);
    });
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d{1,5}$/.test(text) || value > 65_535) throw new InvalidArgumentError('Give a port, or 0 for a free one.');
  return value;
}
