/** Greenroom's public API. Everything a user imports is named here. */
export { AgentOrchestrator } from './orchestrator/agent-orchestrator.ts';
export type { Inspector, OpenOptions, OrchestratorOptions, SavePolicy } from './orchestrator/options.ts';
export type { ParkedAgent } from './recovery/restore.ts';
export type { CallToExplain } from './orchestrator/explanations.ts';
export type { AskedRelay, CallExplanation } from './calls/explanation.ts';
export type { SpawnParams } from './orchestrator/spawn-params.ts';
export type { ActorSnapshot, StateValue } from './stream/snapshots.ts';
export type { ReadOptions } from './stream/stream.ts';
export type { Clock } from './actors/clock.ts';
export type { CheckResult, Scheduler, WorkCompletion, WorkItem } from './actors/scheduler.ts';
export type { Logger } from './diagnostics/logger.ts';

export { createAgentHarness, type AgentHarnessOptions } from './orchestrator/agent-harness.ts';
export {
  createGeneratorHarness,
  type GeneratorHarnessOptions,
  type ModelSettings,
} from './harness/generator-harness.ts';
export { chooseModel, type ModelChoice } from './harness/model-choice.ts';
export { checkModel } from './harness/providers.ts';
export type {
  AgentHarness,
  Harness,
  InvocationEvent,
  InvokeParams,
  LanguageModelLike,
  ModelHarness,
  ModelRef,
  RelayResponse,
  RetryOptions,
  TurnResult,
} from './harness/harness.ts';
export {
  call,
  type Script,
  type ScriptClock,
  type ScriptContext,
  type ScriptedCall,
  type ScriptedFailure,
  type ScriptResult,
  type ScriptStep,
  type StepResults,
} from './harness/script.ts';
export { scriptedModel, type ScriptedModel, type ScriptedModelOptions } from './harness/scripted-model.ts';

export { agentTool } from './tools/agent.ts';
export { bashTool, createBashTool } from './tools/bash.ts';
export type { BashToolOptions } from './tools/bash-options.ts';
export { checkSandbox, type SandboxCheck } from './tools/sandbox/bwrap-program.ts';
export { FileTime, type AgentFileTime } from './tools/file-time.ts';
export { patchTool } from './tools/patch.ts';
export { readTool } from './tools/read.ts';
export { searchTool } from './tools/search.ts';
export { writeTool } from './tools/write.ts';
export {
  defineTool,
  type PermissionContext,
  type Subject,
  type SubagentOutcome,
  type SubagentParams,
  type Tool,
  type ToolContext,
  type ToolOutput,
} from './tools/tool.ts';
export type { SchemaIssue, SchemaOutput, SchemaResult, ToolSchema } from './tools/tool-schema.ts';

export { formatRule, parseRule } from './permissions/rule-text.ts';

export { GreenroomError, messageOf, ModelError, ToolError, type ErrorCode } from './errors.ts';
export {
  AgentOutcome,
  AgentPhase,
  AgentState,
  AgentStatus,
  AgentSummary,
  Always,
  AssistantMessage,
  CallOutput,
  CallStatus,
  Content,
  ContentPart,
  Covers,
  DecidedBy,
  DenyRule,
  Envelope,
  Grant,
  GrantScope,
  HarnessEvent,
  type HarnessEventOf,
  Limits,
  Message,
  OpenCall,
  ORCHESTRATOR_ID,
  PendingRelay,
  Permissions,
  PlannedChange,
  ProcessIdentity,
  RelayAnswer,
  RelayKind,
  ToolCall,
  ToolEffect,
  ToolPermission,
  Usage,
} from './events.ts';
