/** The data of a tool call on its way from request to result. */
import type { CallOutput, CallStatus, DecidedBy, Grant, SealedFile, SeenFile, ToolPermission } from '../events.ts';
import type { CallRequest } from '../permissions/call.ts';
import type { Tool } from '../tools/tool.ts';

/** A call as the model requested it, with an id that is unique in its agent. */
export interface RequestedCall {
  readonly id: string;
  readonly rawId: string;
  readonly name: string;
  readonly input: unknown;
}

/** A call that can run: its tool exists and its arguments fit the tool's schema. */
export interface CheckedCall {
  readonly tool: Tool;
  /** Parsed by the tool's schema. */
  readonly input: unknown;
  readonly request: CallRequest;
}

/** A checked call with all that a question about it needs. */
export interface PreparedCall extends CheckedCall {
  readonly proposal: readonly ToolPermission[] | null;
  /** Over tool, input, workspace and subjects; compared again at the start. */
  readonly digest: string;
  /** The files the call names, as they were before the question; compared again when the call had waited. */
  readonly files?: readonly SealedFile[];
  /** The id that a relay about this call will have. */
  readonly relayId: string;
  readonly at: number;
}

/** The result of a preparation. */
export type Preparation =
  { readonly ok: true; readonly prepared: PreparedCall } | { readonly ok: false; readonly problem: string };

/** The result of comparing a call with what was approved, right before its start. */
export interface Verification {
  /** One sentence for each difference in arguments or in where a path leads. */
  readonly moved: readonly string[];
  /** Files whose content differs from the preparation. */
  readonly altered: readonly string[];
  /** Now, and a fresh id: the call may have to ask once more. */
  readonly at: number;
  readonly relayId: string;
}

/** How a pending relay was settled; becomes its `relay_resolved`. */
export interface Resolution {
  readonly relayId: string;
  readonly approved: boolean;
  readonly by: string;
  readonly reason?: string;
  readonly input?: unknown;
  readonly grants?: readonly Grant[];
  readonly waitedMs: number;
  /** The outcome that a human reported for a call of unknown outcome. */
  readonly output?: CallOutput;
}

/** A human's yes, carried into the second check of an edited call. */
export interface Approval {
  readonly relayId: string;
  readonly by: string;
  readonly waitedMs: number;
}

/** How a call is about to end. */
export interface CallEnding {
  readonly status: CallStatus;
  readonly output: CallOutput;
  readonly decidedBy?: DecidedBy;
  /** Set when the whole agent must fail: `onAsk` is `fail` and no rule allows the call. */
  readonly fatal?: string;
  /** The files the tool read or wrote. */
  readonly files?: readonly SeenFile[];
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
