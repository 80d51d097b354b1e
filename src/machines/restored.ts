/** The state of agents and calls when their process ended: what the machines continue from after a restart. */
import type { AgentOutcome, DecidedBy, Grant, Message, PendingRelay, ToolPermission, Usage } from '../events.ts';
import type { Consumption } from '../permissions/coverage.ts';
import type { AgentSpec } from './agent-spec.ts';
import type { Approval, CallEnding, PreparedCall, RequestedCall, Settlement } from './call-entities.ts';

/** An agent to be restored. */
export interface RestoredAgent {
  readonly spec: AgentSpec;
  readonly saved: SavedAgent;
}

/** The state of an agent when its process ended. */
export interface SavedAgent {
  readonly messages: readonly Message[];
  /** Sent to it and not yet seen by its model. */
  readonly inbox: readonly Message[];
  /** Completed turns. */
  readonly turns: number;
  readonly lastTurn: boolean;
  readonly text: string;
  readonly usage: Usage;
  /** The last turn is complete and was not acted upon, or some of its calls are open. */
  readonly midTurn: boolean;
  /** The calls of that turn, and how the settled ones ended. */
  readonly calls: readonly RequestedCall[];
  readonly settled: Readonly<Record<string, Settlement>>;
  /** The state of the open ones, by full id. */
  readonly savedCalls: Readonly<Record<string, SavedCall>>;
  readonly seenCalls: ReadonlySet<string>;
  /** Set when it was about to end. */
  readonly ending?: Pick<AgentOutcome, 'status' | 'reason'>;
  /** Its `stopping` event is in the stream. */
  readonly isEndingKnown: boolean;
  /** Blocks of the model call that the restart cut; readers are told to drop them. */
  readonly cutBlocks: readonly string[];
  /** How often its session was resumed: makes the ids of its blocks unique. */
  readonly generation: number;
  /** The rest of its `maxDurationMs`, if that limits it. */
  readonly lifeLeftMs?: number;
}

/** A subagent that a call had started before the restart. */
export interface SavedChild {
  readonly agentId: string;
  readonly task: string;
  readonly name: string;
  /** Its outcome, if it has ended. */
  readonly outcome?: AgentOutcome;
  /** What it is restored from. Neither: it is parked, and the call continues to wait for it. */
  readonly restored?: RestoredAgent;
}

interface SavedCallBase {
  /** Its `tool_call` is in the stream. */
  readonly announced: boolean;
  readonly edited: boolean;
  /** The arguments in force: the model's, or a human's edit. */
  readonly input: unknown;
  /** It had been started. */
  readonly ran: boolean;
  readonly children: readonly SavedChild[];
}

/** The state of a call. */
export type SavedCall = SavedCallBase &
  (
    | {
        /** It must be checked; after an edit, with the human's approval of it. */ readonly stage: 'unchecked';
        readonly approval?: Approval;
      }
    | {
        /** Its question is open. */ readonly stage: 'waiting';
        readonly relay: PendingRelay;
        readonly prepared: PreparedCall;
        /** An earlier question about it exists: the call had changed, or what allowed it is gone. */
        readonly isAgain?: true;
      }
    | {
        /** It may start: allowed, or idempotent, or a human reported that it did not run. */
        readonly stage: 'cleared';
        readonly prepared: PreparedCall;
        readonly decidedBy?: DecidedBy;
        readonly receipt?: Consumption;
        readonly relay?: PendingRelay;
      }
    | {
        /** It was running; its outcome is unknown. */ readonly stage: 'interrupted';
        readonly prepared: PreparedCall;
        readonly why: string;
      }
    | {
        /** It only ends: its outcome is known, or can no longer be had. */ readonly stage: 'over';
        readonly ending: CallEnding;
        readonly withdrawn?: PendingRelay;
      }
  );

/** The state of the orchestrator. */
export interface SavedOrchestrator {
  readonly grants: readonly Grant[];
  /** The unused entries of each agent's `allowOnce`. */
  readonly pools: ReadonlyMap<string, readonly ToolPermission[]>;
  /** Agents that each tree ever had, by the id of its root agent. */
  readonly totals: ReadonlyMap<string, number>;
  /** Pending relays, in request order. */
  readonly asked: readonly string[];
}

/** What the root actor of a resumed session starts from. */
export interface ResumedSession extends SavedOrchestrator {
  /** How often the session was resumed, this time included. */
  readonly count: number;
  /** Relays whose recorded answers follow. */
  readonly answered: ReadonlySet<string>;
  readonly parked: readonly { readonly agentId: string; readonly reason: string }[];
}
