/** Where viewers come in: an HTTP server that upgrades connections, checks who comes, and shows one page. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { refusal } from './origin-check.ts';
import type { Line } from './viewer.ts';
import { viewerPage, viewerPageHeaders } from './viewer-page.ts';

/** A viewer has nothing to say; one that says more than this at once is cut. In bytes. */
const MAX_SAID_BYTES = 4096;
/** How long a viewer may take to read what is left and to say goodbye, in milliseconds; then it is cut. */
const GOODBYE_MS = 1000;
const RULES = { noServer: true, clientTracking: true, maxPayload: MAX_SAID_BYTES, closeTimeout: GOODBYE_MS };
/** The status codes of RFC 6455 for a server that goes away. */
const GOING_AWAY = 1001;

export interface DoorOptions {
  /** What it listens on, unless that is a loopback address. */
  readonly host: string | undefined;
  /** Lets somebody in; what it gives is called when he has left. */
  readonly enter: (line: Line) => () => void;
}

export class Door {
  readonly #options: DoorOptions;
  readonly #http = createServer({}, (request, response) => this.#answer(request, response));
  readonly #sockets = new WebSocketServer(RULES);
  readonly #connections = new Set<Socket>();

  constructor(options: DoorOptions) {
    this.#options = options;
    this.#http.on('connection', (socket) => this.#keep(socket));
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Resolves with the port. */
  async open(port: number, host: string): Promise<number> {
    this.#http.listen({ port, host });
    await once(this.#http, 'listening');
    this.#http.unref();
    this.#http.on('error', () => undefined); // e.g. too many open files: who comes next may have more luck
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
    for (const socket of this.#connections) socket.destroy(); // who came, and was no viewer
    await closed;
  }

  #keep(socket: Socket): void {
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
    socket.on('error', () => undefined); // it leaves: that is no fault
    const reason = request.url === '/' ? this.#refusalOf(request) : 'only / is served';
    if (reason !== undefined) {
      const answer = `HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: ${reason.length}\r\n\r\n${reason}`;
      socket.end(answer, () => socket.destroy());
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (viewer) => this.#enter(viewer));
  }

  #enter(viewer: WebSocket): void {
    viewer.on('error', () => undefined); // it sent what is no message, and is told so and cut
    const leave = this.#options.enter({
      get waiting() {
        return viewer.bufferedAmount;
      },
      send: (text, onTaken) => viewer.send(text, () => onTaken()),
      cut: () => viewer.terminate(),
    });
    viewer.once('close', leave);
  }

  #refusalOf({ headers }: IncomingMessage): string | undefined {
    return refusal({ host: headers.host, origin: headers.origin }, { host: this.#options.host });
  }
}
