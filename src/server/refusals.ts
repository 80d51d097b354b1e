/** How the API says no: one shape, a status, and nothing of the inside. */
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type ErrorCode, GreenroomError, type Logger, messageOf } from '../index.ts';
import { redactedText } from '../diagnostics/redact.ts';
import type { ApiError } from './schemas.ts';

/** The server's own codes, beside those of `ErrorCode`. */
export type RefusalCode = ErrorCode | 'unauthorized' | 'forbidden' | 'not_found' | 'too_large' | 'too_many';

/** Thrown by a route; becomes the response. */
export class Refusal extends Error {
  readonly status: ContentfulStatusCode;
  readonly code: RefusalCode;

  constructor(status: ContentfulStatusCode, code: RefusalCode, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const bodyOf = (code: RefusalCode, message: string, path?: string): ApiError => ({
  error: { code, message, ...(path === undefined ? {} : { path }) },
});

/** Which of our own errors are the caller's fault, and their statuses. */
const STATUS: Partial<Record<ErrorCode, ContentfulStatusCode>> = {
  invalid_params: 400,
  invalid_rule: 400,
  unknown_model: 400,
  missing_key: 400,
  closed: 409,
  parked: 409,
};

/** The response to whatever a route threw. What is not the caller's fault is logged, and nothing of it is told. */
export function answerTo(thrown: unknown, c: Context, logger: Logger | undefined): Response {
  if (thrown instanceof Refusal) return c.json(bodyOf(thrown.code, thrown.message), thrown.status);
  if (thrown instanceof HTTPException) {
    const code = thrown.status === 413 ? 'too_large' : 'invalid_params';
    return c.json(bodyOf(code, thrown.message || 'This request cannot be used.'), thrown.status);
  }
  const status = thrown instanceof GreenroomError ? STATUS[thrown.code] : undefined;
  if (thrown instanceof GreenroomError && status !== undefined) {
    return c.json(bodyOf(thrown.code, thrown.message, thrown.path), status);
  }
  logger?.error({ error: redactedText(messageOf(thrown)), path: c.req.path }, 'a request failed');
  return c.json(bodyOf('internal', 'The server could not do this. Its log says why (GREENROOM_LOG=error).'), 500);
}

/** The response to a value that does not fit its schema: the first thing that is wrong. */
export function misfit(
  issues: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[],
  c: Context,
): Response {
  const [first] = issues;
  const path = first?.path?.map((part) =>
    String(typeof part === 'object' && part !== null && 'key' in part ? part.key : part),
  );
  const place = path === undefined || path.length === 0 ? '' : `${path.join('.')}: `;
  return c.json(
    bodyOf('invalid_params', `${place}${first?.message ?? 'This value cannot be used.'}`, path?.join('.')),
    400,
  );
}
