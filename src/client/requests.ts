/** Requests to a server: credentials, time limit, and one error type for refusals and for a server that does not answer. */

/** Where the server is, and what every request to it carries. */
export interface Endpoint {
  /** The base address; only its origin counts. */
  readonly url: URL;
  readonly token: string | undefined;
  readonly key: (() => string | undefined) | undefined;
  readonly fetch: typeof fetch;
}

/**
 * A refusal by the server, with its message; or, with status 0, a server that did not answer.
 * Every method of a client rejects with it.
 */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  /** HTTP status; 0 when the server did not answer. */
  readonly status: number;
  /** An `ErrorCode`, a code of the server (`unauthorized`, `not_found` …), or `offline` when it did not answer. */
  readonly code: string;
  /** The field that was rejected, as a dotted path. */
  readonly path: string | undefined;

  constructor(problem: {
    readonly status: number;
    readonly code: string;
    readonly message: string;
    readonly path?: string;
  }) {
    super(problem.message);
    this.status = problem.status;
    this.code = problem.code;
    this.path = problem.path;
  }
}

/** Milliseconds after which a request counts as unanswered. Browsers allow six connections to a host, streams included. */
const PATIENCE_MS = 15_000;

export class Requests {
  readonly #endpoint: Endpoint;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  /** The address of a path of the API. */
  address(path: string): string {
    return new URL(`/api${path}`, this.#endpoint.url.origin).href;
  }

  headers(): Readonly<Record<string, string>> {
    const { token, key } = this.#endpoint;
    return {
      'x-greenroom': key?.() ?? '1',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
  }

  /** Rejects with a ClientError. The caller names the shape that the server's schema for this path has. */
  async get<T>(path: string, signal = AbortSignal.timeout(PATIENCE_MS)): Promise<T> {
    return await jsonOf<T>(await this.#send(path, { headers: this.headers(), signal }));
  }

  /** As `get`, but gives `undefined` for status 404. */
  async find<T>(path: string): Promise<T | undefined> {
    try {
      return await this.get<T>(path);
    } catch (error) {
      if (error instanceof ClientError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** As `get`. */
  async post<T>(path: string, body: unknown): Promise<T> {
    return await jsonOf<T>(
      await this.#send(path, {
        method: 'POST',
        headers: { ...this.headers(), 'content-type': 'application/json' },
        signal: AbortSignal.timeout(PATIENCE_MS),
        body: JSON.stringify(body),
      }),
    );
  }

  async text(path: string): Promise<string> {
    const response = await this.#send(path, { headers: this.headers(), signal: AbortSignal.timeout(PATIENCE_MS) });
    return await response.text();
  }

  async #send(path: string, init: RequestInit): Promise<Response> {
    const { fetch: send } = this.#endpoint;
    const response = await send(this.address(path), init).catch((cause: unknown) => {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new ClientError({
        status: 0,
        code: 'offline',
        message: `The server does not answer (${why}). Check that it is running.`,
      });
    });
    if (response.ok) return response;
    throw await refusalOf(response);
  }
}

async function jsonOf<T>(response: Response): Promise<T> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the server checks what it sends against its schemas
  return (await response.json()) as T;
}

async function refusalOf(response: Response): Promise<ClientError> {
  const body: unknown = await response.json().catch(() => undefined);
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
  const {
    code = 'internal',
    message = `The server answered with status ${response.status}.`,
    path,
  } = (error ?? {}) as Partial<Record<'code' | 'message' | 'path', string>>;
  return new ClientError({ status: response.status, code, message, ...(path === undefined ? {} : { path }) });
}
