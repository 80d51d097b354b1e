/**
 * A served team, seen from elsewhere: a read model that follows the stream through every break, and the ways to act.
 */
import { type Atom, createAtom, type ReadonlyAtom } from '@xstate/store';
import { hc } from 'hono/client';
import type { Envelope, RelayAnswer } from '../events.ts';
import { createReadModel, type ReadModel } from '../read-model/read-model.ts';
import type { ActorState, AnswerResult, Api, SessionInfo, StartRequest, TeamState, Thread } from '../server/index.ts';
import { ClientError } from './client-error.ts';
import { readStream } from './event-source.ts';

/**
 * `connecting`: for the first time; `live`: every entry arrives; `offline`: the server does not answer, and is tried again;
 * `signed_out`: it does not know us any more (it was started anew); `closed`: by us, or because the session is over.
 */
export type Connection = 'connecting' | 'live' | 'offline' | 'signed_out' | 'closed';

export interface ClientOptions {
  /** Where the server is, e.g. `http://127.0.0.1:4173/`. Default in a browser: where the page came from. */
  readonly url?: string;
  /** The server's token. A page of the server needs none: it has a cookie. */
  readonly token?: string;
  /** The key of a page that signed in: what it sends besides its cookie, which goes to every port of a host. */
  readonly key?: () => string | undefined;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
  /** Is told every entry, in order, each once. */
  readonly onEntry?: (entry: Envelope) => void;
  /** Milliseconds before the first try after a break; doubles up to 16 times that. Default 250. */
  readonly retryMs?: number;
}

export interface GreenroomClient {
  /** The set of agents, relays and grants, and a row for each agent. */
  readonly readModel: ReadModel;
  readonly connection: ReadonlyAtom<Connection>;
  /** The typed routes, for what has no method here. */
  readonly api: ReturnType<typeof hc<Api>>;
  session(): Promise<SessionInfo>;
  /** @returns The ids of the agents that were started. */
  start(request: StartRequest): Promise<readonly string[]>;
  /** Whether this answer is the one that counts. */
  answer(relayId: string, answer: RelayAnswer): Promise<AnswerResult>;
  answerAll(
    answers: readonly { readonly relayId: string; readonly answer: RelayAnswer }[],
  ): Promise<readonly AnswerResult[]>;
  /** A message to a running agent; `false` when it never would see it. */
  send(agentId: string, message: string): Promise<boolean>;
  kill(agentId: string, reason?: string): Promise<boolean>;
  /** Ends every agent, for good. */
  cleanup(): Promise<void>;
  revoke(grantId: string): Promise<boolean>;
  /** The last entries of an agent before one of them. Default: the last 500. */
  thread(agentId: string, page?: { readonly before?: number; readonly limit?: number }): Promise<Thread>;
  /** The team as it was when this entry had just happened. */
  stateAt(seq: number): Promise<TeamState>;
  /** The machine of an agent or a call; `undefined` when the server has not seen it. */
  actor(id: string): Promise<ActorState | undefined>;
  /** A machine as SVG. */
  chart(machine: string): Promise<string>;
  /** Comes back from `signed_out`, after signing in, or at once from `offline`. */
  reconnect(): void;
  /** Lets go of everything. Idempotent. */
  close(): void;
}

const LONGEST = 16;
/** What is asked and not answered for so long counts as not answered. Browsers open six connections to a host, streams included. */
const PATIENCE_MS = 15_000;
/** A line that holds for so long is a good one; milliseconds. */
const GOOD_MS = 2000;
/** Without a sign of life for so long a line counts as broken; the server gives one every 15 s. */
const SILENCE_MS = 45_000;

/**
 * Follows a served team.
 *
 * What you can rely on:
 * - The read model starts from the state as of now and then takes every entry once and in order, whatever breaks in between.
 * - A server that went away is tried again until it is back, `close()` is called, or it does not know us.
 * - Every refusal is a `ClientError` (as a rejection) with the server's own message.
 */
export function createClient(options: ClientOptions = {}): GreenroomClient {
  const base = new URL(options.url ?? pageUrl());
  const call: typeof fetch = options.fetch ?? ((...args) => globalThis.fetch(...args));
  const headers = () => ({
    'x-greenroom': options.key?.() ?? '1',
    ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
  });
  const at = (path: string) => new URL(path, base.origin).href;
  const api = hc<Api>(at('/api'), { fetch: call, headers });
  const follower = new Follower({ options, call, headers, at });
  const get = async <T>(path: string): Promise<T> =>
    await answered<T>(call(at(path), { headers: headers(), signal: AbortSignal.timeout(PATIENCE_MS) }));
  const post = async <T>(path: string, body: unknown): Promise<T> =>
    await answered<T>(
      call(at(path), {
        method: 'POST',
        headers: { ...headers(), 'content-type': 'application/json' },
        signal: AbortSignal.timeout(PATIENCE_MS),
        body: JSON.stringify(body),
      }),
    );
  const of = encodeURIComponent;
  return {
    readModel: follower.readModel,
    connection: follower.connection,
    api,
    session: () => get('/api/session'),
    start: async (request) => (await post<{ agentIds: string[] }>('/api/agents', request)).agentIds,
    answer: (relayId, answer) => post(`/api/relays/${of(relayId)}/answer`, answer),
    answerAll: (answers) => post('/api/relays/answers', { answers }),
    send: async (agentId, message) =>
      (await post<{ done: boolean }>(`/api/agents/${of(agentId)}/messages`, { message })).done,
    kill: async (agentId, reason) =>
      (await post<{ done: boolean }>(`/api/agents/${of(agentId)}/kill`, reason === undefined ? {} : { reason })).done,
    cleanup: async () => void (await post('/api/cleanup', {})),
    revoke: async (grantId) => (await post<{ done: boolean }>(`/api/grants/${of(grantId)}/revoke`, {})).done,
    thread: (agentId, { before, limit = 500 } = {}) =>
      get(`/api/agents/${of(agentId)}/events?limit=${limit}${before === undefined ? '' : `&before=${before}`}`),
    stateAt: (seq) => get(`/api/state?at=${seq}`),
    actor: async (id) =>
      await get<ActorState>(`/api/actors/${id.split('/').map(of).join('/')}`).catch((error: unknown) => {
        if (error instanceof ClientError && error.status === 404) return undefined;
        throw error;
      }),
    chart: async (machine) => {
      const response = await reached(call(at(`/api/charts/${of(machine)}`), { headers: headers() }));
      return await response.text();
    },
    reconnect: () => follower.reconnect(),
    close: () => follower.close(),
  };
}

/** Where the page is that this runs in. */
function pageUrl(): string {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- where there is one, it is a browser's
  const { location } = globalThis as { readonly location?: { readonly href: string } };
  if (location !== undefined) return location.href;
  throw new ClientError({
    status: 0,
    code: 'invalid_params',
    message: 'createClient(): outside of a browser it needs a url.',
    path: 'url',
  });
}

interface FollowerParts {
  readonly options: ClientOptions;
  readonly call: typeof fetch;
  readonly headers: () => Readonly<Record<string, string>>;
  readonly at: (path: string) => string;
}

/** Keeps the read model at the present, through every break. */
class Follower {
  readonly readModel = createReadModel();
  readonly connection: Atom<Connection> = createAtom<Connection>('connecting');
  readonly #parts: FollowerParts;
  #line: AbortController | undefined;
  #seq: number | undefined;
  #tries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
    void this.#follow();
  }

  reconnect(): void {
    if (this.connection.get() === 'closed') return;
    this.#line?.abort();
    clearTimeout(this.#timer);
    this.#tries = 0;
    void this.#follow();
  }

  close(): void {
    this.connection.set('closed');
    this.#line?.abort();
    clearTimeout(this.#timer);
  }

  async #follow(): Promise<void> {
    const line = new AbortController();
    this.#line = line;
    const ended = await this.#connect(line);
    if (this.#line !== line || this.connection.get() === 'closed') return;
    if (ended === 'over') return this.close();
    if (ended === 401) return this.connection.set('signed_out');
    this.connection.set('offline');
    const { retryMs = 250 } = this.#parts.options;
    const wait = Math.min(retryMs * 2 ** this.#tries, retryMs * LONGEST);
    this.#tries += 1;
    this.#timer = setTimeout(() => void this.#follow(), wait);
  }

  async #connect(line: AbortController): Promise<'over' | 'broken' | number> {
    const { call, headers, at, options } = this.#parts;
    try {
      if (this.#seq === undefined) await this.#present(line.signal);
    } catch (error) {
      return error instanceof ClientError && error.status > 0 ? error.status : 'broken';
    }
    let silence: ReturnType<typeof setTimeout> | undefined;
    let good: ReturnType<typeof setTimeout> | undefined;
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(() => line.abort(), SILENCE_MS);
    };
    heard();
    const ended = await readStream({
      url: at('/api/events'),
      fetch: call,
      headers: { ...headers(), 'last-event-id': String(this.#seq) },
      signal: line.signal,
      onOpen: () => {
        this.connection.set('live');
        good = setTimeout(() => (this.#tries = 0), GOOD_MS);
      },
      onSign: heard,
      onEntry: (entry) => {
        if (this.#line !== line) return;
        this.#take(entry);
        options.onEntry?.(entry);
      },
    });
    clearTimeout(silence);
    clearTimeout(good);
    return ended;
  }

  async #present(signal: AbortSignal): Promise<void> {
    const { call, headers, at } = this.#parts;
    const { seq, agents, relays, grants } = await answered<TeamState>(
      call(at('/api/state'), { headers: headers(), signal }),
    );
    this.#take({
      seq,
      at: Date.now(),
      agentId: 'orchestrator',
      event: { type: 'resync', runId: 'orchestrator', agents, relays, grants },
    });
  }

  #take(entry: Envelope): void {
    this.#seq = entry.seq;
    this.readModel.apply(entry);
  }
}

/** @throws ClientError when the server refused, or did not answer. */
async function reached(answer: Promise<Response>): Promise<Response> {
  const response = await answer.catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ClientError({
      status: 0,
      code: 'offline',
      message: `The server does not answer (${why}). Is it still running?`,
    });
  });
  if (response.ok) return response;
  const body: unknown = await response.json().catch(() => undefined);
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
  const {
    code = 'internal',
    message = `The server answered ${response.status}.`,
    path,
  } = (error ?? {}) as Partial<Record<'code' | 'message' | 'path', string>>;
  throw new ClientError({ status: response.status, code, message, ...(path === undefined ? {} : { path }) });
}

/** What a server of ours answers has the shape that its own schemas say. */
async function answered<T>(answer: Promise<Response>): Promise<T> {
  const response = await reached(answer);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return (await response.json()) as T;
}
