/** What an agent knows, and the pure steps between its turns. */
import { GreenroomError, ModelError } from '../errors.ts';
import type { AgentOutcome, AgentSetup, AssistantMessage, Message, Usage } from '../events.ts';
import type { Harness, InvokeParams, TurnResult } from '../harness/harness.ts';
import type { AgentSpec, OrchestratorEvent, Ref, RequestedCall, Settlement, SubagentEvent } from './protocol.ts';
import type { SavedAgent } from './saved.ts';

export interface AgentInput {
  readonly spec: AgentSpec;
  readonly orchestrator: Ref<OrchestratorEvent>;
  /** The call that asked for this agent and hears of its end. */
  readonly caller?: Ref<SubagentEvent>;
  /** Where it stood before a restart. */
  readonly saved?: SavedAgent;
}

/** Where a turn's stream leaves what must be known if it is cut; not part of the machine's state. */
export interface Draft {
  text: string;
  readonly blocks: Set<string>;
}

export interface ModelTurnInput {
  readonly harness: Harness;
  readonly params: Omit<InvokeParams, 'signal'>;
  /** Makes block ids unique over turns. */
  readonly blockPrefix: string;
  readonly draft: Draft;
}

export interface HostHarnessInput {
  readonly spec: AgentSpec;
  readonly orchestrator: Ref<OrchestratorEvent>;
  readonly draft: Draft;
}

export type Ending = Pick<AgentOutcome, 'status' | 'reason'>;

export interface AgentContext extends AgentInput {
  readonly messages: readonly Message[];
  /** Steered in while a turn ran; the model sees them before the next. */
  readonly inbox: readonly Message[];
  /** What was added to the history when this turn began, and how many of these had been sent to it. */
  readonly opened: readonly Message[];
  readonly taken: number;
  readonly turns: number;
  readonly attempt: number;
  readonly retryInMs: number;
  /** The turn without tools that closes an agent whose turns are used up. */
  readonly lastTurn: boolean;
  readonly draft: Draft;
  readonly text: string;
  readonly usage: Usage;
  /** The calls of this turn in the order asked, and how those that ended did. */
  readonly calls: readonly RequestedCall[];
  readonly settled: Readonly<Record<string, Settlement>>;
  readonly waiting: number;
  readonly seenCalls: ReadonlySet<string>;
  /** Crews made, for their ids. */
  readonly crews: number;
  /** Crews that still have calls. */
  readonly callCrews: readonly string[];
  readonly subagentCrew?: { readonly id: string; readonly hired: number } | undefined;
  /** A harness that runs itself is at work. */
  readonly hosting: boolean;
  readonly ending?: Ending;
}

/** What every event of this agent carries. */
export const origin = ({ spec }: AgentInput) =>
  spec.identity.parentId === undefined
    ? { runId: spec.identity.id }
    : { runId: spec.identity.id, parentId: spec.identity.parentId };

/** `provider/model`; `undefined` when there is none, or when the object, which is somebody else's code, cannot say. */
export function modelName(model: AgentSpec['model']): string | undefined {
  try {
    return typeof model === 'object' ? `${model.provider}/${model.modelId}` : model;
  } catch {
    return undefined;
  }
}

export const textOf = ({ message }: Pick<TurnResult, 'message'>): string => {
  const { content } = message;
  if (content === null) return '';
  return typeof content === 'string'
    ? content
    : content.map((part) => (part.type === 'text' ? part.text : '')).join('');
};

export const addUsage = (a: Usage, b: Usage): Usage => ({
  inputTokens: a.inputTokens + b.inputTokens,
  outputTokens: a.outputTokens + b.outputTokens,
  reasoningTokens: (a.reasoningTokens ?? 0) + (b.reasoningTokens ?? 0),
  cachedInputTokens: (a.cachedInputTokens ?? 0) + (b.cachedInputTokens ?? 0),
});

/** Gives every call an id that this agent has not used: providers repeat ids, or leave them out. */
export function uniqueCalls(context: AgentContext, turn: TurnResult): { calls: RequestedCall[]; seen: Set<string> } {
  const seen = new Set(context.seenCalls);
  const calls = (turn.message.tool_calls ?? []).map((call, index): RequestedCall => {
    const wanted = call.id || `call_${context.turns}_${index}`;
    let rawId = wanted;
    for (let copy = 2; seen.has(rawId); copy += 1) rawId = `${wanted}~${copy}`;
    seen.add(rawId);
    return { id: `${context.spec.identity.id}/${rawId}`, rawId, name: call.name, input: call.arguments };
  });
  return { calls, seen };
}

/** The calls of an answer that stands in the history, where their ids are unique. */
export const callsOf = (agentId: string, { tool_calls: calls = [] }: AssistantMessage): RequestedCall[] =>
  calls.map(({ id: rawId, name, arguments: input }) => ({ id: `${agentId}/${rawId}`, rawId, name, input }));

/** The turn as it goes into the history, under the calls' unique ids. */
export function historyOf(turn: TurnResult, calls: readonly RequestedCall[]): Message {
  if (calls.length === 0) {
    const { tool_calls: _none, ...message } = turn.message;
    return message;
  }
  const asked = turn.message.tool_calls ?? [];
  return {
    ...turn.message,
    tool_calls: calls.map((call, index) => ({
      ...asked[index],
      id: call.rawId,
      name: call.name,
      arguments: call.input,
    })),
  };
}

/** Results in the order the model asked, whatever order they ended in. */
export const resultsOf = ({ calls, settled }: Pick<AgentContext, 'calls' | 'settled'>): Message[] =>
  calls.map((call) => {
    const settlement = settled[call.id];
    const content = settlement?.output.context ?? '(no output)';
    const message = { role: 'tool' as const, tool_call_id: call.rawId, content };
    return settlement?.status === 'ok' ? message : { ...message, is_error: true };
  });

/** Why the calls of this turn must not run, if a limit says so. */
export function callsLimit(context: AgentContext): string | undefined {
  const { maxTokens } = context.spec.limits;
  const spent = context.usage.inputTokens + context.usage.outputTokens;
  if (maxTokens !== undefined && spent >= maxTokens) {
    return `Limit maxTokens (${maxTokens}) reached: ${spent} tokens were used, so this call was not run.`;
  }
  if (context.lastTurn) {
    return `Limit maxIterations (${context.spec.limits.maxIterations}) reached: this call was not run.`;
  }
  return undefined;
}

/** The longest a timer can wait; one that is given more fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** How long to wait before the model is called again, in milliseconds. */
export function retryDelay(context: AgentContext, error: unknown): number {
  const { baseMs, maxMs } = context.spec.retry;
  const backOff = Math.min(maxMs, baseMs * 2 ** (context.attempt - 1));
  const asked = error instanceof ModelError ? (error.retryAfterMs ?? 0) : 0;
  return Math.min(LONGEST_TIMER_MS, asked > backOff ? asked : backOff);
}

export const freshDraft = (): Draft => ({ text: '', blocks: new Set() });

/** The code of an `error` event for anything that was thrown. */
export const codeOf = (error: unknown): string => (error instanceof GreenroomError ? error.code : 'harness');

export const noUsage: Usage = { inputTokens: 0, outputTokens: 0 };

export const isOutOfTokens = ({ spec, usage }: AgentContext): boolean =>
  spec.limits.maxTokens !== undefined && usage.inputTokens + usage.outputTokens >= spec.limits.maxTokens;

/** Whether a message that comes now would be seen before another turn. */
export const takesMessages = ({ spec, lastTurn, ending }: AgentContext): boolean =>
  spec.native && !lastTurn && ending === undefined;

export function outcomeOf(context: AgentContext): AgentOutcome {
  const { ending, text, usage } = context;
  return {
    status: ending?.status ?? 'failed',
    text,
    usage,
    ...(ending?.reason === undefined ? {} : { reason: ending.reason }),
  };
}

export function initialContext(input: AgentInput): AgentContext {
  const { saved } = input;
  return {
    ...input,
    messages: saved?.messages ?? input.spec.messages,
    inbox: saved?.inbox ?? [],
    opened: [],
    taken: 0,
    turns: saved?.turns ?? 0,
    attempt: 1,
    retryInMs: 0,
    lastTurn: saved?.lastTurn ?? false,
    draft: freshDraft(),
    text: saved?.text ?? '',
    usage: saved?.usage ?? noUsage,
    calls: saved?.calls ?? [],
    settled: saved?.settled ?? {},
    waiting: 0,
    seenCalls: saved?.seenCalls ?? new Set(),
    crews: 0,
    callCrews: [],
    hosting: false,
    ...(saved?.ending === undefined ? {} : { ending: saved.ending }),
  };
}

/** What an agent is made with, as far as it is data; recorded so that it can go on after a restart. */
export function setupOf({ identity, native, model, ownHarness, ...spec }: AgentSpec): AgentSetup {
  const { messages, tools, limits, retry, workspace, permissions } = spec;
  return {
    messages: [...messages],
    tools: tools.map(({ name }) => name),
    limits,
    retry,
    workspace,
    loop: native,
    ...(identity.parentId === undefined ? { permissions } : {}),
    ...(ownHarness === undefined ? {} : { harness: ownHarness }),
    ...(typeof model === 'object' ? { modelObject: true } : {}),
  };
}

/** What the model is asked this turn; without tools when the agent may not call any more. */
export function turnInput(context: AgentContext): ModelTurnInput {
  const { spec, messages, turns, draft, lastTurn } = context;
  const generation = context.saved?.generation ?? 0;
  return {
    harness: spec.harness,
    params: {
      messages,
      tools: lastTurn ? [] : spec.tools,
      permissions: spec.permissions,
      runId: spec.identity.id,
      ...(spec.identity.parentId === undefined ? {} : { parentId: spec.identity.parentId }),
      ...(spec.model === undefined ? {} : { model: spec.model }),
    },
    blockPrefix: `${spec.identity.id}/${generation === 0 ? '' : `r${generation}.`}t${turns}.${context.attempt}`,
    draft,
  };
}
