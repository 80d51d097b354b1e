/** `greenroom serve`: a team over HTTP, for a browser and for programs, until it is stopped. */
import { EXIT } from './exit-codes.ts';
import type { ServeFlags } from './flags.ts';
import { openLog } from './log.ts';
import { createServer, type GreenroomServer } from '../server/index.ts';
import { servedDemo, servedRun, type Served } from './served.ts';

/**
 * Serves until a signal comes; resolves with the exit code.
 * @throws GreenroomError for flags that cannot be used; nothing was started then.
 */
export async function serveCommand(flags: ServeFlags): Promise<number> {
  const say = (text: string) => process.stdout.write(`${text}\n`);
  const served: Served = flags.demo === true ? await servedDemo(flags) : await servedRun(flags);
  const logger = await openLog(process.env);
  const place = { port: flags.port ?? 0, host: flags.host ?? '127.0.0.1' };
  const stopped = signal();
  // whoever reads the address has left without it: nobody can come
  process.stdout.once('error', () => stopped.stop('The output was closed'));
  try {
    const server = await createServer(served.team, { ...place, ...(logger === undefined ? {} : { logger }) });
    for (const notice of served.notices) say(notice);
    announce(server, flags, say);
    const name = await stopped.promise;
    say(`${name}: stopping.`);
    await server.close();
  } finally {
    stopped.release();
    await served.stop();
  }
  for (const line of served.farewell()) say(line);
  return EXIT.completed;
}

function announce(server: GreenroomServer, flags: ServeFlags, say: (text: string) => void): void {
  if (server.isOpen) {
    say(
      `Warning: ${flags.host} can be reached from other machines, and what they send is not encrypted. Whoever has the address below can run commands here. Leave --host out to keep it on this machine.`,
    );
  }
  if (!server.hasPage) say('The page is not built (npm run build does that); the API works without it.');
  say('');
  say('Open this address. It holds a secret: whoever has it can start agents and answer for you.');
  say('');
  say(`  ${server.address}`);
  say('');
  say('Ctrl-C stops it.');
}

/** The first signal that asks to stop. A second one ends the process at once. */
function signal() {
  const { promise, resolve } = Promise.withResolvers<string>();
  let isAsked = false;
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const onSignal = (name: NodeJS.Signals) => {
    if (isAsked) process.exit(EXIT.interrupted);
    isAsked = true;
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
