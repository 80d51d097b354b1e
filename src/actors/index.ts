/** `greenroom/machines`: the state machines, and the factories of the actors that their charts name. */
export { agentMachine } from '../machines/agent.ts';
export type {
  AgentContext,
  AgentEnding,
  AgentInput,
  AgentOutput,
  ExternalHarnessInput,
  ModelTurnInput,
  TurnProgress,
} from '../machines/agent-context.ts';
export type { AgentIdentity, AgentSpec, EffectiveLimits, RetryPolicy } from '../machines/agent-spec.ts';
export type {
  Approval,
  CallEnding,
  CheckedCall,
  Preparation,
  PreparedCall,
  RequestedCall,
  Resolution,
  Settlement,
  Verification,
} from '../machines/call-entities.ts';
export type {
  AgentActions,
  AgentActors,
  AgentGuards,
  AgentMachine,
  AgentStateValue,
  OrchestratorActions,
  OrchestratorActors,
  OrchestratorMachine,
  ToolCallActions,
  ToolCallActors,
  ToolCallGuards,
  ToolCallMachine,
  ToolCallStateValue,
} from '../machines/machine-types.ts';
export { orchestratorMachine } from '../machines/orchestrator.ts';
export type { OnAsk, OrchestratorContext, OrchestratorInput, WaitingCall } from '../machines/orchestrator-context.ts';
export type {
  AgentEvent,
  AgentRequested,
  CallerEvent,
  CallRequested,
  OrchestratorEvent,
  Ref,
  RelayAnswered,
  SubagentEvent,
  ToolCallEvent,
  ToolEvent,
} from '../machines/protocol.ts';
export type { RestoredAgent, ResumedSession, SavedAgent, SavedCall, SavedChild } from '../machines/restored.ts';
export { toolCallMachine } from '../machines/tool-call.ts';
export type {
  PrepareCallInput,
  RunToolInput,
  ToolCallContext,
  ToolCallInput,
  ToolCallOutput,
} from '../machines/tool-call-context.ts';
export { type CheckServices, defineCheckCall, definePrepareCall, defineVerifyCall } from './check-call.ts';
export { defineDeadline } from './deadline.ts';
export { defineExternalHarness, type ExternalHarnessServices } from './external-harness.ts';
export type { GivenMachines } from './implementations.ts';
export { defineModelTurn, type ModelTurnServices } from './model-turn.ts';
export { defineRunTool, type RunToolServices } from './run-tool.ts';
export { type FindServices, type Services, servicesOf } from './services.ts';
