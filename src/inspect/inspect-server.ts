/** A server of the WebSocket protocol of @statelyai/inspect, for viewers that come and go while a system runs. */
import type { InspectionEvent } from 'xstate';
import * as z from 'zod';
import { GreenroomError, messageOf } from '../errors.ts';
import { parseWith } from '../schema/parse-with.ts';
import { isLoopback } from './origin-check.ts';
import { Audience } from './broadcaster.ts';
import { Door } from './websocket-endpoint.ts';

export interface InspectServerOptions {
  /** Where to listen. Default: `0`, a free port that the system picks. */
  readonly port?: number;
  /**
   * The address to listen on. Default: `127.0.0.1`. With any but a loopback address everybody who reaches it can look: there
   * is no password.
   */
  readonly host?: string;
  /** A viewer that more than this waits for, because it does not read, is cut. In bytes, 256 KiB or more; default: 4 MiB. */
  readonly maxBufferedBytes?: number;
}

export interface InspectServer extends AsyncDisposable {
  /** For `inspect` of the orchestrator, or of any XState actor. Never throws. */
  readonly inspect: (event: InspectionEvent) => void;
  readonly port: number;
  /** What viewers connect to, e.g. `ws://127.0.0.1:41231/`. */
  readonly url: string;
  /** A page that shows Stately's viewer, which it loads from the web. */
  readonly pageUrl: string;
  /** Whether others than this machine may reach it. */
  readonly isOpen: boolean;
  /** Tells viewers what is left to tell, and lets go of everything. Idempotent; takes at most two seconds. */
  close(): Promise<void>;
}

const Options = z.strictObject({
  port: z.number().int().min(0).max(65_535).default(0),
  host: z.string().min(1).default('127.0.0.1'),
  maxBufferedBytes: z
    .number()
    .int()
    .min(256 * 1024)
    .default(4 * 1024 * 1024),
});

/**
 * Starts a server that shows a running system to any number of viewers, whenever they come.
 *
 * What you can rely on:
 * - A viewer is first shown every actor that lives, parents first: its definition and the state it is in. Then it is told
 *   what happens. Of states that follow each other quickly it may be told the latest only.
 * - Contexts are cut, and secrets in them blacked out. No message is longer than 64 KiB.
 * - Nothing is kept of what happened; memory grows with the actors that live, and with nothing else.
 * - No viewer can change anything, or hold up what it looks at.
 * - It keeps no process alive.
 * @example
 * const server = await createInspectServer();
 * const orchestrator = new AgentOrchestrator(harness, { inspect: server.inspect });
 * console.log(server.url);
 * @throws GreenroomError `invalid_params` (as a rejection), also when it cannot listen there.
 */
export async function createInspectServer(options: InspectServerOptions = {}): Promise<InspectServer> {
  const { port: wanted, host, maxBufferedBytes } = parseWith(Options, options, 'createInspectServer()');
  const audience = new Audience(maxBufferedBytes);
  const door = new Door({ host: isLoopback(host) ? undefined : host, enter: (line) => audience.enter(line) });
  const port = await door.open(wanted, host).catch((cause: unknown) => {
    throw new GreenroomError('invalid_params', `createInspectServer(): ${problemAt(wanted, cause)}`, {
      path: 'port',
      cause,
    });
  });
  const place = `${shownHost(host)}:${port}/`;
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= audience.close().then(() => door.close());
    return closing;
  };
  return {
    port,
    isOpen: !isLoopback(host),
    url: `ws://${place}`,
    pageUrl: `http://${place}`,
    close,
    [Symbol.asyncDispose]: close,
    inspect(event) {
      try {
        if (closing === undefined) audience.observe(event);
      } catch {
        // an inspector that throws wedges the actor that it looks at
      }
    },
  };
}

function problemAt(port: number, cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const remedy = 'Name another one, or none: then a free one is picked.';
  if (code === 'EADDRINUSE') return `port ${port} is in use. ${remedy}`;
  if (code === 'EACCES') return `port ${port} may not be used by this user. ${remedy}`;
  return `it cannot listen there: ${messageOf(cause)}.`;
}

/** An address that a browser on this machine can be given. */
function shownHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
