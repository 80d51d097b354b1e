/** The types of the exported machines: what their charts name, and what `.provide()` takes. Written out, so that declarations stay short. */
import type {
  AnyActorRef,
  CallbackActorLogic,
  EventObject,
  MetaObject,
  NonReducibleUnknown,
  PromiseActorLogic,
  StateMachine,
  StateSchema,
} from 'xstate';
import type { HarnessEvent, Message, PendingRelay, Usage } from '../events.ts';
import type { TurnResult } from '../harness/harness.ts';
import type { Consumption } from '../permissions/coverage.ts';
import type { SubagentParams } from '../tools/tool.ts';
import type {
  AgentContext,
  AgentEnding,
  AgentInput,
  AgentOutput,
  ExternalHarnessInput,
  ModelTurnInput,
} from './agent-context.ts';
import type { AgentSpec } from './agent-spec.ts';
import type { Approval, CallEnding, Preparation, PreparedCall, Resolution, Verification } from './call-entities.ts';
import type { OrchestratorContext, OrchestratorInput } from './orchestrator-context.ts';
import type {
  AgentEvent,
  AgentRequested,
  CallerEvent,
  CallRequested,
  OrchestratorEvent,
  RelayAnswered,
  SubagentEvent,
  ToolCallEvent,
} from './protocol.ts';
import type { SavedAgent } from './restored.ts';
import type {
  PrepareCallInput,
  RunToolInput,
  ToolCallContext,
  ToolCallInput,
  ToolCallOutput,
} from './tool-call-context.ts';

/** Names with their parameters, as XState types actions and guards. */
type Named<Params> = { [Name in keyof Params & string]: { type: Name; params: Params[Name] } }[keyof Params & string];

/** Actors by the names under which a chart starts them. */
type Actors<Logics> = {
  [Name in keyof Logics & string]: { src: Name; logic: Logics[Name]; id: string | undefined };
}[keyof Logics & string];

type Children = Record<string, AnyActorRef | undefined>;

/** An actor that ends with an output. */
type EndingActor<Output, Input> = PromiseActorLogic<Output, Input, HarnessEvent>;

/** The actors that the agent chart starts. A machine of the same input and output may stand in place of a promise. */
export interface AgentActors {
  modelTurn: EndingActor<TurnResult, ModelTurnInput>;
  externalHarness: CallbackActorLogic<EventObject, ExternalHarnessInput, HarnessEvent>;
  deadline: CallbackActorLogic<EventObject, { ms: number }, HarnessEvent>;
  toolCall: EndingActor<ToolCallOutput, ToolCallInput>;
}

/** The actions of the agent chart, with their parameters. */
export interface AgentActions {
  announceStart: unknown;
  setDeadline: unknown;
  discardCutTurn: unknown;
  takeMessage: { message: Message };
  openTurn: unknown;
  takeTurn: { turn: TurnResult };
  announceUsage: { usage: Usage };
  announceTurn: unknown;
  discardTurn: { error: unknown };
  startCalls: unknown;
  settleCall: unknown;
  settleCrashedCall: unknown;
  reapCall: unknown;
  addWaiting: { id: string };
  removeWaiting: { id: string };
  onAwaitingRelay: unknown;
  startHarness: unknown;
  addUsage: { usage: Usage };
  endWith: AgentEnding;
  stopWith: AgentEnding;
  endWithHarness: { text: string; ending: AgentEnding };
  announceError: { error: unknown };
  announceStopping: unknown;
  stopWork: unknown;
  announceEnd: unknown;
}

/** The guards of the agent chart, with their parameters. */
export interface AgentGuards {
  isRestored: unknown;
  isExternal: unknown;
  wasEnding: unknown;
  wasMidTurn: unknown;
  canRetry: { error: unknown };
  hasCalls: unknown;
  hasQueuedMessages: unknown;
  isLastTurn: unknown;
  isOutOfTokens: unknown;
  callsAreSettled: unknown;
  lastTurnIsOver: unknown;
  tokensAreSpent: unknown;
  nothingRuns: unknown;
  isFatal: unknown;
  nothingWaits: unknown;
}

/** The states of an agent. */
export type AgentStateValue =
  | 'awaitingRelay'
  | 'done'
  | {
      running:
        | 'starting'
        | 'reviewing'
        | 'toolCalls'
        | 'externalHarness'
        | 'stopping'
        | { modelTurn: 'calling' | 'backingOff' }
        | { restoring: 'choosing' };
    };

/** The type of `agentMachine`, and of what its `.provide()` gives. */
export type AgentMachine = StateMachine<
  AgentContext,
  AgentEvent,
  Children,
  Actors<AgentActors>,
  Named<AgentActions>,
  Named<AgentGuards>,
  'backOff',
  AgentStateValue,
  string,
  AgentInput,
  AgentOutput,
  HarnessEvent,
  MetaObject,
  StateSchema
>;

/** The actors that the tool-call chart starts. */
export interface ToolCallActors {
  prepareCall: EndingActor<Preparation, PrepareCallInput>;
  verifyCall: EndingActor<Verification, PreparedCall>;
  runTool: CallbackActorLogic<EventObject, RunToolInput, HarnessEvent>;
}

type Allowed = Pick<Extract<CallerEvent, { type: 'call.allowed' }>, 'decidedBy' | 'receipt'>;
type Admitted = Extract<SubagentEvent, { type: 'subagent.admitted' }>;

/** The actions of the tool-call chart, with their parameters. */
export interface ToolCallActions {
  announceCall: unknown;
  checkCall: unknown;
  keepPreparation: { preparation: Preparation };
  requestDecision: unknown;
  requestConfirmation: unknown;
  requestOutcome: unknown;
  repeatQuestion: unknown;
  dropReceipt: unknown;
  withdrawRequest: unknown;
  keepVerification: Verification;
  keepDifference: Verification;
  keepRelay: { relay: PendingRelay };
  announceRelay: unknown;
  announceResolution: { resolution: Resolution };
  announceWithdrawal: unknown;
  withdrawRelay: unknown;
  reportWaiting: unknown;
  reportResumed: unknown;
  keepDecision: Allowed;
  takeEdit: { input: unknown; approval: Approval };
  announceStart: unknown;
  markStarted: unknown;
  endWith: CallEnding;
  requestSubagent: { agentId: string; params: SubagentParams };
  requestRestored: unknown;
  startSubagent: Admitted;
  dismissSubagent: Admitted;
  dropSubagent: { agentId: string };
  keepSubagentEnd: unknown;
  reportCrash: unknown;
  tellTool: unknown;
  killSubagents: unknown;
  returnUses: unknown;
  announceResult: unknown;
}

/** The guards of the tool-call chart, with their parameters. */
export interface ToolCallGuards {
  isRestored: unknown;
  isRefused: unknown;
  isAllowed: unknown;
  isPrepared: { preparation: Preparation };
  isSame: Verification;
  keepsChanging: unknown;
  hasNoSubagents: unknown;
  isRestoredAgent: Pick<Admitted, 'restored'>;
  wasUnchecked: unknown;
  wasOver: unknown;
  wasWaiting: unknown;
  wasRunning: unknown;
}

/** The states of a tool call. */
export type ToolCallStateValue =
  | 'requested'
  | 'awaitingRelay'
  | 'executing'
  | 'ending'
  | 'settled'
  | { checking: 'deciding' | 'preparing' | 'requesting' }
  | { starting: 'verifying' | 'confirming' }
  | { restoring: 'choosing' | 'askingOutcome' };

/** The type of `toolCallMachine`, and of what its `.provide()` gives. */
export type ToolCallMachine = StateMachine<
  ToolCallContext,
  ToolCallEvent,
  Children,
  Actors<ToolCallActors>,
  Named<ToolCallActions>,
  Named<ToolCallGuards>,
  never,
  ToolCallStateValue,
  string,
  ToolCallInput,
  ToolCallOutput,
  HarnessEvent,
  MetaObject,
  StateSchema
>;

/** The actors that the orchestrator chart starts. */
export interface OrchestratorActors {
  agent: EndingActor<AgentOutput, AgentInput>;
}

/** The actions of the orchestrator chart, with their parameters. */
export interface OrchestratorActions {
  startAgent: { spec: AgentSpec; saved?: SavedAgent };
  admitAgent: AgentRequested;
  refuseAgent: AgentRequested;
  endAgent: { agentId: string; treeId: string };
  endCrashedAgent: unknown;
  decideCall: CallRequested;
  withdrawRelay: { relayId: string };
  returnUses: { receipt: Consumption };
  answerRelay: RelayAnswered;
  revokeGrant: { grantId: string; at: number };
  orderQuestions: unknown;
  announceResumed: unknown;
  announceRevocation: { grantId: string; by: string };
  killAgents: unknown;
}

/** The type of `orchestratorMachine`, and of what its `.provide()` gives. */
export type OrchestratorMachine = StateMachine<
  OrchestratorContext,
  OrchestratorEvent,
  Children,
  Actors<OrchestratorActors>,
  Named<OrchestratorActions>,
  { type: 'noAgentLives'; params: unknown },
  never,
  'open' | 'closing' | 'closed',
  string,
  OrchestratorInput,
  NonReducibleUnknown,
  HarnessEvent,
  MetaObject,
  StateSchema
>;
