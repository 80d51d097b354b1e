/** The actions, guards, delays and actors that the agent chart names. */
import { and, assign, emit, enqueueActions, setup, stopChild } from 'xstate';
import { messageOf, ModelError } from '../errors.ts';
import type { HarnessEvent, Message, Usage } from '../events.ts';
import type { TurnResult } from '../harness/harness.ts';
import {
  addUsage,
  type AgentContext,
  type AgentEnding,
  type AgentInput,
  type AgentOutput,
  callInput,
  callOfActor,
  codeOf,
  crashedCall,
  type ExternalHarnessInput,
  isOutOfTokens,
  type ModelTurnInput,
  openCalls,
  openTurn,
  origin,
  outcomeOf,
  progressOf,
  retryDelay,
  settleCall,
  takeTurn,
} from './agent-context.ts';
import { modelName, setupOf, treeIdOf } from './agent-spec.ts';
import { notConfigured } from './not-configured.ts';
import type { AgentEvent } from './protocol.ts';
import type { ToolCallInput, ToolCallOutput } from './tool-call-context.ts';

/** XState's own events are not among the typed ones. */
export const fieldOf = (event: object, name: 'actorId' | 'error' | 'output'): unknown =>
  name in event ? Reflect.get(event, name) : undefined;
const actorIdOf = (event: object): string => String(fieldOf(event, 'actorId'));
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only children with an output that reach these actions are calls
const callOutputIn = (event: object): ToolCallOutput => fieldOf(event, 'output') as ToolCallOutput;

export const agentSetup = setup({
  types: {
    context: {} as AgentContext,
    events: {} as AgentEvent,
    input: {} as AgentInput,
    output: {} as AgentOutput,
    emitted: {} as HarnessEvent,
  },
  actors: {
    modelTurn: notConfigured.promise<TurnResult, ModelTurnInput>('modelTurn'),
    externalHarness: notConfigured.callback<ExternalHarnessInput>('externalHarness'),
    deadline: notConfigured.callback<{ ms: number }>('deadline'),
    toolCall: notConfigured.promise<ToolCallOutput, ToolCallInput>('toolCall'),
  },
  actions: {
    announceStart: enqueueActions(({ context: { spec, saved }, enqueue }) => {
      if (saved !== undefined) return; // announced before the restart
      const { identity } = spec;
      const model = modelName(spec.model);
      enqueue.emit({
        type: 'harness_start',
        ...origin({ spec } as AgentContext),
        name: identity.name,
        path: [...identity.path],
        depth: identity.path.length - 1,
        ...(model === undefined ? {} : { model }),
        setup: setupOf(spec),
      });
    }),
    setDeadline: enqueueActions(({ context, enqueue }) => {
      const ms = context.saved?.lifeLeftMs ?? context.spec.limits.maxDurationMs;
      if (ms !== undefined) enqueue.spawnChild('deadline', { id: 'deadline', input: { ms } });
    }),
    /** The model is called again, so readers must drop what the cut call had streamed. */
    discardCutTurn: enqueueActions(({ context, enqueue }) => {
      const blocks = context.saved?.cutBlocks ?? [];
      if (blocks.length === 0) return;
      const reason = 'the process ended while the model answered';
      enqueue.emit({
        type: 'turn_discarded',
        ...origin(context),
        blocks: [...blocks],
        attempt: 1,
        reason,
        retryInMs: 0,
      });
    }),
    takeMessage: enqueueActions(({ context, enqueue }, params: { message: Message }) => {
      enqueue.emit({ type: 'message', ...origin(context), message: params.message });
      enqueue.assign({ inbox: [...context.inbox, params.message] });
    }),
    openTurn: assign(({ context }) => openTurn(context)),
    takeTurn: assign(({ context }, params: { turn: TurnResult }) => takeTurn(context, params.turn)),
    announceUsage: emit(({ context }, params: { usage: Usage }) => ({
      type: 'usage' as const,
      ...origin(context),
      ...params.usage,
    })),
    /** After the usage: a crash in between calls the model again, and the usage stays counted. */
    announceTurn: emit(({ context }) => ({
      type: 'turn' as const,
      ...origin(context),
      number: context.turns,
      messages: [...context.opened, ...context.messages.slice(-1)],
      taken: context.taken,
    })),
    discardTurn: enqueueActions(({ context, self, enqueue }, params: { error: unknown }) => {
      const { attempt } = context;
      const retryInMs = retryDelay(context, params.error);
      const { blocks = [] } = progressOf(self) ?? {};
      if (blocks.length > 0) {
        const reason = messageOf(params.error);
        enqueue.emit({ type: 'turn_discarded', ...origin(context), blocks: [...blocks], attempt, reason, retryInMs });
      }
      enqueue.assign({ retryInMs, attempt: attempt + 1 });
    }),
    /** All calls of a turn are announced before the first is checked. */
    startCalls: enqueueActions(({ context, self, enqueue }) => {
      const open = openCalls(context);
      for (const { actorId, call } of open) {
        enqueue.spawnChild('toolCall', { id: actorId, input: callInput(context, call, self) });
      }
      for (const { actorId } of open) enqueue.sendTo(actorId, { type: 'check' as const });
    }),
    settleCall: assign(({ context, event }) => {
      const { settlement, fatal } = callOutputIn(event);
      const settled = settleCall(context, settlement);
      if (fatal === undefined || context.ending !== undefined) return settled;
      return { ...settled, ending: { status: 'failed' as const, reason: fatal } };
    }),
    settleCrashedCall: assign(({ context, event }) => {
      const call = callOfActor(context, actorIdOf(event));
      return call === undefined ? {} : settleCall(context, crashedCall(call, fieldOf(event, 'error')));
    }),
    reapCall: stopChild(({ event }) => actorIdOf(event)),
    addWaiting: assign(({ context }, params: { id: string }) => ({ waiting: [...context.waiting, params.id] })),
    removeWaiting: assign(({ context }, params: { id: string }) => ({
      waiting: context.waiting.filter((id) => id !== params.id),
    })),
    /** Does nothing; an application may provide its own, e.g. to ring a bell. */
    onAwaitingRelay: ({ context: _context }) => undefined,
    startHarness: enqueueActions(({ context: { spec, orchestrator }, enqueue }) => {
      enqueue.spawnChild('externalHarness', { id: 'harness', input: { spec, orchestrator } });
    }),
    addUsage: assign(({ context }, params: { usage: Usage }) => ({ usage: addUsage(context.usage, params.usage) })),
    endWith: assign(({ context }, params: AgentEnding) => ({ ending: context.ending ?? params })),
    /** Ends an agent whose model turn may be running: the outcome has the text streamed so far. */
    stopWith: assign(({ context, self }, params: AgentEnding) => ({
      text: progressOf(self)?.text || context.text,
      ending: context.ending ?? params,
    })),
    endWithHarness: assign(({ context }, params: { text: string; ending: AgentEnding }) => ({
      text: params.text || context.text,
      ending: context.ending ?? params.ending,
    })),
    announceError: emit(({ context }, params: { error: unknown }) => ({
      type: 'error' as const,
      ...origin(context),
      code: codeOf(params.error),
      message: messageOf(params.error),
    })),
    /** Only when something must stop first; otherwise the end itself follows at once. */
    announceStopping: enqueueActions(({ context, enqueue }) => {
      const { ending, saved, spec } = context;
      if (ending === undefined || saved?.isEndingKnown === true) return;
      if (!spec.loop || openCalls(context).length > 0)
        enqueue.emit({ type: 'stopping', ...origin(context), ...ending });
    }),
    stopWork: enqueueActions(({ context, enqueue }) => {
      const { ending, saved, spec } = context;
      if (saved?.ending !== undefined) return; // its calls were restored only to end
      const reason = ending?.reason ?? 'the agent was stopped';
      for (const { actorId } of openCalls(context)) enqueue.sendTo(actorId, { type: 'cancel' as const, reason });
      if (!spec.loop) enqueue.sendTo('harness', { type: 'harness.stop' as const, reason });
    }),
    announceEnd: enqueueActions(({ context, enqueue }) => {
      const { identity } = context.spec;
      enqueue.emit({ type: 'harness_end', ...origin(context), ...outcomeOf(context) });
      const agentId = identity.id;
      enqueue.sendTo(context.orchestrator, { type: 'agent.ended' as const, agentId, treeId: treeIdOf(identity) });
    }),
  },
  guards: {
    isRestored: ({ context }) => context.saved !== undefined,
    isExternal: ({ context }) => !context.spec.loop,
    wasEnding: ({ context }) => context.saved?.ending !== undefined,
    wasMidTurn: ({ context }) => context.saved?.midTurn === true,
    canRetry: ({ context }, params: { error: unknown }) =>
      params.error instanceof ModelError && params.error.retryable && context.attempt < context.spec.retry.maxAttempts,
    hasCalls: ({ context }) => context.calls.length > 0,
    hasQueuedMessages: ({ context }) => context.inbox.length > 0,
    isLastTurn: ({ context }) => context.lastTurn,
    isOutOfTokens: ({ context }) => isOutOfTokens(context),
    /** An agent that ended earlier would stop the actors of its calls. */
    callsAreSettled: ({ context }) => openCalls(context).length === 0,
    lastTurnIsOver: and(['callsAreSettled', 'isLastTurn']),
    tokensAreSpent: and(['callsAreSettled', 'isOutOfTokens']),
    nothingRuns: ({ context }) => context.spec.loop && openCalls(context).length === 0,
    isFatal: ({ event }) => callOutputIn(event).fatal !== undefined,
    nothingWaits: ({ context }) => context.waiting.length === 0,
  },
  delays: { backOff: ({ context }) => context.retryInMs },
});
