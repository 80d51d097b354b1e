/** `greenroom serve`: serve a team over HTTP until a signal stops it. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { createServer, type GreenroomServer } from '../../server/index.ts';
import { EXIT } from '../exit-codes.ts';
import { addSandboxFlags, repeatable } from '../options.ts';
import { openLog } from '../run/log.ts';
import { servedDemo, type ServedFlags, servedRun, type Served } from '../run/served.ts';

const NOTES = `
Prints an address that opens the console in a browser. The address holds a secret that is new at every start: anyone who
has it can start agents and answer their questions. Only this machine can connect, unless --host says otherwise.

Agents have the same tools, permissions, policy files and sandbox as with greenroom run. Questions wait in the inbox of
the console; greenroom relays and greenroom answer work too, and the first answer wins.

Journal: everything is recorded, and survives a crash. serve --journal FILE continues the session in that file.

Exit codes: 0 stopped by Ctrl-C or SIGTERM, 1 failed, 2 invalid command line or setting.
`;

interface ServeFlags extends ServedFlags {
  readonly port?: number;
  readonly host?: string;
  readonly demo?: boolean;
}

export function defineServe(command: Command): void {
  command
    .option('--port <n>', 'port to listen on (default: a free port)', port)
    .option('--host <address>', 'address to listen on (default: 127.0.0.1, this machine only)')
    .option('--journal <file>', 'record in this file, or continue the session in it (default: a new file)')
    .option('--model <provider/name>', 'model to use when the start form names none')
    .option('--workspace <dir>', 'folder to work in (default: the current folder)')
    .addOption(repeatable('--allow <rule>', 'allow calls without asking'));
  addSandboxFlags(command)
    .addOption(
      new Option('--demo', 'serve the scripted demo, ready to start').conflicts(['model', 'workspace', 'allow']),
    )
    .addHelpText('after', NOTES)
    .action(async (flags: ServeFlags) => {
      process.exitCode = await serve(flags);
    });
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d{1,5}$/.test(text) || value > 65_535) throw new InvalidArgumentError('Give a port, or 0 for a free port.');
  return value;
}

/**
 * Serves until a signal arrives; resolves with the exit code.
 * @throws GreenroomError for invalid flags, before anything starts.
 */
async function serve(flags: ServeFlags): Promise<number> {
  const print = (text: string) => process.stdout.write(`${text}\n`);
  const served: Served = flags.demo === true ? await servedDemo(flags) : await servedRun(flags);
  const logger = await openLog(process.env);
  const place = { port: flags.port ?? 0, host: flags.host ?? '127.0.0.1' };
  const stopped = stopSignal();
  // without a reader the address is lost, and no browser can connect
  process.stdout.once('error', () => stopped.stop('Output pipe closed'));
  try {
    const server = await createServer(served.team, { ...place, ...(logger === undefined ? {} : { logger }) });
    for (const notice of served.notices) print(notice);
    announce(server, flags, print);
    const name = await stopped.promise;
    print(`${name}: stopping.`);
    await server.close();
  } finally {
    stopped.release();
    await served.stop();
  }
  for (const line of served.farewell()) print(line);
  return EXIT.completed;
}

function announce(server: GreenroomServer, flags: ServeFlags, print: (text: string) => void): void {
  if (server.isOpen) {
    print(
      `Warning: other machines can connect to ${flags.host}, and the connection is not encrypted. Anyone who has the address below can run commands here. Remove --host to listen on this machine only.`,
    );
  }
  if (!server.hasPage) print('The page is not built. Build it with npm run build; the API works without it.');
  print('');
  print('Open this address. It holds a secret: anyone who has it can start agents and answer for you.');
  print('');
  print(`  ${server.address}`);
  print('');
  print('Press Ctrl-C to stop.');
}

/** Resolves with the first stop signal. A second one ends the process at once. */
function stopSignal() {
  const { promise, resolve } = Promise.withResolvers<string>();
  let isStopping = false;
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const onSignal = (name: NodeJS.Signals) => {
    if (isStopping) process.exit(EXIT.interrupted);
    isStopping = true;
    resolve(name);
  };
  for (const name of names) process.on(name, onSignal);
  return {
    promise,
    stop: resolve,
    release: () => {
      for (const name of names) process.off(name, onSignal);
    },
  };
}
