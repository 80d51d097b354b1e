/** What the command line can say, after it was checked. */

/** `wait`: for `greenroom answer`. */
export type OnAskFlag = 'prompt' | 'wait' | 'deny' | 'fail';

/** Where to listen. Neither said: on the loopback, on a port that the system picks. */
export interface InspectPlace {
  readonly host?: string;
  readonly port?: number;
}

/** Flags of every command that runs agents. */
export interface OutputFlags {
  /** NDJSON of the envelopes on standard output. */
  readonly json?: boolean;
  /** Lines only: no colours, nothing is redrawn. */
  readonly plain?: boolean;
  /** Default: `prompt`. */
  readonly onAsk?: OnAskFlag;
  /** Default: `bwrap` where it works, else `none`, which is said. */
  readonly sandbox?: 'none' | 'bwrap';
  /** Where the run is recorded. Default: `run` has a file of its own, `demo` has none. */
  readonly journal?: string;
  /** Whether commands in the sandbox reach the network. */
  readonly sandboxNetwork?: boolean;
  /** Whether viewers may look at the machines, and where they find them. */
  readonly inspect?: InspectPlace | true;
  /** Whether the console shows the run, and where it is found. */
  readonly console?: InspectPlace | true;
}

export interface RunFlags extends OutputFlags {
  readonly model?: string;
  readonly workspace?: string;
  /** Rules, as `parseRule` reads them. */
  readonly allow: readonly string[];
  readonly maxAgents?: number;
}

/** What is not said is as it was in the run. */
export interface ResumeFlags extends Omit<OutputFlags, 'journal'> {
  readonly model?: string;
  /** Besides those of the run. */
  readonly allow: readonly string[];
}

export interface ServeFlags {
  readonly port?: number;
  readonly host?: string;
  readonly journal?: string;
  readonly model?: string;
  readonly workspace?: string;
  readonly allow: readonly string[];
  readonly maxAgents?: number;
  readonly sandbox?: 'none' | 'bwrap';
  readonly sandboxNetwork?: boolean;
  /** The scripted demo instead of a model and a workspace. */
  readonly demo?: boolean;
}

export interface RelaysFlags {
  readonly json?: boolean;
}

export interface AnswerFlags {
  readonly reason?: string;
  readonly result?: string;
  /** Its file, id, or the beginning of its id. */
  readonly session?: string;
  readonly by?: string;
}

export interface CheckFlags {
  readonly tool?: string;
  readonly command?: string;
  readonly path?: string;
  /** All arguments as JSON. */
  readonly params?: string;
  /** Whole rules, or patterns for `tool`. */
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  readonly cwd?: string;
  readonly workspace?: string;
  readonly json?: boolean;
  readonly jsonl?: boolean;
  /** A file, or `true` for those there are. */
  readonly policy?: string | true;
}
