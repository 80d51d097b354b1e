/** Why calls ran, wait, or did not: kept from the stream, and asked for calls that nobody has made. */
import type { CallStatus, DecidedBy, Envelope, ToolPermission } from '../events.ts';
import { GreenroomError } from '../errors.ts';
import { prepare, type PrepareCallDeps } from '../actors/prepare-call.ts';
import { judge } from '../machines/decide-in-context.ts';
import type { AgentSpec } from '../machines/protocol.ts';
import type { OrchestratorContext } from '../machines/orchestrator-transitions.ts';
import type { CallRequest } from '../permissions/call.ts';
import { proposalFor } from '../permissions/proposal.ts';
import { prepareSubjects } from '../permissions/subjects.ts';

/** How a call that was made was decided. */
export interface CallExplanation {
  readonly toolCallId: string;
  readonly agentId: string;
  readonly tool: string;
  /** The arguments, as the model wrote them or as a human changed them. */
  readonly input: unknown;
  /** `checking`: nothing is decided yet; `waiting` for a human; `running`; or how it ended. */
  readonly state: 'checking' | 'waiting' | 'running' | CallStatus;
  /** The rule, grant or human that let it run or stopped it, and how long it had waited. */
  readonly decidedBy?: DecidedBy;
  /** Every question there was about it, with its answer. */
  readonly relays: readonly AskedRelay[];
}

export interface AskedRelay {
  readonly id: string;
  readonly why?: string;
  readonly proposal?: readonly ToolPermission[] | null;
  readonly approved?: boolean;
  readonly by?: string;
  readonly reason?: string;
  readonly waitedMs?: number;
}

/** How a call would be decided now. */
export interface Verdict {
  /** `invalid`: it cannot run, whatever anybody allows. */
  readonly decision: 'allow' | 'ask' | 'deny' | 'invalid';
  readonly why: string;
  readonly decidedBy?: DecidedBy;
  /** What "always" would save; `null` when it cannot be made permanent. */
  readonly proposal: readonly ToolPermission[] | null;
}

/** A call that nobody has made. */
export interface SupposedCall {
  readonly agentId: string;
  readonly tool: string;
  readonly input: unknown;
}

/** Calls that are remembered after they ended. */
const KEPT = 10_000;

/** What the stream says of each call; of the last 10 000 calls. */
export class Explanations {
  readonly #calls = new Map<string, CallExplanation>();

  apply({ agentId, event }: Envelope): void {
    switch (event.type) {
      case 'tool_call': {
        const { id, name, input } = event;
        this.#calls.set(id, { toolCallId: id, agentId, tool: name, input, state: 'checking', relays: [] });
        return this.#forget();
      }
      case 'relay': {
        const { id, why, proposal } = event;
        const asked = { id, ...(why !== undefined && { why }), ...(proposal !== undefined && { proposal }) };
        return this.#change(event.toolCallId, (call) => ({ state: 'waiting', relays: [...call.relays, asked] }));
      }
      case 'relay_resolved': {
        const { relayId, approved, by, reason, waitedMs, input } = event;
        const answer = {
          approved,
          by,
          ...(reason !== undefined && { reason }),
          ...(waitedMs !== undefined && { waitedMs }),
        };
        return this.#change(event.toolCallId, (call) => ({
          state: 'checking',
          relays: call.relays.map((relay) => (relay.id === relayId ? { ...relay, ...answer } : relay)),
          ...(input !== undefined && { input }),
        }));
      }
      case 'tool_start':
        return this.#change(event.id, () => ({
          state: 'running',
          ...(event.decidedBy !== undefined && { decidedBy: event.decidedBy }),
        }));
      case 'tool_result':
        return this.#change(event.id, () => ({
          state: event.status,
          ...(event.decidedBy !== undefined && { decidedBy: event.decidedBy }),
        }));
      default:
        return undefined;
    }
  }

  of(toolCallId: string): CallExplanation | undefined {
    return this.#calls.get(toolCallId);
  }

  #change(id: string, change: (call: CallExplanation) => Partial<CallExplanation>): void {
    const call = this.#calls.get(id);
    if (call !== undefined) this.#calls.set(id, { ...call, ...change(call) });
  }

  #forget(): void {
    for (const id of this.#calls.keys()) {
      if (this.#calls.size <= KEPT) return;
      this.#calls.delete(id);
    }
  }
}

/**
 * Decides a call without making it: nobody is asked, nothing is used up, nothing is kept.
 * @throws GreenroomError `invalid_params` (as a rejection) when no such agent lives.
 */
export async function suppose(given: {
  readonly call: SupposedCall;
  readonly spec: AgentSpec | undefined;
  readonly context: () => OrchestratorContext;
  readonly deps: Omit<PrepareCallDeps, 'ids'>;
}): Promise<Verdict> {
  const { call, spec, context, deps } = given;
  if (spec === undefined) {
    throw new GreenroomError('invalid_params', `explain(): no agent with the id "${call.agentId}" is alive.`, {
      path: 'agentId',
    });
  }
  const asked = spec.native ? await prepared(call, spec, deps) : foreign(call, spec, deps.own);
  if (typeof asked === 'string') {
    return { decision: 'invalid', why: asked, decidedBy: { kind: 'input', reason: asked }, proposal: null };
  }
  const { request, proposal } = asked;
  const decision = judge(context(), { request, layers: spec.layers }, deps.clock.now());
  if (decision.type === 'ask') return { decision: 'ask', why: decision.why, proposal };
  const { decidedBy } = decision;
  const why = decision.type === 'deny' ? decision.reason : `allowed by ${decidedBy.kind} ${decidedBy.id ?? ''}`.trim();
  return { decision: decision.type, why, decidedBy, proposal };
}

interface Asked {
  readonly request: CallRequest;
  readonly proposal: readonly ToolPermission[] | null;
}

async function prepared(
  { tool, input }: SupposedCall,
  { identity, tools, workspace }: AgentSpec,
  deps: Omit<PrepareCallDeps, 'ids'>,
): Promise<Asked | string> {
  const call = { id: `${identity.id}/supposed`, rawId: 'supposed', name: tool, input };
  const preparation = await prepare({ call, input, agent: identity, tools, workspace }, { ...deps, ids: () => '' });
  return preparation.ok ? preparation.prepared : preparation.problem;
}

/** A harness that runs itself has tools of its own: a call is what its arguments say. */
function foreign({ tool, input }: SupposedCall, { identity, workspace }: AgentSpec, own: readonly string[]): Asked {
  const request: CallRequest = {
    tool,
    callId: `${identity.id}/supposed`,
    rawCallId: 'supposed',
    agentId: identity.id,
    lineage: identity.lineage,
    input,
    subjects: prepareSubjects(tool, input, undefined, workspace, own),
    workspace,
  };
  return { request, proposal: proposalFor(request, undefined) };
}
