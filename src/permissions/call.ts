/** A call as permissions see it. */

/** One thing a call touches, as named values that rules match. */
export type Subject = Readonly<Record<string, unknown>>;

/** A call that wants to run. Plain data: everything the disk had to say is in `subjects` already. */
export interface CallRequest {
  readonly tool: string;
  /** The full id, `<agentId>/<raw>`. */
  readonly callId: string;
  readonly rawCallId: string;
  readonly agentId: string;
  /** Agent ids from the root agent to the one that calls. */
  readonly lineage: readonly string[];
  /** The parsed arguments. */
  readonly input: unknown;
  /** The arguments as they were written, before defaults were added; an `exact` rule may mean either form. */
  readonly written?: unknown;
  /** What the call touches, made by `prepareSubjects`; `null` (or none) when that cannot be said. */
  readonly subjects: readonly Subject[] | null;
  /** Absolute path of the workspace root. */
  readonly workspace: string;
}
