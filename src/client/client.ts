/** A client of a served team: a read model that follows the stream, and the requests that act on the team. */
import type { ReadonlyAtom } from '@xstate/store';
import type { Envelope, PendingRelay, RelayAnswer } from '../events.ts';
import type { ReadModel } from '../read-model/read-model.ts';
import type { ActorState, AnswerResult, SessionInfo, StartRequest, TeamState, Thread } from '../server/index.ts';
import { type Connection, Follower } from './follower.ts';
import { ClientError, Requests } from './requests.ts';

/** Options of `createClient`. */
export interface ClientOptions {
  /** Address of the server, e.g. `http://127.0.0.1:4173/`. Default in a browser: the address of the page. */
  readonly url?: string;
  /** The server's token. A page that signed in needs none: it has a cookie. */
  readonly token?: string;
  /** The key of a page that signed in. The page sends it with its cookie, which alone goes to every port of a host. */
  readonly key?: () => string | undefined;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
  /** Receives every entry once, in order. */
  readonly onEntry?: (entry: Envelope) => void;
  /** Milliseconds before the first retry after a break; doubles up to 16 times as many. Default 250. */
  readonly retryMs?: number;
}

/** Every method rejects with a `ClientError` when the server refuses or does not answer. */
export interface GreenroomClient {
  /** The agents, relays and grants, kept current by the stream. */
  readonly readModel: ReadModel;
  readonly connection: ReadonlyAtom<Connection>;
  session(): Promise<SessionInfo>;
  /** @returns The ids of the started agents. */
  start(request: StartRequest): Promise<readonly string[]>;
  /** A waiting question; `undefined` once it is settled. */
  relay(relayId: string): Promise<PendingRelay | undefined>;
  /** Answers a question. `accepted` is false when another answer was first or this one does not fit. */
  answer(relayId: string, answer: RelayAnswer): Promise<AnswerResult>;
  /** Answers up to 1000 questions; each has its own result, in the same order. */
  answerAll(
    answers: readonly { readonly relayId: string; readonly answer: RelayAnswer }[],
  ): Promise<readonly AnswerResult[]>;
  /** Sends a message to a running agent. `false`: the agent can no longer read it. */
  send(agentId: string, message: string): Promise<boolean>;
  /** Stops an agent and its subagents. `false`: it had ended before. */
  kill(agentId: string, reason?: string): Promise<boolean>;
  /** Stops every agent and closes the team. */
  cleanup(): Promise<void>;
  /** Revokes a grant. `false`: it was not in force. */
  revoke(grantId: string): Promise<boolean>;
  /** The last entries of an agent before the entry `before`. Default: the last 500. */
  thread(agentId: string, page?: { readonly before?: number; readonly limit?: number }): Promise<Thread>;
  /** The team now, or as it was after the entry `at`. */
  state(at?: number): Promise<TeamState>;
  /** The machine of an agent or a call and its state; `undefined` when the server does not know it. */
  actor(id: string): Promise<ActorState | undefined>;
  /** A machine as SVG: all of it, or the state at the dotted path `root`, opened `depth` levels deep (1 to 20). */
  chart(machine: string, view?: { readonly root?: string; readonly depth?: number }): Promise<string>;
  /** Connects again: after signing in when `signed_out`, without waiting when `offline`. */
  reconnect(): void;
  /** Ends the connection and stops retrying. Idempotent. */
  close(): void;
}

/**
 * Follows a served team.
 *
 * Guarantees:
 * - The read model starts from the current state and takes every later entry once and in order, across breaks.
 * - After a break the client retries until the server answers, `close()` is called, or the server does not know it.
 * @throws ClientError `invalid_params` without `url` outside of a browser.
 */
export function createClient(options: ClientOptions = {}): GreenroomClient {
  const { token, key, onEntry, retryMs = 250 } = options;
  const fetch: typeof globalThis.fetch = options.fetch ?? ((...args) => globalThis.fetch(...args));
  const requests = new Requests({ url: new URL(options.url ?? pageUrl()), token, key, fetch });
  const follower = new Follower({ requests, fetch, retryMs, onEntry });
  return {
    readModel: follower.readModel,
    connection: follower.connection,
    session: () => requests.get('/session'),
    start: async (request) => (await requests.post<{ agentIds: string[] }>('/agents', request)).agentIds,
    relay: (relayId) => requests.find(`/relays/${encoded(relayId)}`),
    answer: (relayId, answer) => requests.post(`/relays/${encoded(relayId)}/answer`, answer),
    answerAll: (answers) => requests.post('/relays/answers', { answers }),
    send: async (agentId, message) => isDone(await requests.post(`/agents/${encoded(agentId)}/messages`, { message })),
    kill: async (agentId, reason) =>
      isDone(await requests.post(`/agents/${encoded(agentId)}/kill`, reason === undefined ? {} : { reason })),
    cleanup: async () => void (await requests.post('/cleanup', {})),
    revoke: async (grantId) => isDone(await requests.post(`/grants/${encoded(grantId)}/revoke`, {})),
    thread: (agentId, { before, limit = 500 } = {}) =>
      requests.get(
        `/agents/${encoded(agentId)}/events?limit=${limit}${before === undefined ? '' : `&before=${before}`}`,
      ),
    state: (at) => requests.get(at === undefined ? '/state' : `/state?at=${at}`),
    actor: (id) => requests.find(`/actors/${id.split('/').map(encoded).join('/')}`),
    chart: (machine, { root, depth } = {}) => {
      const query = new URLSearchParams({
        ...(root === undefined ? {} : { root }),
        ...(depth === undefined ? {} : { depth: String(depth) }),
      });
      return requests.text(`/charts/${encoded(machine)}?${query.toString()}`);
    },
    reconnect: () => follower.reconnect(),
    close: () => follower.close(),
  };
}

const encoded = encodeURIComponent;
const isDone = ({ done }: { readonly done: boolean }): boolean => done;

/** The address of the page that this runs in. */
function pageUrl(): string {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a global `location` is that of a browser
  const { location } = globalThis as { readonly location?: { readonly href: string } };
  if (location !== undefined) return location.href;
  throw new ClientError({
    status: 0,
    code: 'invalid_params',
    message: 'createClient(): `url` is required outside of a browser, e.g. `createClient({ url, token })`.',
    path: 'url',
  });
}
