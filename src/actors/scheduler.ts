/** Holds back the results of asynchronous work: tests choose the order in which results arrive, and replay recorded ones. */
import type { Preparation, PreparedCall, Verification } from '../machines/call-entities.ts';

/** One piece of work: a call is checked, or verified before its start; a model answers; a tool runs. */
export interface WorkItem {
  readonly kind: 'check' | 'verify' | 'model' | 'tool';
  /** The full id of the call; for a model, the id of its agent. */
  readonly id: string;
}

type PreparationResult =
  | { readonly of: 'check'; readonly ok: false; readonly problem: string }
  | ({ readonly of: 'check'; readonly ok: true } & Omit<PreparedCall, 'tool' | 'relayId' | 'at'>);

/** What a check or a verification found, as plain data. */
export type CheckResult = PreparationResult | ({ readonly of: 'verify' } & Pick<Verification, 'moved' | 'altered'>);

/** Work has produced a result, or one part of a model's answer. */
export interface WorkCompletion {
  /** True for one part of a model's answer; the work continues. */
  readonly part?: boolean;
  /** Set for checks and verifications. */
  readonly found?: CheckResult;
}

/**
 * Decides when the results of models, tools and checks take effect. For tests: `TestScheduler` of `greenroom/testing`.
 */
export interface Scheduler {
  /**
   * Called when work begins. The returned function is called when the work completes; the result takes effect once the promise
   * it returns resolves (at once if it returns none). For a check or a verification, the value the promise resolves with, if
   * any, replaces what was found.
   */
  begin(work: WorkItem): (completion: WorkCompletion) => Promise<CheckResult | undefined> | undefined;
}

/** Awaits work. A failure is held back like a result. */
export async function outcomeOf<T>(work: Promise<T>, arrive: ReturnType<Scheduler['begin']> | undefined): Promise<T> {
  try {
    return await work;
  } catch (error) {
    await arrive?.({});
    throw error;
  }
}

/** A preparation as plain data: without its tool, which is code. */
export function resultOf(preparation: Preparation): PreparationResult {
  if (!preparation.ok) return { of: 'check', ...preparation };
  const { tool: _code, relayId: _id, at: _at, ...data } = preparation.prepared;
  return { of: 'check', ok: true, ...data };
}
