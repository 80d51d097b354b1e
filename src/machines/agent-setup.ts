/** The names that the agent chart speaks of, and what they do. */
import { and, assign, emit, enqueueActions, sendTo, setup } from 'xstate';
import { messageOf, ModelError } from '../errors.ts';
import type { AgentOutcome, HarnessEvent, Message, Usage } from '../events.ts';
import type { TurnResult } from '../harness/harness.ts';
import {
  addUsage,
  type AgentContext,
  type AgentInput,
  callsLimit,
  codeOf,
  type Ending,
  freshDraft,
  historyOf,
  type HostHarnessInput,
  isOutOfTokens,
  modelName,
  type ModelTurnInput,
  origin,
  outcomeOf,
  resultsOf,
  retryDelay,
  setupOf,
  textOf,
  uniqueCalls,
} from './agent-context.ts';
import { callHire, subagentHire } from './agent-hires.ts';
import { CREW_CAPACITY, createCrewMachine } from './crew.ts';
import { lastTurnText } from './model-texts.ts';
import { notConfigured, unprovidedRoles } from './not-configured.ts';
import type { AgentEvent, Settlement, SubagentRequest } from './protocol.ts';
import type { ReturningAgent } from './saved.ts';
import { childSpec } from './subagent.ts';

const actorIdOf = (event: { type: string }): string => event.type.replace(/^xstate\.(?:done|error)\.actor\./, '');

const isQuiet = ({ hosting, callCrews }: AgentContext): boolean => !hosting && callCrews.length === 0;

type Admitted = Omit<Extract<AgentEvent, { type: 'subagent.admitted' }>, 'type'>;

/** XState's error events are not among the typed ones. */
const errorIn = (event: object): unknown => ('error' in event ? event.error : undefined);

/** The setup of the agent machine; the chart itself is in agent.ts. */
export const agentSetup = setup({
  types: {
    context: {} as AgentContext,
    events: {} as AgentEvent,
    input: {} as AgentInput,
    output: {} as AgentOutcome,
    emitted: {} as HarnessEvent,
  },
  actors: {
    modelTurn: notConfigured.promise<TurnResult, ModelTurnInput>('modelTurn'),
    hostHarness: notConfigured.callback<HostHarnessInput>('hostHarness'),
    deadline: notConfigured.callback<{ ms: number }>('deadline'),
    crew: createCrewMachine(unprovidedRoles),
  },
  actions: {
    announceStart: enqueueActions(({ context, enqueue }) => {
      if (context.saved !== undefined) return; // it began before the restart
      const { identity } = context.spec;
      const model = modelName(context.spec.model);
      enqueue.emit({
        type: 'harness_start',
        ...origin(context),
        name: identity.name,
        path: [...identity.path],
        depth: identity.path.length - 1,
        ...(model === undefined ? {} : { model }),
        setup: setupOf(context.spec),
      });
    }),
    /** What its model had begun to say when the process ended is asked for again. */
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
    reportToCaller: enqueueActions(({ context, self, enqueue }) => {
      if (context.caller === undefined) return;
      enqueue.sendTo(context.caller, {
        type: 'subagent.started' as const,
        agentId: context.spec.identity.id,
        ref: self,
      });
    }),
    setDeadline: enqueueActions(({ context, enqueue }) => {
      const ms = context.saved?.lifeLeftMs ?? context.spec.limits.maxDurationMs;
      if (ms !== undefined) enqueue.spawnChild('deadline', { id: 'deadline', input: { ms } });
    }),
    takeMessage: enqueueActions(({ context, enqueue }, params: { message: Message }) => {
      enqueue.emit({ type: 'message', ...origin(context), message: params.message });
      enqueue.assign({ inbox: [...context.inbox, params.message] });
    }),
    openTurn: assign(({ context }) => {
      const lastTurn = context.turns >= context.spec.limits.maxIterations;
      const closing: Message[] = lastTurn ? [{ role: 'user', content: lastTurnText(context.turns) }] : [];
      const opened = [...context.inbox, ...closing];
      return {
        messages: [...context.messages, ...opened],
        inbox: [],
        opened,
        taken: context.inbox.length,
        turns: context.turns + 1,
        attempt: 1,
        lastTurn,
      };
    }),
    openDraft: assign(() => ({ draft: freshDraft() })),
    keepTurn: assign(({ context }, params: { turn: TurnResult }) => {
      const { calls, seen } = uniqueCalls(context, params.turn);
      return {
        messages: [...context.messages, historyOf(params.turn, calls)],
        usage: addUsage(context.usage, params.turn.usage),
        text: textOf(params.turn) || context.text,
        draft: freshDraft(),
        calls,
        seenCalls: seen,
        settled: {},
        waiting: 0,
      };
    }),
    /** After what it used: a crash in between asks the model again, and what was used stays counted. */
    announceTurn: emit(({ context }) => ({
      type: 'turn' as const,
      ...origin(context),
      number: context.turns,
      messages: [...context.opened, ...context.messages.slice(-1)],
      taken: context.taken,
    })),
    announceUsage: emit(({ context }, params: { usage: Usage }) => ({
      type: 'usage' as const,
      ...origin(context),
      ...params.usage,
    })),
    discardTurn: enqueueActions(({ context, enqueue }, params: { error: unknown }) => {
      const retryInMs = retryDelay(context, params.error);
      if (context.draft.blocks.size > 0) {
        enqueue.emit({
          type: 'turn_discarded',
          ...origin(context),
          blocks: [...context.draft.blocks],
          attempt: context.attempt,
          reason: messageOf(params.error),
          retryInMs,
        });
      }
      enqueue.assign({ retryInMs, attempt: context.attempt + 1 });
    }),
    hireCalls: enqueueActions(({ context, self, enqueue }) => {
      const limited = callsLimit(context);
      const callCrews: string[] = [];
      const open = context.calls.filter(({ id }) => !Object.hasOwn(context.settled, id));
      for (let from = 0; from < open.length; from += CREW_CAPACITY) {
        const hires = open
          .slice(from, from + CREW_CAPACITY)
          .map((call) => callHire({ call, agent: context, owner: self, limited }));
        const id = `calls-${context.crews + callCrews.length + 1}`;
        enqueue.spawnChild('crew', { id, input: { capacity: hires.length, hires } });
        callCrews.push(id);
      }
      enqueue.assign({ crews: context.crews + callCrews.length, callCrews });
    }),
    keepSettlement: assign(({ context }, params: { settlement: Settlement }) => ({
      settled: { ...context.settled, [params.settlement.id]: params.settlement },
    })),
    keepResults: assign(({ context }) => ({ messages: [...context.messages, ...resultsOf(context)], calls: [] })),
    countWaiting: assign(({ context }) => ({ waiting: context.waiting + 1 })),
    countResumed: assign(({ context }) => ({ waiting: context.waiting - 1 })),
    requestSubagent: sendTo(
      ({ context }) => context.orchestrator,
      ({ context, self }, params: { subagent: SubagentRequest }) => ({
        type: 'agent.requested' as const,
        spec: params.subagent.back?.spec ?? childSpec(context.spec, params.subagent),
        parent: self,
        caller: params.subagent.caller,
        ...(params.subagent.back === undefined ? {} : { back: params.subagent.back }),
      }),
    ),
    refuseSubagent: enqueueActions(({ enqueue }, params: { subagent: SubagentRequest }) => {
      enqueue.sendTo(params.subagent.caller, {
        type: 'subagent.refused' as const,
        agentId: params.subagent.agentId,
        limit: 'stopping',
        message: 'The agent that asked is stopping, so no subagent was started.',
      });
    }),
    dismissSubagent: enqueueActions(({ context, enqueue }, params: Admitted) => {
      const { id: agentId, lineage } = params.spec.identity;
      enqueue.sendTo(context.orchestrator, { type: 'agent.ended' as const, agentId, treeId: lineage[0] ?? agentId });
      const message = 'The agent that asked is stopping, so no subagent was started.';
      enqueue.sendTo(params.caller, { type: 'subagent.refused' as const, agentId, limit: 'stopping', message });
    }),
    hireSubagent: enqueueActions(({ context, enqueue }, params: Admitted) => {
      const { spec, caller, back } = params;
      const hire = subagentHire({ spec, caller, saved: back?.saved, orchestrator: context.orchestrator });
      const open = context.subagentCrew;
      if (open !== undefined && open.hired < CREW_CAPACITY) {
        enqueue.sendTo(open.id, { type: 'hire' as const, hires: [hire] });
        enqueue.assign({ subagentCrew: { id: open.id, hired: open.hired + 1 } });
        return;
      }
      const id = `subagents-${context.crews + 1}`;
      enqueue.spawnChild('crew', { id, input: { capacity: CREW_CAPACITY, hires: [hire] } });
      enqueue.assign({ crews: context.crews + 1, subagentCrew: { id, hired: 1 } });
    }),
    reapCrew: enqueueActions(({ context, event, enqueue }) => {
      const id = actorIdOf(event);
      enqueue.stopChild(id);
      enqueue.assign({
        callCrews: context.callCrews.filter((crew) => crew !== id),
        subagentCrew: context.subagentCrew?.id === id ? undefined : context.subagentCrew,
      });
    }),
    /** Where nothing is left to be stopped, the end itself follows at once. */
    announceStopping: enqueueActions(({ context, enqueue }) => {
      const { ending, saved } = context;
      if (ending === undefined || saved?.isEndingKnown === true || isQuiet(context)) return;
      enqueue.emit({ type: 'stopping', ...origin(context), ...ending });
    }),
    cancelCalls: enqueueActions(({ context, enqueue }) => {
      if (context.saved?.ending !== undefined) return; // they came back to end
      const reason = context.ending?.reason ?? 'the agent was stopped';
      for (const crew of context.callCrews) {
        enqueue.sendTo(crew, { type: 'broadcast' as const, event: { type: 'cancel' as const, reason } });
      }
      if (context.hosting) enqueue.sendTo('host', { type: 'host.stop' as const, reason });
    }),
    hireHost: enqueueActions(({ context, enqueue }) => {
      const { spec, orchestrator, draft } = context;
      enqueue.spawnChild('hostHarness', { id: 'host', input: { spec, orchestrator, draft } });
      enqueue.assign({ hosting: true });
    }),
    reapHost: enqueueActions(({ enqueue }) => {
      enqueue.stopChild('host');
      enqueue.assign({ hosting: false });
    }),
    endWith: assign(({ context }, params: Ending) => ({ ending: context.ending ?? params })),
    keepPartialText: assign(({ context }) => ({ text: context.draft.text || context.text })),
    keepHostText: assign(({ context }, params: { text: string }) => ({ text: params.text || context.text })),
    keepHostUsage: assign(({ context }, params: Usage) => ({ usage: addUsage(context.usage, params) })),
    announceError: emit(({ context }, params: { code: string; error: unknown }) => ({
      type: 'error' as const,
      ...origin(context),
      code: params.code,
      message: messageOf(params.error),
    })),
    announceCrash: emit(({ context, event }) => ({
      type: 'error' as const,
      ...origin(context),
      code: codeOf(errorIn(event)),
      message: messageOf(errorIn(event)),
    })),
    endCrashed: assign(({ context, event }) => ({
      ending: context.ending ?? { status: 'failed' as const, reason: messageOf(errorIn(event)) },
    })),
    announceEnd: enqueueActions(({ context, enqueue }) => {
      const outcome = outcomeOf(context);
      const { identity } = context.spec;
      enqueue.emit({ type: 'harness_end', ...origin(context), ...outcome });
      enqueue.sendTo(context.orchestrator, {
        type: 'agent.ended' as const,
        agentId: identity.id,
        treeId: identity.lineage[0] ?? identity.id,
      });
    }),
  },
  guards: {
    isNative: ({ context }) => context.spec.native,
    cameBackEnding: ({ context }) => context.saved?.ending !== undefined,
    cameBackMidTurn: ({ context }) => context.saved?.midTurn === true,
    isComingBack: (_, params: { back: ReturningAgent | undefined }) => params.back !== undefined,
    canRetry: ({ context }, params: { error: unknown }) =>
      params.error instanceof ModelError && params.error.retryable && context.attempt < context.spec.retry.maxAttempts,
    hasCalls: ({ context }) => context.calls.length > 0,
    hasMail: ({ context }) => context.inbox.length > 0,
    isLastTurn: ({ context }) => context.lastTurn,
    isOutOfTokens: ({ context }) => isOutOfTokens(context),
    /** No call lives any more: an agent that ended earlier would stop actors that are about to end by themselves. */
    isQuiet: ({ context }) => isQuiet(context),
    wasLastTurn: and(['isQuiet', 'isLastTurn']),
    isSpent: and(['isQuiet', 'isOutOfTokens']),
    isEnding: ({ context }) => context.ending !== undefined,
    isFatal: (_, params: { fatal: string | undefined }) => params.fatal !== undefined,
    isStillWaiting: ({ context }) => context.waiting > 1,
  },
  delays: { backOff: ({ context }) => context.retryInMs },
});
