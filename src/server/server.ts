/** The HTTP server of a team: its API, its stream, and the page of the console. */
import { createServer as createHttpServer, type Server } from 'node:http';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { getRequestListener } from '@hono/node-server';
import * as z from 'zod';
import { GreenroomError, type Logger, messageOf } from '../index.ts';
import { isLoopback, newToken, urlHost } from './access.ts';
import { createApi } from './api.ts';
import { EventStreams } from './event-stream.ts';
import { History } from './history.ts';
import { builtPage, readPage } from './page-files.ts';
import type { ServedTeam } from './served-team.ts';
import { createSite } from './site.ts';

/** Options of `createServer`. */
export interface ServerOptions {
  /** Default: `0`, a free port. */
  readonly port?: number;
  /** The address to listen on. Any but a loopback address sends the token over the network unencrypted. Default: `127.0.0.1`. */
  readonly host?: string;
  /** The secret, 32 characters or more. Default: 256 new random bits. */
  readonly token?: string;
  /** Event streams open at once. Default: 16. */
  readonly maxStreams?: number;
  /** Entries that a reader may be behind before it gets one `resync` with the state instead. Default: 20 000. */
  readonly maxBehind?: number;
  /** Milliseconds between two heartbeats of an event stream. Default: 15 000. */
  readonly heartbeatMs?: number;
  /** Milliseconds after which an event stream is disconnected when its reader reads nothing. Default: 30 000. */
  readonly stallMs?: number;
  /** Connections open at once, event streams included. Default: 512. */
  readonly maxConnections?: number;
  /** The folder of the built page. Default: the one in this package. */
  readonly page?: string;
  /** Receives the errors of the server. Default: none. */
  readonly logger?: Logger;
}

/** A running server. */
export interface GreenroomServer extends AsyncDisposable {
  readonly port: number;
  /** The address without the secret, for `createClient`. */
  readonly url: string;
  /** The address that a human opens: `url` with the token in its fragment, which no server and no log sees. */
  readonly address: string;
  readonly token: string;
  /** Whether other machines can reach it. */
  readonly isOpen: boolean;
  /** Whether the page was found. */
  readonly hasPage: boolean;
  /** Takes no more requests, ends the event streams, and lets running requests finish for up to 2 s. Idempotent. */
  close(): Promise<void>;
}

const Options = z.strictObject({
  port: z.number().int().min(0).max(65_535).default(0),
  host: z.string().min(1).default('127.0.0.1'),
  token: z.string().min(32, 'a token has 32 characters or more').optional(),
  maxStreams: z.number().int().positive().default(16),
  maxBehind: z.number().int().positive().default(20_000),
  heartbeatMs: z.number().positive().default(15_000),
  stallMs: z.number().positive().default(30_000),
  maxConnections: z.number().int().positive().default(512),
  page: z.string().optional(),
  logger: z.custom<Logger>().optional(),
});

/** Limits of Node's HTTP server. Milliseconds for a whole request, for its headers, and between two checks of both. */
const LIMITS = {
  requestTimeout: 30_000,
  headersTimeout: 5000,
  connectionsCheckingInterval: 1000,
  maxHeaderSize: 16 * 1024,
};
const MAX_HEADERS = 64;
/** Milliseconds that running requests get when the server closes. */
const DRAIN_MS = 2000;

/**
 * Serves a team. It does not own the orchestrator: close the server first, then clean up the orchestrator.
 *
 * Guarantees:
 * - Every route needs the token, or the cookie and key of a page that signed in. Pages of other servers cannot use it.
 * - The first answer to a question wins, also when several clients answer at once.
 * - No entry waits in memory for a reader of the stream that does not read.
 * @throws GreenroomError `invalid_params` (as a rejection) for an invalid option, and when it cannot listen.
 */
export async function createServer(team: ServedTeam, options: ServerOptions = {}): Promise<GreenroomServer> {
  const parsed = Options.safeParse(options);
  if (!parsed.success) throw misuse(parsed.error.issues[0]?.message ?? '', parsed.error.issues[0]?.path.join('.'));
  const { host, token = newToken(), page = builtPage(), logger } = parsed.data;
  const history = new History(team.orchestrator);
  await history.follow();
  const streams = new EventStreams({ ...parsed.data, orchestrator: team.orchestrator, history });
  const version = packageVersion();
  const files = readPage(page);
  let port = parsed.data.port;
  const site = createSite({
    api: createApi({ team, history, streams, version }),
    version,
    page: files,
    secrets: { token, cookie: newToken(), key: newToken() },
    place: () => ({ host, port }),
    logger,
  });
  const listener = getRequestListener(site.fetch, { overrideGlobalObjects: false });
  const http = createHttpServer(LIMITS, (request, response) => void listener(request, response));
  http.maxHeadersCount = MAX_HEADERS;
  http.maxConnections = parsed.data.maxConnections;
  try {
    port = await listen(http, port, host);
  } catch (error) {
    await history.close();
    throw error;
  }
  const url = `http://${urlHost(host === '0.0.0.0' ? '127.0.0.1' : host)}:${port}/`;
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= closeAll({ http, streams, history }));
  return {
    port,
    url,
    address: `${url}#token=${token}`,
    token,
    isOpen: !isLoopback(host),
    hasPage: files.size > 0,
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function listen(http: Server, port: number, host: string): Promise<number> {
  try {
    http.listen({ port, host });
    await once(http, 'listening');
  } catch (cause) {
    const isPort = cause instanceof Error && 'code' in cause && ['EADDRINUSE', 'EACCES'].includes(String(cause.code));
    const remedy = isPort
      ? 'Choose another port, or 0 for a free one.'
      : 'Choose an address of this machine, or leave `host` out.';
    throw misuse(`cannot listen on ${host}:${port}: ${messageOf(cause)}. ${remedy}`, isPort ? 'port' : 'host');
  }
  http.on('error', () => undefined); // e.g. too many open files: later connections may succeed
  const address = http.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

interface OpenParts {
  readonly http: Server;
  readonly streams: EventStreams;
  readonly history: History;
}

async function closeAll({ http, streams, history }: OpenParts): Promise<void> {
  const closed = once(http, 'close');
  http.close();
  await streams.close();
  // a connection becomes idle a moment after its last response
  const idle = setInterval(() => http.closeIdleConnections(), 20);
  const late = setTimeout(() => http.closeAllConnections(), DRAIN_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(late);
  await history.close();
}

const misuse = (problem: string, path?: string): GreenroomError =>
  new GreenroomError('invalid_params', `createServer(): ${problem}`, path === undefined ? {} : { path });

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return z.object({ version: z.string() }).parse(manifest).version;
}
