/** What the server refused, in its own words. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  /** HTTP status; 0 when there was no answer at all. */
  readonly status: number;
  /** One of `ErrorCode`, or of the server's own (`unauthorized`, `not_found` …); `offline` when there was no answer. */
  readonly code: string;
  /** The field at fault, dotted. */
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
