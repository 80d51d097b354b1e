/** What an agent hands its crews: one hire a call, one a subagent, each with who must hear of a crash. */
import type { AgentOutcome } from '../events.ts';
import { type AgentContext, type AgentInput, noUsage } from './agent-context.ts';
import type { Hire } from './crew.ts';
import type {
  AgentEvent,
  AgentSpec,
  OrchestratorEvent,
  Ref,
  RequestedCall,
  Settlement,
  SubagentEvent,
} from './protocol.ts';
import type { SavedAgent } from './saved.ts';
import type { ToolCallInput } from './tool-call-context.ts';

export function callHire(params: {
  readonly call: RequestedCall;
  readonly agent: AgentContext;
  readonly owner: Ref<AgentEvent>;
  readonly limited: string | undefined;
}): Hire {
  const { call, agent, owner, limited } = params;
  const { spec, orchestrator } = agent;
  const saved = agent.saved?.savedCalls[call.id];
  const input: ToolCallInput = {
    call,
    agent: spec.identity,
    tools: spec.tools,
    layers: spec.layers,
    workspace: spec.workspace,
    orchestrator,
    owner,
    ...(limited === undefined ? {} : { limited }),
    ...(saved === undefined ? {} : { saved }),
  };
  const settlement: Settlement = {
    id: call.id,
    rawId: call.rawId,
    name: call.name,
    status: 'unknown',
    output: { context: 'This call failed inside the orchestrator; whether it ran is not known.' },
  };
  return {
    role: 'toolCall',
    id: call.id,
    input,
    onCrash: [{ to: owner, event: { type: 'call.settled', settlement } }],
  };
}

/** An agent that the application itself asked for: nobody but the stream and `result()` hears of its end. */
export function rootHire(params: {
  readonly spec: AgentSpec;
  readonly orchestrator: Ref<OrchestratorEvent>;
  readonly saved: SavedAgent | undefined;
}): Hire {
  const { spec, orchestrator, saved } = params;
  const agentId = spec.identity.id;
  const input: AgentInput = { spec, orchestrator, ...(saved === undefined ? {} : { saved }) };
  return {
    role: 'agent',
    id: agentId,
    input,
    onCrash: [{ to: orchestrator, event: { type: 'agent.ended', agentId, treeId: agentId } }],
  };
}

export function subagentHire(params: {
  readonly spec: AgentSpec;
  readonly caller: Ref<SubagentEvent>;
  readonly orchestrator: Ref<OrchestratorEvent>;
  readonly saved: SavedAgent | undefined;
}): Hire {
  const { spec, caller, orchestrator, saved } = params;
  const agentId = spec.identity.id;
  const input: AgentInput = { spec, orchestrator, caller, ...(saved === undefined ? {} : { saved }) };
  const outcome: AgentOutcome = { status: 'failed', text: '', usage: noUsage, reason: 'the agent crashed' };
  return {
    role: 'agent',
    id: agentId,
    input,
    heir: caller,
    onCrash: [
      { to: orchestrator, event: { type: 'agent.ended', agentId, treeId: spec.identity.lineage[0] ?? agentId } },
      { to: caller, event: { type: 'subagent.ended', agentId, outcome } },
    ],
  };
}
