/** A server of the WebSocket protocol of @statelyai/inspect, for any number of viewers at any time. */
import type { InspectionEvent } from 'xstate';
import * as z from 'zod';
import { GreenroomError, messageOf } from '../errors.ts';
import { parseWith } from '../schema/parse-with.ts';
import { isLoopback } from './origin-check.ts';
import { Broadcaster } from './broadcaster.ts';
import { WebSocketEndpoint } from './websocket-endpoint.ts';

/** Options of `createInspectServer`. */
export interface InspectServerOptions {
  /** The port to listen on. Default: `0`, a free port that the system picks. */
  readonly port?: number;
  /**
   * The address to listen on. Default: `127.0.0.1`. There is no password: with any address but a loopback one, everyone who
   * reaches it can read along.
   */
  readonly host?: string;
  /** Unsent bytes after which a viewer that does not read is disconnected, 256 KiB or more. Default: 4 MiB. */
  readonly maxBufferedBytes?: number;
}

/** A running inspection server. */
export interface InspectServer extends AsyncDisposable {
  /** For `inspect` of the orchestrator, or of any XState actor. Never throws. */
  readonly inspect: (event: InspectionEvent) => void;
  readonly port: number;
  /** The address for viewers, e.g. `ws://127.0.0.1:41231/`. */
  readonly url: string;
  /** The address of a page that shows Stately's viewer, which it loads from the web. */
  readonly pageUrl: string;
  /** Whether other machines can reach it. */
  readonly isOpen: boolean;
  /** Sends viewers the remaining updates and releases everything. Idempotent; takes at most two seconds. */
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
 * Starts a server that shows a running system to any number of viewers.
 *
 * Guarantees:
 * - A viewer first receives every live actor, parents first, with its definition and current state; then the updates. Of
 *   states in quick succession it may receive the latest only.
 * - Contexts are cut, and secrets in them redacted. No message is longer than 64 KiB.
 * - No history is kept; memory grows with the number of live actors only.
 * - A viewer can neither change nor block anything.
 * - It keeps no process alive.
 * @example
 * const server = await createInspectServer();
 * const orchestrator = new AgentOrchestrator(harness, { inspect: server.inspect });
 * console.log(server.url);
 * @throws GreenroomError `invalid_params` (as a rejection) for an invalid option, and when it cannot listen there.
 */
export async function createInspectServer(options: InspectServerOptions = {}): Promise<InspectServer> {
  const { port: wanted, host, maxBufferedBytes } = parseWith(Options, options, 'createInspectServer()');
  const broadcaster = new Broadcaster(maxBufferedBytes);
  const endpoint = new WebSocketEndpoint({
    host: isLoopback(host) ? undefined : host,
    onViewer: (connection) => broadcaster.add(connection),
  });
  const port = await endpoint.listen(wanted, host).catch((cause: unknown) => {
    throw new GreenroomError('invalid_params', `createInspectServer(): ${problemAt(wanted, cause)}`, {
      path: 'port',
      cause,
    });
  });
  const place = `${shownHost(host)}:${port}/`;
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= broadcaster.close().then(() => endpoint.close());
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
        if (closing === undefined) broadcaster.observe(event);
      } catch {
        // an inspector that throws blocks the mailbox of the actor it observes
      }
    },
  };
}

function problemAt(port: number, cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const remedy = 'Choose another port, or leave it out to get a free one.';
  if (code === 'EADDRINUSE') return `port ${port} is in use. ${remedy}`;
  if (code === 'EACCES') return `this user may not use port ${port}. ${remedy}`;
  return `cannot listen on this address: ${messageOf(cause)}.`;
}

/** The host in an address for a browser on this machine. */
function shownHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
