/** Where agents and their calls stood when their process ended: what the machines start from when they come back. */
import type { AgentOutcome, DecidedBy, Grant, Message, PendingRelay, ToolPermission, Usage } from '../events.ts';
import type { Consumption } from '../permissions/coverage.ts';
import type { AgentSpec, Approval, PreparedCall, RequestedCall, Settlement } from './protocol.ts';
import type { Ending as CallEnding } from './tool-call-context.ts';

/** An agent that comes back. */
export interface ReturningAgent {
  readonly spec: AgentSpec;
  readonly saved: SavedAgent;
}

export interface SavedAgent {
  readonly messages: readonly Message[];
  /** Sent to it and not yet seen by its model. */
  readonly inbox: readonly Message[];
  /** Turns that were completed. */
  readonly turns: number;
  readonly lastTurn: boolean;
  readonly text: string;
  readonly usage: Usage;
  /** The last turn was taken and nothing was made of it yet, or its calls are not all settled. */
  readonly midTurn: boolean;
  /** The calls of that turn, and how those that ended did. */
  readonly calls: readonly RequestedCall[];
  readonly settled: Readonly<Record<string, Settlement>>;
  /** Where the others stood, by full id. */
  readonly savedCalls: Readonly<Record<string, SavedCall>>;
  readonly seenCalls: ReadonlySet<string>;
  /** Set when it was about to end. */
  readonly ending?: Pick<AgentOutcome, 'status' | 'reason'>;
  /** The ending was announced before the restart. */
  readonly isEndingKnown: boolean;
  /** What its model had begun to say when the process ended; readers are told to drop these blocks. */
  readonly cutBlocks: readonly string[];
  /** How often its session was resumed: makes the ids of its blocks unique. */
  readonly generation: number;
  /** What is left of its life, in milliseconds, if that is limited. */
  readonly lifeLeftMs?: number;
}

/** A subagent that a call had started before the restart. */
export interface SavedChild {
  readonly agentId: string;
  readonly task: string;
  readonly name: string;
  /** How it ended, if it has. */
  readonly outcome?: AgentOutcome;
  /** How it comes back. Neither: it is parked, and whoever waits for it waits on. */
  readonly back?: ReturningAgent;
}

interface SavedCallBase {
  /** The stream has its `tool_call`. */
  readonly announced: boolean;
  readonly edited: boolean;
  /** The arguments that count now: the model's, or a human's edit. */
  readonly input: unknown;
  /** It had been started. */
  readonly ran: boolean;
  readonly children: readonly SavedChild[];
}

/** Where a call stood. */
export type SavedCall = SavedCallBase &
  (
    | {
        /** It is checked (again, after an edit that `approval` stands for). */ readonly stage: 'unchecked';
        readonly approval?: Approval;
      }
    | {
        /** A human was asked, and did not answer. */ readonly stage: 'waiting';
        readonly relay: PendingRelay;
        readonly prepared: PreparedCall;
        /** There was a question about it before: a human saw something else, or what allowed it is gone. */
        readonly isAgain?: true;
      }
    | {
        /** It may start: it was allowed, or it is idempotent, or a human says that it did not run. */
        readonly stage: 'cleared';
        readonly prepared: PreparedCall;
        readonly decidedBy?: DecidedBy;
        readonly receipt?: Consumption;
        readonly relay?: PendingRelay;
      }
    | {
        /** It had been started, and nobody knows what became of it. */ readonly stage: 'interrupted';
        readonly prepared: PreparedCall;
        readonly why: string;
      }
    | {
        /** It ends: what there was to wait for is known, or cannot come any more. */ readonly stage: 'over';
        readonly ending: CallEnding;
        readonly withdrawn?: PendingRelay;
      }
  );

/** What the orchestrator knew. */
export interface SavedOrchestrator {
  readonly grants: readonly Grant[];
  /** What is left of each agent's `allowOnce`. */
  readonly pools: ReadonlyMap<string, readonly ToolPermission[]>;
  /** Agents that each tree ever had, by the id of its root. */
  readonly totals: ReadonlyMap<string, number>;
  /** Relays that wait, in the order asked. */
  readonly asked: readonly string[];
}

/** Told with the first event after a restart. */
export interface Return extends SavedOrchestrator {
  /** How often the session was resumed, this time included. */
  readonly count: number;
  /** Relays whose answers are recorded and follow. */
  readonly answered: ReadonlySet<string>;
  readonly parked: readonly { readonly agentId: string; readonly reason: string }[];
}
