/** What a run of the bench writes to `results.json`. */
import type { SubjectName } from './rows.ts';

/** Over all rounds. */
export interface Figure {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export interface Measured {
  readonly row: string;
  readonly size: number;
  readonly subject: SubjectName;
  readonly figures: Readonly<Record<string, Figure>>;
  /** Why there are no figures, e.g. `not done in 3 minutes`. */
  readonly failed?: string;
}

export interface Report {
  readonly date: string;
  readonly machine: string;
  readonly node: string;
  readonly rounds: number;
  /** Of the peers, by package. */
  readonly versions: Readonly<Record<string, string>>;
  readonly measured: readonly Measured[];
}
