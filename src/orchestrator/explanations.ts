/** Why calls ran, wait, or did not: folded from the stream for calls that were made, decided now for calls that were not. */
import { prepare, type CheckServices } from '../actors/check-call.ts';
import { type CallExplanation, explainDecision, explainInvalid, whyAllowed } from '../calls/explanation.ts';
import type { DecidedBy, Envelope, HarnessEventOf, ToolPermission } from '../events.ts';
import { GreenroomError } from '../errors.ts';
import { decideInContext } from '../machines/decide-in-context.ts';
import type { AgentSpec } from '../machines/agent-spec.ts';
import type { OrchestratorContext } from '../machines/orchestrator-context.ts';
import type { CallRequest } from '../permissions/call.ts';
import { proposalFor } from '../permissions/proposal.ts';
import { prepareSubjects } from '../permissions/subjects.ts';

/** A call that was not made: which agent would make it, and with what arguments. */
export interface CallToExplain {
  /** An agent that has not ended. */
  readonly agentId: string;
  readonly tool: string;
  readonly input: unknown;
}

/** Calls whose explanation is kept, the newest. */
const KEPT = 10_000;

/** Folds the stream into an explanation of each call; keeps the last 10 000 calls. */
export class Explanations {
  readonly #calls = new Map<string, CallExplanation>();

  apply({ agentId, event }: Envelope): void {
    switch (event.type) {
      case 'tool_call':
        this.#calls.set(event.id, {
          callId: event.id,
          agentId,
          tool: event.name,
          input: event.input,
          decision: 'undecided',
          why: 'it is being checked',
          proposal: null,
          state: 'checking',
          relays: [],
        });
        return this.#forget();
      case 'relay':
        return this.#change(event.toolCallId, (call) => afterRelay(call, event));
      case 'relay_resolved':
        return this.#change(event.toolCallId, (call) => afterAnswer(call, event));
      case 'tool_start':
        return this.#change(event.id, () => ({ ...decided('allow', event.decidedBy), state: 'running' }));
      case 'tool_result':
        return this.#change(event.id, (call) => afterResult(call, event));
      default:
        return undefined;
    }
  }

  of(callId: string): CallExplanation | undefined {
    return this.#calls.get(callId);
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

function afterRelay(call: CallExplanation, event: HarnessEventOf<'relay'>): Partial<CallExplanation> {
  const { id, why, proposal } = event;
  const asked = { id, ...(why !== undefined && { why }), ...(proposal !== undefined && { proposal }) };
  const relays = [...call.relays, asked];
  return { decision: 'ask', why: why ?? 'no rule allows it', proposal: proposal ?? null, state: 'waiting', relays };
}

function afterAnswer(call: CallExplanation, event: HarnessEventOf<'relay_resolved'>): Partial<CallExplanation> {
  const { relayId, approved, by, reason, waitedMs, input } = event;
  const answer = { approved, by, ...(reason !== undefined && { reason }), ...(waitedMs !== undefined && { waitedMs }) };
  return {
    decision: 'undecided',
    why: `answered by ${by}, not started yet`,
    state: 'checking',
    relays: call.relays.map((relay) => (relay.id === relayId ? { ...relay, ...answer } : relay)),
    ...(input !== undefined && { input }),
  };
}

/** A call that was cancelled keeps the decision that it had. */
function afterResult(call: CallExplanation, event: HarnessEventOf<'tool_result'>): Partial<CallExplanation> {
  const { status, decidedBy } = event;
  const kept = decidedBy === undefined ? {} : { decidedBy };
  if (decidedBy?.kind === 'input') return { ...decided('invalid', decidedBy), state: status };
  if (status === 'denied') return { ...decided('deny', decidedBy), proposal: null, state: status };
  if (status === 'ok') return { ...decided('allow', decidedBy), state: status };
  if (status !== 'cancelled' || call.decision === 'allow') return { ...kept, state: status };
  return { ...kept, decision: 'undecided', why: decidedBy?.reason ?? 'it was cancelled', state: status };
}

function decided(decision: 'allow' | 'deny' | 'invalid', decidedBy: DecidedBy | undefined): Partial<CallExplanation> {
  const why = decision === 'allow' ? decidedBy && whyAllowed(decidedBy) : decidedBy?.reason;
  return { decision, ...(why !== undefined && { why }), ...(decidedBy !== undefined && { decidedBy }) };
}

/**
 * Decides a call without making it: no human is asked, and nothing is used up or kept.
 * @throws GreenroomError `invalid_params` (as a rejection) when no live agent has this id.
 */
export async function explainUnmade(given: {
  readonly call: CallToExplain;
  readonly spec: AgentSpec | undefined;
  readonly context: () => OrchestratorContext;
  readonly deps: Omit<CheckServices, 'ids'>;
}): Promise<CallExplanation> {
  const { call, spec, context, deps } = given;
  if (spec === undefined) {
    const problem = `explainCall(): no live agent has the id "${call.agentId}". agents() lists them.`;
    throw new GreenroomError('invalid_params', problem, { path: 'agentId' });
  }
  const { agentId, tool, input } = call;
  const asked = spec.loop ? await prepared(call, spec, deps) : externalCall(call, spec, deps.own);
  if (typeof asked === 'string') return explainInvalid({ agentId, tool, input }, asked);
  const { request, proposal } = asked;
  const { policy, grants } = context();
  const { layers } = spec;
  const decision = decideInContext(context(), { request, layers }, deps.clock.now());
  return explainDecision({ agentId, tool, input }, decision, { proposal, under: { policy, layers, grants } });
}

interface Asked {
  readonly request: CallRequest;
  readonly proposal: readonly ToolPermission[] | null;
}

async function prepared(
  { tool, input }: CallToExplain,
  spec: AgentSpec,
  deps: Omit<CheckServices, 'ids'>,
): Promise<Asked | string> {
  const call = { id: `${spec.identity.id}/unmade`, rawId: 'unmade', name: tool, input };
  const preparation = await prepare({ call, input, spec }, { ...deps, ids: () => '' });
  return preparation.ok ? preparation.prepared : preparation.problem;
}

/** The tools of an external harness are unknown here: its calls are judged by their arguments. */
function externalCall(
  { tool, input }: CallToExplain,
  { identity, workspace }: AgentSpec,
  own: readonly string[],
): Asked {
  const request: CallRequest = {
    tool,
    callId: `${identity.id}/unmade`,
    rawCallId: 'unmade',
    agentId: identity.id,
    lineage: identity.lineage,
    input,
    subjects: prepareSubjects(tool, input, undefined, workspace, own),
    workspace,
  };
  return { request, proposal: proposalFor(request, undefined) };
}
