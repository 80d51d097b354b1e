/**
 * The events that machines send each other. Everything a transition needs (ids, times, the inputs of decisions) arrives with
 * the event, so a transition never reads a clock and never makes an id.
 */
import type { ActorRef, Snapshot } from 'xstate';
import type {
  AgentOutcome,
  Always,
  CallOutput,
  DecidedBy,
  Message,
  PendingRelay,
  SeenFile,
  ToolPermission,
  Usage,
} from '../events.ts';
import type { CallRequest } from '../permissions/call.ts';
import type { Consumption } from '../permissions/coverage.ts';
import type { PermissionLayer } from '../permissions/parse.ts';
import type { SubagentParams } from '../tools/tool.ts';
import type { AgentSpec } from './agent-spec.ts';
import type { Approval, Resolution } from './call-entities.ts';
import type { RestoredAgent } from './restored.ts';

/** An actor that takes the events `E`. */
export type Ref<E extends { type: string }> = ActorRef<Snapshot<unknown>, E>;

// ------------------------------------------------------------ to the orchestrator

/** Asks for the decision about a call; the answer is a `CallerEvent` to `ref`. */
export interface CallRequested {
  readonly type: 'call.requested';
  readonly request: CallRequest;
  readonly layers: readonly PermissionLayer[];
  readonly proposal: readonly ToolPermission[] | null;
  readonly relayId: string;
  readonly at: number;
  /** Agent names from the root agent. */
  readonly path: readonly string[];
  readonly ref: Ref<CallerEvent>;
  readonly approval?: Approval;
  /** What an earlier decision about this call used up; returned before this decision is made. */
  readonly receipt?: Consumption;
  /** The difference from the last decision, shown to the human if the call asks. */
  readonly changed?: string;
  /** A human approved something else than what would run now: the call asks, even if a rule allows it. */
  readonly mustAsk?: boolean;
  /** The question that was open when the process ended; it is pending again under its id unless it is answered by now. */
  readonly standing?: PendingRelay;
  /** Set when the question is the outcome of the call: why that is unknown. */
  readonly unknown?: string;
}

/** Asks for a place for a subagent; the answer is `subagent.admitted` or `subagent.refused` to `caller`. */
export interface AgentRequested {
  readonly type: 'agent.requested';
  readonly spec: AgentSpec;
  readonly caller: Ref<SubagentEvent>;
  /** Set for a subagent that is restored: it has its place already. */
  readonly restored?: RestoredAgent;
}

/** A human's answer to a relay. */
export interface RelayAnswered {
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
  /** Relays with recorded answers of their own: an "always" settles none of them. */
  readonly held?: readonly string[];
}

/** The events that the root actor takes. */
export type OrchestratorEvent =
  | { readonly type: 'agent.spawn'; readonly spec: AgentSpec }
  | { readonly type: 'agent.restored'; readonly restored: RestoredAgent }
  | { readonly type: 'session.restored' }
  | AgentRequested
  | { readonly type: 'agent.ended'; readonly agentId: string; readonly treeId: string }
  | CallRequested
  | { readonly type: 'call.withdrawn'; readonly relayId: string }
  /** The call was allowed and does not start: what the decision used up is returned. */
  | { readonly type: 'call.unstarted'; readonly receipt: Consumption }
  | RelayAnswered
  | { readonly type: 'grant.revoked'; readonly grantId: string; readonly by: string; readonly at: number }
  | { readonly type: 'close' };

/** The decision about a call; `relayId` is the id that came with its request. */
export type CallerEvent =
  | {
      readonly type: 'call.allowed';
      readonly relayId: string;
      readonly decidedBy: DecidedBy;
      /** What the decision used up; returned when the call is decided again before it starts. */
      readonly receipt?: Consumption;
      /** Present when the call had waited. */
      readonly resolution?: Resolution;
    }
  | {
      readonly type: 'call.denied';
      readonly relayId: string;
      readonly decidedBy: DecidedBy;
      readonly reason: string;
      /** The whole agent must fail: `onAsk` is `fail`. */
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
      /** A human reported the outcome of a call of unknown outcome. */
      readonly type: 'call.outcomeReported';
      readonly relayId: string;
      readonly output: CallOutput;
      readonly decidedBy: DecidedBy;
      readonly resolution: Resolution;
    };

// ------------------------------------------------------------ to an agent

/** The events that an agent takes. */
export type AgentEvent =
  | { readonly type: 'kill'; readonly reason?: string }
  | { readonly type: 'message'; readonly message: Message }
  | { readonly type: 'deadline.passed' }
  /** A call waits for a human, or waits no longer; `id` is its full id, or the id of an external harness's relay. */
  | { readonly type: 'call.waiting'; readonly id: string }
  | { readonly type: 'call.resumed'; readonly id: string }
  | { readonly type: 'harness.usage'; readonly usage: Usage }
  | {
      readonly type: 'harness.ended';
      readonly status: AgentOutcome['status'];
      readonly text: string;
      readonly reason?: string;
    }
  | { readonly type: 'harness.failed'; readonly error: unknown; readonly text: string };

// ------------------------------------------------------------ to a tool call

/** What a call hears about a subagent that it asked for. */
export type SubagentEvent =
  | { readonly type: 'subagent.admitted'; readonly spec: AgentSpec; readonly restored?: RestoredAgent }
  | { readonly type: 'subagent.refused'; readonly agentId: string; readonly limit: string; readonly message: string };

/** What a running tool hears about a subagent that it asked for. */
export type ToolEvent =
  | Extract<SubagentEvent, { type: 'subagent.refused' }>
  | { readonly type: 'subagent.ended'; readonly agentId: string; readonly outcome: AgentOutcome };

/** The events that a tool call takes. */
export type ToolCallEvent =
  | CallerEvent
  | SubagentEvent
  /** All calls of the turn are announced: the call may be checked. */
  | { readonly type: 'check' }
  | { readonly type: 'cancel'; readonly reason: string }
  | { readonly type: 'tool.spawn'; readonly agentId: string; readonly params: SubagentParams }
  | { readonly type: 'tool.done'; readonly output: CallOutput; readonly files?: readonly SeenFile[] }
  | {
      readonly type: 'tool.failed';
      readonly status: 'error' | 'cancelled' | 'limited';
      readonly output: CallOutput;
      readonly files?: readonly SeenFile[];
    };
