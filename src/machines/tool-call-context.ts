/** What a tool call knows, what its actors are given, and the ways it can end. */
import { messageOf } from '../errors.ts';
import type { CallOutput, CallStatus, DecidedBy, PendingRelay } from '../events.ts';
import type { PermissionLayer } from '../permissions/decide.ts';
import type { Tool } from '../tools/tool.ts';
import { deniedText } from './model-texts.ts';
import type {
  AgentEvent,
  AgentIdentity,
  Approval,
  CallerEvent,
  OrchestratorEvent,
  PreparedCall,
  Ref,
  RequestedCall,
  Resolution,
  ToolCallEvent,
} from './protocol.ts';

export interface ToolCallInput {
  readonly call: RequestedCall;
  readonly agent: AgentIdentity;
  readonly tools: readonly Tool[];
  readonly layers: readonly PermissionLayer[];
  readonly workspace: string;
  /** Set when the call must not run: the limit that stands in the way. */
  readonly limited?: string;
  readonly orchestrator: Ref<OrchestratorEvent>;
  readonly owner: Ref<AgentEvent>;
}

export interface ToolCallContext extends ToolCallInput {
  /** The arguments that are checked now: the model's, or a human's edit. */
  readonly input: unknown;
  readonly edited: boolean;
  /** The tool was started. */
  readonly ran: boolean;
  readonly approval?: Approval | undefined;
  readonly prepared?: PreparedCall;
  readonly relay?: PendingRelay;
  readonly decidedBy?: DecidedBy;
  readonly subagents: Readonly<Record<string, Ref<AgentEvent>>>;
  readonly ending?: Ending;
}

/** How a call is about to end. */
export interface Ending {
  readonly status: CallStatus;
  readonly output: CallOutput;
  readonly decidedBy?: DecidedBy;
  readonly fatal?: string;
}

/** What `prepareCall` answers. */
export type Preparation =
  { readonly ok: true; readonly prepared: PreparedCall } | { readonly ok: false; readonly problem: string };

export interface PrepareCallInput {
  readonly call: RequestedCall;
  readonly input: unknown;
  readonly agent: AgentIdentity;
  readonly tools: readonly Tool[];
  readonly workspace: string;
}

export interface RunToolInput {
  readonly call: RequestedCall;
  readonly agent: AgentIdentity;
  readonly prepared: PreparedCall;
  /** What a subagent may be given: the tools its parent has. */
  readonly toolNames: readonly string[];
  readonly workspace: string;
}

/** What every event of this call carries. */
export const origin = ({ agent }: Pick<ToolCallInput, 'agent'>) =>
  agent.parentId === undefined ? { runId: agent.id } : { runId: agent.id, parentId: agent.parentId };

const said = (text: string): CallOutput => ({ context: text });

/** The ways a call can end without its tool having said so. */
export const endings = {
  failed: (text: string): Ending => ({ status: 'error', output: said(text) }),
  uncheckable: (error: unknown): Ending => ({
    status: 'error',
    output: said(`This call could not be checked: ${messageOf(error)}`),
    decidedBy: { kind: 'input', reason: messageOf(error) },
  }),
  refused: (problem: string): Ending => ({
    status: 'error',
    output: said(problem),
    decidedBy: { kind: 'input', reason: problem },
  }),
  limited: (limit: string): Ending => ({
    status: 'limited',
    output: said(limit),
    decidedBy: { kind: 'limit', reason: limit },
  }),
  byTool: ({ status, output }: Extract<ToolCallEvent, { type: 'tool.failed' }>): Ending => {
    if (status !== 'limited') return { status, output };
    const reason = typeof output.context === 'string' ? output.context : 'a limit was reached';
    return { status, output, decidedBy: { kind: 'limit', reason } };
  },
  cancelled: (reason: string): Ending => ({
    status: 'cancelled',
    output: said(`This call was cancelled: ${reason}`),
    decidedBy: { kind: 'cancel', reason },
  }),
  withdrawn: (reason: string): Ending => ({
    status: 'cancelled',
    output: said(`This call was cancelled while it waited for an answer: ${reason}`),
    decidedBy: { kind: 'cancel', reason },
  }),
  denied: ({ reason, decidedBy, fatal }: Extract<CallerEvent, { type: 'call.denied' }>): Ending => ({
    status: 'denied',
    output: said(deniedText(reason)),
    decidedBy,
    ...(fatal === true ? { fatal: reason } : {}),
  }),
};

/** @throws Error when there is none: the states that need it are entered with one only. */
export function preparedOf({ prepared }: ToolCallContext): PreparedCall {
  if (prepared === undefined) throw new Error('this state is entered with a preparation only');
  return prepared;
}

/** How the relay was settled; a decision that comes while a call waits always says. */
export function resolutionOf({ resolution, relayId }: { resolution?: Resolution; relayId: string }): Resolution {
  return resolution ?? { relayId, approved: false, by: 'unknown', waitedMs: 0 };
}
