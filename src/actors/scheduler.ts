/** Decides when what came of asynchronous work is let in; tests put their own order on it. */

/** A piece of work: a call is checked, or looked at again before its start; a model answers; a tool runs. */
export interface Work {
  readonly kind: 'check' | 'verify' | 'model' | 'tool';
  /** The full id of the call, or for a model the id of its agent. */
  readonly id: string;
}

export interface Scheduler {
  /**
   * Called when work begins. What it returns is called when the work has come to something, and that is let in once the
   * returned promise resolves (at once without one): with `part` for a piece of a model's answer, else for the outcome.
   */
  begin(work: Work): (part?: 'part') => Promise<void> | undefined;
}
