/** Decides when what came of asynchronous work is let in; tests put their own order on it, and play back what was found. */
import type { Preparation } from '../machines/tool-call-context.ts';
import type { PreparedCall, Verification } from '../machines/protocol.ts';

/** A piece of work: a call is checked, or looked at again before its start; a model answers; a tool runs. */
export interface Work {
  readonly kind: 'check' | 'verify' | 'model' | 'tool';
  /** The full id of the call, or for a model the id of its agent. */
  readonly id: string;
}

type CheckFound =
  | { readonly of: 'check'; readonly ok: false; readonly problem: string }
  | ({ readonly of: 'check'; readonly ok: true } & Omit<PreparedCall, 'tool' | 'relayId' | 'at'>);

/** What a check found, as data. */
export type Found = CheckFound | ({ readonly of: 'verify' } & Pick<Verification, 'moved' | 'altered'>);

/** What has come of a piece of work. */
export interface Come {
  /** Only a piece of a model's answer. */
  readonly part?: boolean;
  /** Of checks. */
  readonly found?: Found;
}

export interface Scheduler {
  /**
   * Called when work begins. What it returns is called when the work has come to something, and that is let in once the
   * returned promise resolves (at once without one). For a check, what it resolves with, if anything, counts instead of what was
   * found.
   */
  begin(work: Work): (come: Come) => Promise<Found | undefined> | undefined;
}

/** What work comes to. Work that fails has come to something, too: that waits to be let in as well. */
export async function outcomeOf<T>(work: Promise<T>, arrive: ReturnType<Scheduler['begin']> | undefined): Promise<T> {
  try {
    return await work;
  } catch (error) {
    await arrive?.({});
    throw error;
  }
}

/** A check as data: without its tool, which is code. */
export function foundOf(preparation: Preparation): CheckFound {
  if (!preparation.ok) return { of: 'check', ...preparation };
  const { tool: _code, relayId: _id, at: _at, ...data } = preparation.prepared;
  return { of: 'check', ok: true, ...data };
}
