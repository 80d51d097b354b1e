/** Folds the events of one agent. */
import type { AgentOutcome, AgentSetup, HarnessEvent, HarnessEventOf, Message, Usage } from '../events.ts';
import { addUsage, callsOf, noUsage, resultsOf, textOf } from '../machines/agent-context.ts';
import type { RequestedCall, Settlement } from '../machines/call-entities.ts';
import { applyToCall, type FoldedCall, foldedCall } from './folded-call.ts';

export interface FoldedAgent {
  readonly id: string;
  /** The full id of the call that started it. */
  readonly parentId: string | undefined;
  readonly name: string;
  readonly path: readonly string[];
  readonly lineage: readonly string[];
  readonly model: string | undefined;
  readonly setup: AgentSetup | undefined;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly messages: Message[];
  inbox: Message[];
  turns: number;
  text: string;
  usage: Usage;
  /** The calls of the last turn, or all calls of an external harness. */
  calls: Map<string, FoldedCall>;
  /** Ids of the blocks streamed since the last turn. */
  readonly blocks: Set<string>;
  ending: Pick<AgentOutcome, 'status' | 'reason'> | undefined;
  outcome: AgentOutcome | undefined;
}

export function foldedAgent(given: {
  readonly event: HarnessEventOf<'harness_start'>;
  readonly id: string;
  readonly at: number;
  readonly parent: FoldedAgent | undefined;
}): FoldedAgent {
  const { event, id, at, parent } = given;
  const { setup, name = id, path = [name], model, parentId } = event;
  return {
    id,
    parentId,
    name,
    path,
    lineage: [...(parent?.lineage ?? []), id],
    model,
    setup,
    startedAt: at,
    messages: [...(setup?.messages ?? [])],
    inbox: [],
    turns: 0,
    text: '',
    usage: noUsage,
    calls: new Map(),
    blocks: new Set(),
    ending: undefined,
    outcome: undefined,
  };
}

/** Applies one of its events. */
export function applyToAgent(agent: FoldedAgent, event: HarnessEvent): void {
  switch (event.type) {
    case 'text':
      // an external harness has no turns: its text is all that it streams
      if (agent.setup?.loop === false) agent.text += event.content;
      agent.blocks.add(event.id);
      return;
    case 'reasoning':
      agent.blocks.add(event.id);
      return;
    case 'message':
      agent.inbox.push(event.message);
      return;
    case 'usage':
      agent.usage = addUsage(agent.usage, event);
      return;
    case 'turn':
      return takeTurn(agent, event);
    case 'turn_discarded':
      for (const block of event.blocks) agent.blocks.delete(block);
      return;
    case 'tool_call': {
      const { id, name, input } = event;
      if (!agent.calls.has(id)) agent.calls.set(id, foldedCall(externalCall(agent.id, { id, name, input })));
      return tell(agent, id, event);
    }
    case 'tool_start':
    case 'tool_result':
      return tell(agent, event.id, event);
    case 'relay':
    case 'relay_resolved':
    case 'tool_effect':
      return tell(agent, event.toolCallId, event);
    case 'stopping':
      agent.ending = { status: event.status, ...(event.reason === undefined ? {} : { reason: event.reason }) };
      return;
    case 'harness_end':
      return end(agent, event);
    default:
      return;
  }
}

function tell(agent: FoldedAgent, callId: string, event: HarnessEvent): void {
  const call = agent.calls.get(callId);
  if (call !== undefined) applyToCall(call, agent.id, event);
}

/** Extends the history as the machine does: results of the last calls, messages sent meanwhile, the answer. */
function takeTurn(agent: FoldedAgent, { number, messages, taken }: HarnessEventOf<'turn'>): void {
  agent.messages.push(...resultsOf(openTurnOf(agent)), ...messages);
  agent.inbox = agent.inbox.slice(taken);
  agent.turns = number;
  agent.blocks.clear();
  const answer = messages.at(-1);
  if (answer?.role !== 'assistant') return;
  agent.text = textOf({ message: answer }) || agent.text;
  agent.calls = new Map(callsOf(agent.id, answer).map((call) => [call.id, foldedCall(call)]));
}

/** The calls of the last turn in request order, and how the settled ones ended. */
export function openTurnOf(agent: FoldedAgent): {
  readonly calls: readonly RequestedCall[];
  readonly settled: Readonly<Record<string, Settlement>>;
} {
  const folded = [...agent.calls.values()];
  return {
    calls: folded.map(({ call }) => call),
    settled: Object.fromEntries(folded.flatMap(({ call, settlement }) => (settlement ? [[call.id, settlement]] : []))),
  };
}

function externalCall(agentId: string, call: Omit<RequestedCall, 'rawId'>): RequestedCall {
  return { ...call, rawId: call.id.startsWith(`${agentId}/`) ? call.id.slice(agentId.length + 1) : call.id };
}

/** Keeps the outcome and drops the history, which is needed no longer. */
function end(agent: FoldedAgent, event: HarnessEventOf<'harness_end'>): void {
  agent.outcome = {
    status: event.status,
    text: event.text ?? '',
    usage: event.usage ?? noUsage,
    ...(event.reason === undefined ? {} : { reason: event.reason }),
  };
  agent.messages.length = 0;
  agent.calls = new Map();
  agent.blocks.clear();
}
