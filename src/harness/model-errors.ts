/** Failures of model calls as ModelErrors: the provider's message, and whether and when to retry. */
import { GreenroomError, messageOf, ModelError } from '../errors.ts';

/** The call that failed. */
export interface FailureContext {
  /** Named in the message, e.g. `anthropic/claude-sonnet-5-5`. */
  readonly model: string;
  /** `request`: before any answer. `stream`: the answer had begun and was cut. */
  readonly phase: 'request' | 'stream';
  /** Never to be repeated in a message. */
  readonly secrets?: readonly string[];
  /** Epoch milliseconds, for `retry-after` dates. Default: the clock. */
  readonly now?: number;
}

/** Fields of AI SDK errors, stream error parts and fetch failures; each may be absent. */
interface Failure {
  readonly words: string;
  readonly status: number | undefined;
  readonly code: string;
  readonly retryable: boolean | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Turns anything that a model call threw into a ModelError. A GreenroomError is returned unchanged.
 * Retryable are 408, 409, 425, 429 and 5xx, network failures, and everything that cuts a stream that had begun; an
 * exhausted quota is not, although it comes as a 429.
 */
export function toModelError(thrown: unknown, context: FailureContext): GreenroomError {
  if (thrown instanceof GreenroomError) return thrown;
  const failure = readFailure(thrown);
  const words = redact(failure.words, context.secrets ?? []);
  const status = failure.status === undefined ? '' : ` (HTTP ${failure.status})`;
  // an API error holds the request and the raw answer, which must not reach a log
  const cause =
    thrown instanceof Error && failure.status === undefined && words === failure.words ? { cause: thrown } : {};
  return new ModelError(`${context.model}: ${words}${status}`, {
    retryable: isRetryable(failure, context.phase),
    retryAfterMs: retryAfter(failure, context.now ?? Date.now()),
    status: failure.status,
    ...cause,
  });
}

/** The error of a call that its caller cancelled. */
export function cancelledError(model: string, reason?: unknown): ModelError {
  return new ModelError(`${model}: the call was cancelled`, { retryable: false, cause: reason });
}

/** The error of a stream that ended without a `finish` part. */
export function cutStreamError(model: string): ModelError {
  return new ModelError(`${model}: the answer broke off before it was complete`, { retryable: true });
}

// ---------------------------------------------------------------- reading

function readFailure(thrown: unknown): Failure {
  const error = record(thrown);
  const inner = record(error.error ?? record(error.data).error ?? error.data);
  const code = [error.name, error.code, error.type, inner.code, inner.type, record(error.cause).code]
    .filter(isName)
    .join(' ');
  return {
    words: wordsOf(thrown, error),
    status:
      httpStatus(error.statusCode) ?? httpStatus(error.status) ?? httpStatus(error.code) ?? httpStatus(inner.code),
    code,
    retryable: typeof error.isRetryable === 'boolean' ? error.isRetryable : undefined,
    headers: headersOf(error.responseHeaders),
  };
}

const BODY_CHARS = 500;

function wordsOf(thrown: unknown, error: Record<string, unknown>): string {
  const message = text(error.message) ?? text(record(error.error).message) ?? messageOf(thrown);
  const body = text(error.responseBody)?.trim() ?? '';
  // the SDK's message is only the status line when the body has another shape than expected
  if (body === '' || body.includes(message) || body.includes(JSON.stringify(message).slice(1, -1))) return message;
  return record(record(error.data).error).message === message ? message : `${message}: ${body.slice(0, BODY_CHARS)}`;
}

function httpStatus(value: unknown): number | undefined {
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof status === 'number' && Number.isInteger(status) && status >= 400 && status < 600 ? status : undefined;
}

function headersOf(headers: unknown): Record<string, string> {
  const entries = headers instanceof Headers ? [...headers] : Object.entries(record(headers));
  return Object.fromEntries(
    entries
      .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
      .map(([name, value]) => [name.toLowerCase(), value]),
  );
}

// ---------------------------------------------------------------- judging

const RETRYABLE_STATUS = new Set([408, 409, 425, 429]);
const HOPELESS = /insufficient_quota|billing|credit_balance/;
const NETWORK =
  /\b(ECONN\w+|ETIMEDOUT|EPIPE|EAI_AGAIN|ENOTFOUND|ENETUNREACH|EHOSTUNREACH|UND_ERR_\w+|TimeoutError|AbortError)\b/;
const NETWORK_WORDS = /^(fetch failed|failed to fetch|terminated|network error)$/i;

function isRetryable(failure: Failure, phase: FailureContext['phase']): boolean {
  if (HOPELESS.test(failure.code)) return false;
  if (failure.status !== undefined) return RETRYABLE_STATUS.has(failure.status) || failure.status >= 500;
  if (failure.retryable !== undefined) return failure.retryable;
  return phase === 'stream' || NETWORK.test(failure.code) || NETWORK_WORDS.test(failure.words);
}

/** Milliseconds the provider asked to wait for; headers by RFC 9110 §10.2.3, and the vendors' own. */
function retryAfter({ headers, status }: Failure, now: number): number | undefined {
  const exact = decimal(headers['retry-after-ms']);
  if (exact !== undefined) return exact;
  const asked = headers['retry-after'];
  if (asked !== undefined) {
    const seconds = decimal(asked);
    const date = Date.parse(asked);
    if (seconds !== undefined) return seconds * 1000;
    if (!Number.isNaN(date)) return Math.max(0, date - now);
  }
  if (status !== 429) return undefined;
  const resets = ['requests', 'tokens']
    .filter((what) => headers[`x-ratelimit-remaining-${what}`] === '0')
    .map((what) => duration(headers[`x-ratelimit-reset-${what}`]));
  resets.push(resetTime(headers['x-ratelimit-reset'], now));
  const known = resets.filter((ms) => ms !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `6m0s`, `1.5s`, `20ms`: the format in which OpenAI writes the time until a limit resets. */
function duration(value: string | undefined): number | undefined {
  if (value === undefined || !/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(value)) return undefined;
  let total = 0;
  for (const [, amount, unit] of value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g))
    total += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0);
  return total;
}

/** `x-ratelimit-reset` is, depending on the vendor, epoch milliseconds, epoch seconds or seconds from now. */
function resetTime(value: string | undefined, now: number): number | undefined {
  const reset = decimal(value);
  if (reset === undefined) return undefined;
  if (reset > 1e12) return Math.max(0, reset - now);
  return reset > 1e9 ? Math.max(0, reset * 1000 - now) : reset * 1000;
}

function decimal(value: string | undefined): number | undefined {
  return value !== undefined && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : undefined;
}

// ---------------------------------------------------------------- helpers

const KEY_SHAPE = /\b(sk|pk|rk)-[\w*-]{6,}|(?<=bearer\s)\S+/gi;

function redact(words: string, secrets: readonly string[]): string {
  const literal = secrets
    .filter((secret) => secret.length >= 6)
    .reduce((said, secret) => said.replaceAll(secret, '[key]'), words);
  return literal.replace(KEY_SHAPE, '[key]');
}

function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isName(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}
