/**
 * The errors of Greenroom, one family. A caller branches on `code`; the message says what is wrong, names the value and says
 * what to do.
 */

/** Every `code` a Greenroom error can carry. */
export type ErrorCode =
  | 'invalid_params' // an argument of the public API fails its schema; `path` names the field
  | 'invalid_rule' // a permission rule that cannot be used; `path` names it
  | 'closed' // the orchestrator was cleaned up
  | 'unknown_model' // a model string that names no known provider
  | 'missing_key' // a model was named whose API key is not set
  | 'model' // the model's provider failed; see ModelError
  | 'harness' // a harness threw or broke the event contract
  | 'tool' // a tool call failed; see ToolError
  | 'stale_file' // the file changed since this agent last read it
  | 'not_configured' // an actor was run without its implementation
  | 'parked' // an agent cannot continue after a restart until something that it needs is given again
  | 'journal' // the record could not be written; the orchestrator stops
  | 'internal';

/** Base class of every error thrown by Greenroom. */
export class GreenroomError extends Error {
  override readonly name: string = 'GreenroomError';
  readonly code: ErrorCode;
  /** The path of the fault in the given value, e.g. `messages.0.role`. Only for errors about an argument. */
  readonly path?: string;

  constructor(code: ErrorCode, message: string, options: { readonly path?: string; readonly cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    if (options.path !== undefined) this.path = options.path;
  }
}

/**
 * A failure that a tool reports. Throw it from `execute`: the model reads `message`,
 * programs read `result`, and the call's `tool_result` gets `status`.
 */
export class ToolError extends GreenroomError {
  override readonly name = 'ToolError';
  readonly status: 'error' | 'cancelled' | 'limited';
  /** What the tool had when it failed (partial output, a child's text); reaches the `tool_result` as `output.result`. */
  readonly result: unknown;

  constructor(
    message: string,
    options: {
      readonly status?: 'error' | 'cancelled' | 'limited';
      readonly result?: unknown;
      readonly code?: ErrorCode;
      readonly cause?: unknown;
    } = {},
  ) {
    super(options.code ?? 'tool', message, 'cause' in options ? { cause: options.cause } : {});
    this.status = options.status ?? 'error';
    this.result = options.result;
  }
}

/** Whether this is a ToolError. Never throws, also for a thrown object that throws when it is read. */
export function isToolError(thrown: unknown): thrown is ToolError {
  try {
    return thrown instanceof ToolError;
  } catch {
    return false;
  }
}

/** A model call that failed. `retryable` and `retryAfterMs` steer the agent machine's back-off. */
export class ModelError extends GreenroomError {
  override readonly name = 'ModelError';
  readonly retryable: boolean;
  /** The provider's `retry-after`, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The HTTP status of the answer, if there was an answer. */
  readonly status?: number;

  constructor(
    message: string,
    options: {
      readonly retryable: boolean;
      readonly retryAfterMs?: number | undefined;
      readonly status?: number | undefined;
      readonly code?: ErrorCode;
      readonly cause?: unknown;
    },
  ) {
    super(options.code ?? 'model', message, 'cause' in options ? { cause: options.cause } : {});
    this.retryable = options.retryable;
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
    if (options.status !== undefined) this.status = options.status;
  }
}

/** The text of anything that was thrown; never throws itself. */
export function messageOf(thrown: unknown): string {
  try {
    if (thrown instanceof Error) {
      const said: unknown = thrown.message || thrown.name; // declared as text, but any code can assign to it
      return typeof said === 'string' ? said : messageOf(said);
    }
    return typeof thrown === 'string' ? thrown : (JSON.stringify(thrown) ?? String(thrown));
  } catch {
    return 'an error that cannot be printed';
  }
}
