/** A server on loopback for one team: its API, its stream, its page. */
import { createServer as createHttpServer, type Server } from 'node:http';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { getRequestListener } from '@hono/node-server';
import * as z from 'zod';
import { GreenroomError, type Logger, messageOf } from '../index.ts';
import { isLoopback, newToken, urlHost } from './access.ts';
import { createApi } from './api.ts';
import { History } from './history.ts';
import type { ServedTeam } from './host.ts';
import { builtPage, readPage } from './page-files.ts';
import { createSite } from './site.ts';
import { Streams } from './streams.ts';

export interface ServerOptions {
  /** Default: `0`, a free port that the system picks. */
  readonly port?: number;
  /** The address to listen on. Default: `127.0.0.1`. With any but a loopback address the token goes over the network unencrypted. */
  readonly host?: string;
  /** The secret. Default: a new one of 256 bits. */
  readonly token?: string;
  /** Event streams at once. Default 16. */
  readonly maxStreams?: number;
  /** Entries that a reader may be behind before it is told the state instead. Default 20 000. */
  readonly maxBehind?: number;
  /** Between two signs of life on an event stream, milliseconds. Default 15 000. */
  readonly heartbeatMs?: number;
  /** An event stream whose reader takes nothing for so long is cut; milliseconds. Default 30 000. */
  readonly stallMs?: number;
  /** Connections at once, those of event streams included. Default 512. */
  readonly maxConnections?: number;
  /** Where the built page lies. Default: in this package. */
  readonly page?: string;
  /** Is told of what went wrong inside. Default: nobody is. */
  readonly logger?: Logger;
}

export interface GreenroomServer extends AsyncDisposable {
  readonly port: number;
  /** Where it is, without the secret: for `createClient`. */
  readonly url: string;
  /** What a human opens: the URL with the token in its fragment, where no server and no log sees it. */
  readonly address: string;
  readonly token: string;
  /** Whether others than this machine may reach it. */
  readonly isOpen: boolean;
  /** Whether there is a page to show. */
  readonly hasPage: boolean;
  /** Takes no more requests, ends the event streams, lets what is being answered finish (2 s at most). Idempotent. */
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

/** Milliseconds in which a request must have come in whole; headers sooner. */
const REQUEST_MS = 30_000;
const HEADERS_MS = 5000;
/** How often that is looked at. */
const CHECK_MS = 1000;
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_HEADERS = 64;
/** What is being answered may take so long when the server closes; milliseconds. */
const DRAIN_MS = 2000;

/**
 * Serves a team. It does not own the orchestrator: close the server first, then clean up.
 *
 * What you can rely on:
 * - Nobody comes in without the token, and no page of another server can use it.
 * - Questions are answered once, whoever asks the server to: the first answer counts.
 * - Nothing waits in memory for a reader of the stream that does not read.
 * @throws GreenroomError `invalid_params` (as a rejection), also when it cannot listen there.
 */
export async function createServer(team: ServedTeam, options: ServerOptions = {}): Promise<GreenroomServer> {
  const parsed = Options.safeParse(options);
  if (!parsed.success) throw misuse(parsed.error.issues[0]?.message ?? '', parsed.error.issues[0]?.path.join('.'));
  const {
    host,
    maxStreams,
    maxBehind,
    heartbeatMs,
    stallMs,
    logger,
    token = newToken(),
    page = builtPage(),
  } = parsed.data;
  const history = new History(team.orchestrator);
  await history.follow();
  const streams = new Streams(maxStreams);
  const version = packageVersion();
  const { orchestrator } = team;
  const lines = { orchestrator, history, maxBehind, heartbeatMs, stallMs };
  const api = createApi({ team, history, streams, lines, version });
  let port = parsed.data.port;
  const files = readPage(page);
  const place = () => ({ host, port });
  const site = createSite({ api, version, page: files, token, cookie: newToken(), key: newToken(), place, logger });
  const listener = getRequestListener(site.fetch, { overrideGlobalObjects: false });
  const http = createHttpServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      requestTimeout: REQUEST_MS,
      headersTimeout: HEADERS_MS,
      connectionsCheckingInterval: CHECK_MS,
    },
    (request, response) => void listener(request, response),
  );
  http.maxHeadersCount = MAX_HEADERS;
  http.maxConnections = parsed.data.maxConnections;
  port = await listen(http, port, host);
  const url = `http://${urlHost(host === '0.0.0.0' ? '127.0.0.1' : host)}:${port}/`;
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= shut({ http, streams, history });
    return closing;
  };
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
      : 'Choose an address of this machine, or leave it out.';
    throw misuse(`it cannot listen on ${host}:${port}: ${messageOf(cause)}. ${remedy}`, isPort ? 'port' : 'host');
  }
  http.on('error', () => undefined); // e.g. too many open files: who comes next may have more luck
  const address = http.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

async function shut(parts: {
  readonly http: Server;
  readonly streams: Streams;
  readonly history: History;
}): Promise<void> {
  const { http, streams, history } = parts;
  const closed = once(http, 'close');
  http.close();
  await streams.close();
  // a connection is idle only some time after its last answer
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
