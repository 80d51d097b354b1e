/** The WebSocket endpoint of viewers: an HTTP server that checks origins, upgrades connections and serves one page. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { refusal } from './origin-check.ts';
import type { Connection } from './viewer.ts';
import { viewerPage, viewerPageHeaders } from './viewer-page.ts';

/** The longest message a viewer may send, in bytes; viewers have nothing to send. */
const MAX_RECEIVED_BYTES = 4096;
/** How long a viewer may take to close its connection, in milliseconds. */
const CLOSE_MS = 1000;
const SERVER_OPTIONS = { noServer: true, clientTracking: true, maxPayload: MAX_RECEIVED_BYTES, closeTimeout: CLOSE_MS };
/** The close code of RFC 6455 for a server that ends. */
const GOING_AWAY = 1001;

export interface EndpointOptions {
  /** The host it listens on; `undefined` for a loopback address. */
  readonly host: string | undefined;
  /** Called with each viewer; returns what is called when it has left. */
  readonly onViewer: (connection: Connection) => () => void;
}

export class WebSocketEndpoint {
  readonly #options: EndpointOptions;
  readonly #http = createServer({}, (request, response) => this.#answer(request, response));
  readonly #sockets = new WebSocketServer(SERVER_OPTIONS);
  readonly #connections = new Set<Socket>();

  constructor(options: EndpointOptions) {
    this.#options = options;
    this.#http.on('connection', (socket) => this.#track(socket));
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Resolves with the port. */
  async listen(port: number, host: string): Promise<number> {
    this.#http.listen({ port, host });
    await once(this.#http, 'listening');
    this.#http.unref();
    this.#http.on('error', () => undefined); // e.g. too many open files: a later connection may succeed
    const address = this.#http.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  async close(): Promise<void> {
    const closed = once(this.#http, 'close');
    this.#http.close();
    const ended = [...this.#sockets.clients].map(async (client) => {
      if (client.readyState === client.CLOSED) return;
      const gone = once(client, 'close');
      client.close(GOING_AWAY, 'the run has ended');
      await gone;
    });
    await Promise.all(ended);
    for (const socket of this.#connections) socket.destroy(); // connections that are no viewers
    await closed;
  }

  #track(socket: Socket): void {
    socket.unref();
    this.#connections.add(socket);
    socket.once('close', () => this.#connections.delete(socket));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const reason = this.#refusalOf(request);
    const isPage = request.url === '/' && (request.method === 'GET' || request.method === 'HEAD');
    if (reason === undefined && isPage) response.writeHead(200, viewerPageHeaders).end(viewerPage);
    else response.writeHead(reason === undefined ? 404 : 403, { 'content-type': 'text/plain' }).end(reason);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => undefined); // a client may leave at any time
    const reason = request.url === '/' ? this.#refusalOf(request) : 'Not found. Connect to /';
    if (reason !== undefined) {
      const answer = `HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: ${reason.length}\r\n\r\n${reason}`;
      socket.end(answer, () => socket.destroy());
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (viewer) => this.#accept(viewer));
  }

  #accept(viewer: WebSocket): void {
    viewer.on('error', () => undefined); // an invalid frame: ws answers with a close code
    const leave = this.#options.onViewer({
      get waiting() {
        return viewer.bufferedAmount;
      },
      send: (text, onSent) => viewer.send(text, () => onSent()),
      terminate: () => viewer.terminate(),
    });
    viewer.once('close', leave);
  }

  #refusalOf({ headers }: IncomingMessage): string | undefined {
    return refusal({ host: headers.host, origin: headers.origin }, { host: this.#options.host });
  }
}
