/**
 * The root: it holds the policy, the shared allowlist and the questions that wait, admits agents within their limits,
 * and is the only place where a permission is decided or used up, so no two agents can race for one.
 */
import { assign, emit, enqueueActions, setup } from 'xstate';
import { type HarnessEvent, ORCHESTRATOR_ID } from '../events.ts';
import type { Consumption } from '../permissions/coverage.ts';
import { rootHire } from './agent-hires.ts';
import { CREW_CAPACITY, createCrewMachine } from './crew.ts';
import { giveBack } from './decide-in-context.ts';
import { unprovidedRoles } from './not-configured.ts';
import type { AgentRequested, AgentSpec, CallRequested, OrchestratorEvent } from './protocol.ts';
import {
  answerRelay,
  openContext,
  orderQuestions,
  type OrchestratorContext,
  type OrchestratorInput,
  requestCall,
  revokeGrant,
  withdrawRelay,
} from './orchestrator-transitions.ts';
import type { SavedAgent } from './saved.ts';
import { admit, endAgent, enrol, recount } from './trees.ts';

type Answered = Extract<OrchestratorEvent, { type: 'relay.answered' }>;

export const orchestratorMachine = setup({
  types: {
    context: {} as OrchestratorContext,
    events: {} as OrchestratorEvent,
    input: {} as OrchestratorInput,
    emitted: {} as HarnessEvent,
  },
  actors: { crew: createCrewMachine(unprovidedRoles) },
  actions: {
    spawnAgent: enqueueActions(({ context, self, enqueue }, params: { spec: AgentSpec; saved?: SavedAgent }) => {
      const { spec, saved } = params;
      enqueue.assign(saved === undefined ? enrol(context, spec) : recount(context, spec));
      const hire = rootHire({ spec, orchestrator: self, saved });
      const open = context.openCrew;
      if (open !== undefined && open.hired < CREW_CAPACITY) {
        enqueue.sendTo(open.id, { type: 'hire' as const, hires: [hire] });
        enqueue.assign({ openCrew: { id: open.id, hired: open.hired + 1 } });
        return;
      }
      const id = `agents-${context.crews + 1}`;
      enqueue.spawnChild('crew', { id, input: { capacity: CREW_CAPACITY, hires: [hire] } });
      enqueue.assign({
        crews: context.crews + 1,
        openCrew: { id, hired: 1 },
        liveCrews: [...context.liveCrews, id],
      });
    }),
    admitAgent: enqueueActions(({ context, enqueue }, params: { event: AgentRequested }) => {
      const { patch, messages } = admit(context, params.event);
      enqueue.assign(patch);
      for (const { to, event } of messages) enqueue.sendTo(to, event);
    }),
    refuseAgent: enqueueActions(({ enqueue }, params: { event: AgentRequested }) => {
      enqueue.sendTo(params.event.caller, {
        type: 'subagent.refused' as const,
        agentId: params.event.spec.identity.id,
        limit: 'closing',
        message: 'The orchestrator is closing, so no subagent was started.',
      });
    }),
    endAgent: assign(({ context }, params: { agentId: string; treeId: string }) =>
      endAgent(context, params.agentId, params.treeId),
    ),
    decideCall: enqueueActions(({ context, enqueue }, params: { event: CallRequested }) => {
      const { patch, messages } = requestCall(context, params.event);
      enqueue.assign(patch);
      for (const { to, event } of messages) enqueue.sendTo(to, event);
    }),
    withdrawRelay: assign(({ context }, params: { relayId: string }) => withdrawRelay(context, params.relayId)),
    returnUses: assign(({ context }, params: { receipt: Consumption }) => giveBack(context, params.receipt)),
    answerRelay: enqueueActions(({ context, enqueue }, params: { event: Answered }) => {
      const { patch, messages } = answerRelay(context, params.event);
      enqueue.assign(patch);
      for (const { to, event } of messages) enqueue.sendTo(to, event);
    }),
    revokeGrant: enqueueActions(({ context, enqueue }, params: { grantId: string; at: number }) => {
      const { patch, messages } = revokeGrant(context, params.grantId, params.at);
      enqueue.assign(patch);
      for (const { to, event } of messages) enqueue.sendTo(to, event);
    }),
    orderQuestions: assign(({ context }) => orderQuestions(context)),
    announceReturn: enqueueActions(({ context: { saved }, enqueue }) => {
      if (saved === undefined) return;
      const { count, parked } = saved;
      enqueue.emit({ type: 'resumed', runId: ORCHESTRATOR_ID, count, parked: parked.map((agent) => ({ ...agent })) });
    }),
    announceRevocation: emit((_, params: { grantId: string; by: string }) => ({
      type: 'grant_revoked' as const,
      runId: ORCHESTRATOR_ID,
      grantId: params.grantId,
      by: params.by,
    })),
    killAgents: enqueueActions(({ context, enqueue }) => {
      for (const crew of context.liveCrews) {
        const event = { type: 'kill' as const, reason: 'the orchestrator was cleaned up' };
        enqueue.sendTo(crew, { type: 'broadcast' as const, event });
      }
    }),
    reapCrew: enqueueActions(({ context, event, enqueue }) => {
      const id = event.type.replace(/^xstate\.(?:done|error)\.actor\./, '');
      enqueue.stopChild(id);
      enqueue.assign({
        openCrew: context.openCrew?.id === id ? undefined : context.openCrew,
        liveCrews: context.liveCrews.filter((crew) => crew !== id),
      });
    }),
  },
  guards: { noAgentLives: ({ context }) => context.liveAgents === 0 },
}).createMachine({
  id: 'orchestrator',
  description: 'Policy, shared allowlist, waiting questions, limits.',
  context: ({ input }) => openContext(input),
  initial: 'open',
  on: {
    'agent.ended': {
      actions: { type: 'endAgent', params: ({ event }) => ({ agentId: event.agentId, treeId: event.treeId }) },
    },
    'call.requested': { actions: { type: 'decideCall', params: ({ event }) => ({ event }) } },
    'call.withdrawn': { actions: { type: 'withdrawRelay', params: ({ event }) => ({ relayId: event.relayId }) } },
    'call.unstarted': { actions: { type: 'returnUses', params: ({ event }) => ({ receipt: event.receipt }) } },
    'xstate.done.actor.*': { actions: 'reapCrew' },
    'xstate.error.actor.*': { actions: 'reapCrew' },
  },
  states: {
    open: {
      description: 'Takes agents, decides calls, asks and hears humans.',
      entry: 'announceReturn',
      on: {
        'agent.spawn': { actions: { type: 'spawnAgent', params: ({ event }) => ({ spec: event.spec }) } },
        'agent.returned': { actions: { type: 'spawnAgent', params: ({ event }) => event.back } },
        'all.returned': { actions: 'orderQuestions' },
        'agent.requested': { actions: { type: 'admitAgent', params: ({ event }) => ({ event }) } },
        'relay.answered': { actions: { type: 'answerRelay', params: ({ event }) => ({ event }) } },
        'grant.revoked': {
          actions: [
            { type: 'announceRevocation', params: ({ event }) => ({ grantId: event.grantId, by: event.by }) },
            { type: 'revokeGrant', params: ({ event }) => ({ grantId: event.grantId, at: event.at }) },
          ],
        },
        close: 'closing',
      },
    },
    closing: {
      description: 'Every agent is killed; nothing new comes in.',
      entry: 'killAgents',
      always: { guard: 'noAgentLives', target: 'closed' },
      on: { 'agent.requested': { actions: { type: 'refuseAgent', params: ({ event }) => ({ event }) } } },
    },
    closed: { description: 'Nothing lives any more.', type: 'final' },
  },
  options: { maxIterations: 1000 },
});
