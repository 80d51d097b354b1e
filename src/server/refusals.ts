/** Refusals: one shape for every error of the API, its status, and nothing about the inside of the server. */
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type ErrorCode, GreenroomError, type Logger, messageOf } from '../index.ts';
import { redactedText } from '../diagnostics/redact.ts';
import type { ApiError } from './schemas.ts';

/** Codes of the API: `ErrorCode`, and those of the server. */
export type RefusalCode = ErrorCode | 'unauthorized' | 'forbidden' | 'not_found' | 'too_large' | 'too_many';

/** An error that a route throws and that becomes its response. */
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

/** The statuses of errors that the caller caused. All others are errors of the server. */
const STATUS: Partial<Record<ErrorCode, ContentfulStatusCode>> = {
  invalid_params: 400,
  invalid_rule: 400,
  unknown_model: 400,
  missing_key: 400,
  closed: 409,
  parked: 409,
};

/** The response to an error. An error of the server is logged, and the response says nothing about it. */
export function responseTo(thrown: unknown, c: Context, logger: Logger | undefined): Response {
  if (thrown instanceof Refusal) return c.json(bodyOf(thrown.code, thrown.message), thrown.status);
  if (thrown instanceof HTTPException) {
    const code = thrown.status === 413 ? 'too_large' : 'invalid_params';
    return c.json(bodyOf(code, thrown.message || 'The request is not valid.'), thrown.status);
  }
  const status = thrown instanceof GreenroomError ? STATUS[thrown.code] : undefined;
  if (thrown instanceof GreenroomError && status !== undefined) {
    return c.json(bodyOf(thrown.code, thrown.message, thrown.path), status);
  }
  logger?.error({ error: redactedText(messageOf(thrown)), path: c.req.path }, 'request failed');
  return c.json(bodyOf('internal', 'The server failed. Its log says why: set GREENROOM_LOG=error.'), 500);
}

/** The response to a value that does not fit its schema: its first problem. */
export function rejectedValue(
  issues: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[],
  c: Context,
): Response {
  const [first] = issues;
  const path = first?.path?.map((part) =>
    String(typeof part === 'object' && part !== null && 'key' in part ? part.key : part),
  );
  const place = path === undefined || path.length === 0 ? '' : `${path.join('.')}: `;
  return c.json(
    bodyOf('invalid_params', `${place}${first?.message ?? 'The value is not valid.'}`, path?.join('.')),
    400,
  );
}
