/** The context of an agent, and the pure steps between its turns. */
import type { AnyActorRef } from 'xstate';
import { GreenroomError, messageOf, ModelError } from '../errors.ts';
import type { AgentOutcome, AssistantMessage, Message, Usage } from '../events.ts';
import type { Harness, InvokeParams, TurnResult } from '../harness/harness.ts';
import { type AgentSpec, originOf } from './agent-spec.ts';
import type { RequestedCall, Settlement } from './call-entities.ts';
import { lastTurnText } from './model-texts.ts';
import type { AgentEvent, OrchestratorEvent, Ref } from './protocol.ts';
import type { SavedAgent } from './restored.ts';
import type { ToolCallInput } from './tool-call-context.ts';

/** The input of an agent's actor. */
export interface AgentInput {
  readonly spec: AgentSpec;
  readonly orchestrator: Ref<OrchestratorEvent>;
  /** Set after a restart. */
  readonly saved?: SavedAgent;
}

/** The input of the actor `modelTurn`. */
export interface ModelTurnInput {
  readonly harness: Harness;
  readonly params: Omit<InvokeParams, 'signal'>;
  /** Makes block ids unique over turns. */
  readonly blockPrefix: string;
}

/** The input of the actor `externalHarness`. */
export interface ExternalHarnessInput {
  readonly spec: AgentSpec;
  readonly orchestrator: Ref<OrchestratorEvent>;
}

/** What an unfinished model turn has streamed: its text, and the ids of its blocks. */
export interface TurnProgress {
  readonly text: string;
  readonly blocks: readonly string[];
}

/** How an agent is about to end. */
export type AgentEnding = Pick<AgentOutcome, 'status' | 'reason'>;

/** The output of an agent's actor. */
export interface AgentOutput extends AgentOutcome {
  readonly agentId: string;
}

/** The context of an agent: plain data and references to actors. */
export interface AgentContext extends AgentInput {
  readonly messages: readonly Message[];
  /** Sent to the agent while a turn ran; the model sees them before the next. */
  readonly inbox: readonly Message[];
  /** The messages that this turn added to the history when it began; the first `taken` of them had been sent to the agent. */
  readonly opened: readonly Message[];
  readonly taken: number;
  readonly turns: number;
  readonly attempt: number;
  readonly retryInMs: number;
  /** True in the turn without tools that closes an agent whose turns are used up. */
  readonly lastTurn: boolean;
  readonly text: string;
  readonly usage: Usage;
  /** The calls of this turn in request order, and how the settled ones ended, by full id. */
  readonly calls: readonly RequestedCall[];
  readonly settled: Readonly<Record<string, Settlement>>;
  /** Ids of the calls (or relays of an external harness) that wait for a human. */
  readonly waiting: readonly string[];
  readonly seenCalls: ReadonlySet<string>;
  readonly ending?: AgentEnding;
}

/** The fields that every event of this agent carries. */
export const origin = ({ spec }: AgentInput) => originOf(spec.identity);

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

/** Gives every call an id that is new in this agent: providers repeat ids, or leave them out. */
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

/** The calls of an answer in the history, whose ids are unique already. */
export const callsOf = (agentId: string, { tool_calls: calls = [] }: AssistantMessage): RequestedCall[] =>
  calls.map(({ id: rawId, name, arguments: input }) => ({ id: `${agentId}/${rawId}`, rawId, name, input }));

/** The message of a turn for the history, with the unique ids of its calls. */
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

/** The results of the calls, in request order. */
export const resultsOf = ({ calls, settled }: Pick<AgentContext, 'calls' | 'settled'>): Message[] =>
  calls.map((call) => {
    const settlement = settled[call.id];
    const content = settlement?.output.context ?? '(no output)';
    const message = { role: 'tool' as const, tool_call_id: call.rawId, content };
    return settlement?.status === 'ok' ? message : { ...message, is_error: true };
  });

/** The limit that forbids the calls of this turn, as a sentence for the model. */
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

/** The longest delay of a timer; with a longer one it fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The wait before the model is called again, in milliseconds. */
export function retryDelay(context: AgentContext, error: unknown): number {
  const { baseMs, maxMs } = context.spec.retry;
  const backOff = Math.min(maxMs, baseMs * 2 ** (context.attempt - 1));
  const asked = error instanceof ModelError ? (error.retryAfterMs ?? 0) : 0;
  return Math.min(LONGEST_TIMER_MS, asked > backOff ? asked : backOff);
}

/** The code of an `error` event for a thrown value. */
export const codeOf = (error: unknown): string => (error instanceof GreenroomError ? error.code : 'harness');

export const noUsage: Usage = { inputTokens: 0, outputTokens: 0 };

export const isOutOfTokens = ({ spec, usage }: AgentContext): boolean =>
  spec.limits.maxTokens !== undefined && usage.inputTokens + usage.outputTokens >= spec.limits.maxTokens;

/** Whether another turn will see a message sent now. */
export const takesMessages = ({ spec, lastTurn, ending }: AgentContext): boolean =>
  spec.loop && !lastTurn && ending === undefined;

export function outcomeOf(context: AgentContext): AgentOutcome {
  const { ending, text, usage } = context;
  return {
    status: ending?.status ?? 'failed',
    text,
    usage,
    ...(ending?.reason === undefined ? {} : { reason: ending.reason }),
  };
}

export const outputOf = (context: AgentContext): AgentOutput => ({
  agentId: context.spec.identity.id,
  ...outcomeOf(context),
});

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
    text: saved?.text ?? '',
    usage: saved?.usage ?? noUsage,
    calls: saved?.calls ?? [],
    settled: saved?.settled ?? {},
    waiting: [],
    seenCalls: saved?.seenCalls ?? new Set(),
    ...(saved?.ending === undefined ? {} : { ending: saved.ending }),
  };
}

/** Begins a turn: the results of the last calls and the messages sent meanwhile join the history. */
export function openTurn(context: AgentContext): Partial<AgentContext> {
  const { messages, inbox, turns, spec } = context;
  const lastTurn = turns >= spec.limits.maxIterations;
  const closing: Message[] = lastTurn ? [{ role: 'user', content: lastTurnText(turns) }] : [];
  const opened = [...inbox, ...closing];
  return {
    messages: [...messages, ...resultsOf(context), ...opened],
    calls: [],
    inbox: [],
    opened,
    taken: inbox.length,
    turns: turns + 1,
    attempt: 1,
    lastTurn,
  };
}

/** Takes the answer of the model into the history. */
export function takeTurn(context: AgentContext, turn: TurnResult): Partial<AgentContext> {
  const { calls, seen } = uniqueCalls(context, turn);
  return {
    messages: [...context.messages, historyOf(turn, calls)],
    usage: addUsage(context.usage, turn.usage),
    text: textOf(turn) || context.text,
    calls,
    seenCalls: seen,
    settled: {},
  };
}

/** Keeps how a call ended; a settled call waits no longer. */
export function settleCall(context: AgentContext, settlement: Settlement): Partial<AgentContext> {
  const { settled, waiting } = context;
  const { id } = settlement;
  return {
    settled: { ...settled, [id]: settlement },
    ...(waiting.includes(id) ? { waiting: waiting.filter((one) => one !== id) } : {}),
  };
}

/** The calls that are not settled, with the ids of their actors. */
export const openCalls = ({
  calls,
  settled,
}: AgentContext): { readonly actorId: string; readonly call: RequestedCall }[] =>
  calls.flatMap((call, index) => (Object.hasOwn(settled, call.id) ? [] : [{ actorId: `call-${index}`, call }]));

/** The call of an actor id that `openCalls` gave out. */
export const callOfActor = ({ calls }: AgentContext, actorId: string): RequestedCall | undefined =>
  calls[Number(actorId.slice('call-'.length))];

/** The input of a call's actor. */
export function callInput(context: AgentContext, call: RequestedCall, owner: Ref<AgentEvent>): ToolCallInput {
  const { spec, orchestrator, saved } = context;
  const limited = callsLimit(context);
  const savedCall = saved?.savedCalls[call.id];
  return {
    call,
    spec,
    orchestrator,
    owner,
    ...(limited === undefined ? {} : { limited }),
    ...(savedCall === undefined ? {} : { saved: savedCall }),
  };
}

/** The settlement of a call whose actor crashed. */
export const crashedCall = ({ id, rawId, name }: RequestedCall, error: unknown): Settlement => ({
  id,
  rawId,
  name,
  status: 'unknown',
  output: {
    context: `This call failed inside the orchestrator (${messageOf(error)}), so its outcome is unknown. Check its effects before you repeat it.`,
  },
});

/** The ending of an agent that passed a limit. */
export const passedLimit = (
  { spec }: AgentContext,
  limit: 'maxIterations' | 'maxTokens' | 'maxDurationMs',
): AgentEnding => ({ status: 'limited', reason: `Limit ${limit} (${spec.limits[limit]}) reached.` });

/** What the running model turn has streamed, read from the snapshot of its actor; `undefined` when none runs. */
export function progressOf(agent: AnyActorRef): TurnProgress | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an agent's snapshot is a machine's; a pure step has none
  const { children } = agent.getSnapshot() as { readonly children?: Readonly<Record<string, AnyActorRef>> };
  const turn: unknown = children?.['turn']?.getSnapshot();
  if (typeof turn !== 'object' || turn === null || !('progress' in turn)) return undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only the model turn has this field
  return turn.progress as TurnProgress;
}

/** The input of a model turn; without tools when the agent may not call any more. */
export function turnInput(context: AgentContext): ModelTurnInput {
  const { spec, messages, turns, lastTurn } = context;
  const generation = context.saved?.generation ?? 0;
  return {
    harness: spec.harness,
    params: {
      messages,
      tools: lastTurn ? [] : spec.tools,
      permissions: spec.permissions,
      ...origin(context),
      ...(spec.model === undefined ? {} : { model: spec.model }),
    },
    blockPrefix: `${spec.identity.id}/${generation === 0 ? '' : `r${generation}.`}t${turns}.${context.attempt}`,
  };
}
