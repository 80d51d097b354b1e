/**
 * The words machines say to each other. Everything a transition needs (ids, times, decisions' inputs) comes in with
 * the event, so a transition never looks at a clock and never invents an id.
 */
import type { ActorRef, Snapshot } from 'xstate';
import type {
  AgentOutcome,
  Always,
  CallOutput,
  CallStatus,
  DecidedBy,
  Grant,
  Message,
  PendingRelay,
  Permissions,
  SealedFile,
  SeenFile,
  ToolPermission,
  Usage,
} from '../events.ts';
import type { Harness, ModelRef } from '../harness/harness.ts';
import type { Consumption } from '../permissions/coverage.ts';
import type { CallRequest } from '../permissions/call.ts';
import type { PermissionLayer } from '../permissions/parse.ts';
import type { SubagentParams, Tool } from '../tools/tool.ts';
import type { ReturningAgent } from './saved.ts';

/** An actor that understands `E`. */
export type Ref<E extends { type: string }> = ActorRef<Snapshot<unknown>, E>;

/** Limits with nothing left open that must be a number. */
export interface EffectiveLimits {
  readonly maxDepth: number;
  readonly maxLiveAgents: number;
  readonly maxAgents: number;
  readonly maxIterations: number;
  readonly maxTokens?: number | undefined;
  readonly maxDurationMs?: number | undefined;
}

/** How the agent machine repeats a model call that failed. */
export interface RetryPolicy {
  /** Calls for one turn in all, the first included. */
  readonly maxAttempts: number;
  /** Wait before the second call, in milliseconds; doubles each time. */
  readonly baseMs: number;
  /** Longest wait, in milliseconds; `retry-after` may ask for more. */
  readonly maxMs: number;
}

/** Who an agent is; fixed for its life. */
export interface AgentIdentity {
  readonly id: string;
  /** The full id of the call that asked for it. */
  readonly parentId?: string;
  readonly name: string;
  /** Names from the root agent to this one. */
  readonly path: readonly string[];
  /** Agent ids from the root agent to this one. */
  readonly lineage: readonly string[];
}

/** What an agent is made of. `native` runs our loop around `harness`; otherwise `harness` runs itself. */
export interface AgentSpec {
  readonly identity: AgentIdentity;
  readonly native: boolean;
  readonly harness: Harness;
  readonly model?: ModelRef;
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
  readonly permissions: Permissions;
  readonly layers: readonly PermissionLayer[];
  readonly limits: EffectiveLimits;
  readonly retry: RetryPolicy;
  readonly workspace: string;
  /** The name of a harness that it was given for itself; empty when it has none. Absent: the orchestrator's. */
  readonly ownHarness?: string;
}

/** How a call ended. */
export interface Settlement {
  readonly id: string;
  readonly rawId: string;
  readonly name: string;
  readonly status: CallStatus;
  readonly output: CallOutput;
  readonly decidedBy?: DecidedBy;
}

/** A call as the model asked for it, made unique in its agent. */
export interface RequestedCall {
  readonly id: string;
  readonly rawId: string;
  readonly name: string;
  readonly input: unknown;
}

/** What a second look right before the start found. */
export interface Verification {
  /** What is not as it was judged, in words: arguments, or where a path leads. */
  readonly moved: readonly string[];
  /** Files whose content is not what it was when the call was checked. */
  readonly altered: readonly string[];
  /** Now, and a fresh id: the call may have to be asked about once more. */
  readonly at: number;
  readonly relayId: string;
}

/** What checking found: the call can run, if somebody allows it. */
export interface PreparedCall {
  readonly tool: Tool;
  /** Parsed by the tool's schema. */
  readonly input: unknown;
  readonly request: CallRequest;
  readonly proposal: readonly ToolPermission[] | null;
  /** Over tool, input, workspace and what it touches; checked again at start. */
  readonly digest: string;
  /** The files the call names, as they were before anybody was asked; checked again when the call had waited. */
  readonly files?: readonly SealedFile[];
  /** The id a relay about this call will have. */
  readonly relayId: string;
  readonly at: number;
}

// ------------------------------------------------------------ to the orchestrator

/** What the one who asked about a call hears; `relayId` is the id it gave with its request. */
export type CallerEvent =
  | {
      readonly type: 'call.allowed';
      readonly relayId: string;
      readonly decidedBy: DecidedBy;
      /** What letting it run used up; handed in again when the call is decided once more before it starts. */
      readonly receipt?: Consumption;
      /** Present when the call had waited. */
      readonly resolution?: Resolution;
    }
  | {
      readonly type: 'call.denied';
      readonly relayId: string;
      readonly decidedBy: DecidedBy;
      readonly reason: string;
      /** The whole agent is to fail: nobody is there to ask. */
      readonly fatal?: boolean;
      readonly resolution?: Resolution;
    }
  | { readonly type: 'call.asked'; readonly relayId: string; readonly relay: PendingRelay }
  | {
      readonly type: 'call.edited';
      readonly relayId: string;
      readonly input: unknown;
      readonly approval: Approval;
      readonly resolution: Resolution;
    }
  | {
      /** A human says what a call of unknown outcome gave. */
      readonly type: 'call.recounted';
      readonly relayId: string;
      readonly output: CallOutput;
      readonly decidedBy: DecidedBy;
      readonly resolution: Resolution;
    };

/** How a pending relay was settled; becomes its `relay_resolved`. */
export interface Resolution {
  readonly relayId: string;
  readonly approved: boolean;
  readonly by: string;
  readonly reason?: string;
  readonly input?: unknown;
  readonly grants?: readonly Grant[];
  readonly waitedMs: number;
  /** What a human says that a call of unknown outcome gave. */
  readonly output?: CallOutput;
}

/** A human's yes that is carried into the second check of an edited call. */
export interface Approval {
  readonly relayId: string;
  readonly by: string;
  readonly waitedMs: number;
}

export interface CallRequested {
  readonly type: 'call.requested';
  readonly request: CallRequest;
  readonly layers: readonly PermissionLayer[];
  readonly proposal: readonly ToolPermission[] | null;
  readonly relayId: string;
  readonly at: number;
  /** Agent names from the root. */
  readonly path: readonly string[];
  readonly ref: Ref<CallerEvent>;
  readonly approval?: Approval;
  /** What an earlier decision about this very call used up; it is given back before this one is taken. */
  readonly receipt?: Consumption;
  /** What is different from the last time, for the human, should the call ask. */
  readonly changed?: string;
  /** A human saw something else than what would run now: whatever allows the call, it asks. */
  readonly mustAsk?: boolean;
  /** The question that stood open when the process ended; it stands again under its id unless it is answered by now. */
  readonly standing?: PendingRelay;
  /** Not whether it may run is asked, but what became of it, and this is why nobody knows. */
  readonly unknown?: string;
}

export interface AgentRequested {
  readonly type: 'agent.requested';
  readonly spec: AgentSpec;
  readonly parent: Ref<AgentEvent>;
  readonly caller: Ref<SubagentEvent>;
  /** It comes back after a restart: it was admitted then. */
  readonly back?: ReturningAgent;
}

export type OrchestratorEvent =
  | { readonly type: 'agent.spawn'; readonly spec: AgentSpec }
  | { readonly type: 'agent.returned'; readonly back: ReturningAgent }
  | { readonly type: 'all.returned' }
  | AgentRequested
  | { readonly type: 'agent.ended'; readonly agentId: string; readonly treeId: string }
  | CallRequested
  | { readonly type: 'call.withdrawn'; readonly relayId: string }
  /** It was let through and does not start: what that used up is given back. */
  | { readonly type: 'call.unstarted'; readonly receipt: Consumption }
  | {
      readonly type: 'relay.answered';
      readonly relayId: string;
      readonly at: number;
      readonly by: string;
      readonly approved: boolean;
      readonly always?: Always;
      readonly edited?: { readonly input: unknown };
      readonly output?: CallOutput;
      readonly reason?: string;
      /** Ids for the grants an "always" makes. */
      readonly grantIds: readonly string[];
      /** Relays whose own answers are recorded and follow: an "always" settles none of them. */
      readonly held?: readonly string[];
    }
  | { readonly type: 'grant.revoked'; readonly grantId: string; readonly by: string; readonly at: number }
  | { readonly type: 'close' };

// ------------------------------------------------------------ to an agent

export type AgentEvent =
  | { readonly type: 'kill'; readonly reason?: string }
  | { readonly type: 'message'; readonly message: Message }
  | { readonly type: 'deadline.passed' }
  | { readonly type: 'call.waiting' }
  | { readonly type: 'call.resumed' }
  | { readonly type: 'call.settled'; readonly settlement: Settlement; readonly fatal?: string }
  | { readonly type: 'subagent.requested'; readonly subagent: SubagentRequest }
  | {
      readonly type: 'subagent.admitted';
      readonly spec: AgentSpec;
      readonly caller: Ref<SubagentEvent>;
      readonly back?: ReturningAgent;
    }
  | { readonly type: 'host.usage'; readonly usage: Usage }
  | {
      readonly type: 'host.ended';
      readonly status: AgentOutcome['status'];
      readonly text: string;
      readonly reason?: string;
    }
  | { readonly type: 'host.failed'; readonly error: unknown; readonly text: string };

export interface SubagentRequest {
  readonly agentId: string;
  readonly parentCallId: string;
  readonly params: SubagentParams;
  readonly caller: Ref<SubagentEvent>;
  /** It was started before a restart, and comes back. */
  readonly back?: ReturningAgent;
}

/** What the call that asked for a subagent hears of it. */
export type SubagentEvent =
  | { readonly type: 'subagent.started'; readonly agentId: string; readonly ref: Ref<AgentEvent> }
  | { readonly type: 'subagent.refused'; readonly agentId: string; readonly limit: string; readonly message: string }
  | { readonly type: 'subagent.ended'; readonly agentId: string; readonly outcome: AgentOutcome };

// ------------------------------------------------------------ to a tool call

export type ToolCallEvent =
  | CallerEvent
  | SubagentEvent
  | { readonly type: 'cancel'; readonly reason: string }
  | { readonly type: 'tool.spawn'; readonly agentId: string; readonly params: SubagentParams }
  | { readonly type: 'tool.done'; readonly output: CallOutput; readonly files?: readonly SeenFile[] }
  | {
      readonly type: 'tool.failed';
      readonly status: 'error' | 'cancelled' | 'limited';
      readonly output: CallOutput;
      readonly files?: readonly SeenFile[];
    };
