/** The follower of a served stream: it keeps a read model current and reconnects after every break. */
import { type Atom, createAtom } from '@xstate/store';
import type { Envelope } from '../events.ts';
import { createReadModel } from '../read-model/read-model.ts';
import type { TeamState } from '../server/index.ts';
import { readStream } from './event-source.ts';
import { ClientError, type Requests } from './requests.ts';

/**
 * `connecting`: the first attempt; `live`: every entry arrives; `offline`: the server does not answer, and the client retries;
 * `signed_out`: the server was restarted and does not know this client; `closed`: by `close()`, or because the session ended.
 */
export type Connection = 'connecting' | 'live' | 'offline' | 'signed_out' | 'closed';

export interface FollowerOptions {
  readonly requests: Requests;
  readonly fetch: typeof fetch;
  readonly retryMs: number;
  readonly onEntry: ((entry: Envelope) => void) | undefined;
}

/** The longest wait between attempts, as a multiple of the first one. */
const MAX_BACKOFF = 16;
/** Milliseconds after which a connection counts as stable, and the next wait is the first one again. */
const STABLE_MS = 2000;
/** Milliseconds without bytes after which a connection counts as broken; the server sends a heartbeat every 15 s. */
const SILENCE_MS = 45_000;

export class Follower {
  readonly readModel = createReadModel();
  readonly connection: Atom<Connection> = createAtom<Connection>('connecting');
  readonly #options: FollowerOptions;
  /** Ends the current connection; also its identity. */
  #current: AbortController | undefined;
  #seq: number | undefined;
  #attempts = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: FollowerOptions) {
    this.#options = options;
    void this.#follow();
  }

  reconnect(): void {
    if (this.connection.get() === 'closed') return;
    this.#current?.abort();
    clearTimeout(this.#timer);
    this.#attempts = 0;
    void this.#follow();
  }

  close(): void {
    this.connection.set('closed');
    this.#current?.abort();
    clearTimeout(this.#timer);
  }

  async #follow(): Promise<void> {
    const current = new AbortController();
    this.#current = current;
    const ended = await this.#connect(current);
    if (this.#current !== current || this.connection.get() === 'closed') return;
    if (ended === 'over') return this.close();
    if (ended === 401) return this.connection.set('signed_out');
    this.connection.set('offline');
    const { retryMs } = this.#options;
    const wait = Math.min(retryMs * 2 ** this.#attempts, retryMs * MAX_BACKOFF);
    this.#attempts += 1;
    this.#timer = setTimeout(() => void this.#follow(), wait);
  }

  /** Resolves with why the connection ended. */
  async #connect(current: AbortController): Promise<'over' | 'broken' | number> {
    const { requests, fetch, onEntry } = this.#options;
    try {
      if (this.#seq === undefined) await this.#loadState(current.signal);
    } catch (error) {
      return error instanceof ClientError && error.status > 0 ? error.status : 'broken';
    }
    let silence: ReturnType<typeof setTimeout> | undefined;
    let stable: ReturnType<typeof setTimeout> | undefined;
    const restartSilence = () => {
      clearTimeout(silence);
      silence = setTimeout(() => current.abort(), SILENCE_MS);
    };
    restartSilence();
    const ended = await readStream({
      url: requests.address('/events'),
      fetch,
      headers: { ...requests.headers(), 'last-event-id': String(this.#seq) },
      signal: current.signal,
      onOpen: () => {
        this.connection.set('live');
        stable = setTimeout(() => (this.#attempts = 0), STABLE_MS);
      },
      onBytes: restartSilence,
      onEntry: (entry) => {
        if (this.#current !== current) return;
        this.#take(entry);
        onEntry?.(entry);
      },
    });
    clearTimeout(silence);
    clearTimeout(stable);
    return ended;
  }

  /** Starts from the state as of now. */
  async #loadState(signal: AbortSignal): Promise<void> {
    const { seq, agents, relays, grants } = await this.#options.requests.get<TeamState>('/state', signal);
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
