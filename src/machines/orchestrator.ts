/**
 * The root: policy, shared allowlist, pending relays and limits. It is the only place where a permission is used up, so no two
 * agents can race for one.
 */
import { assign, emit, enqueueActions, setup } from 'xstate';
import { type HarnessEvent, ORCHESTRATOR_ID } from '../events.ts';
import type { Consumption } from '../permissions/coverage.ts';
import type { AgentInput, AgentOutput } from './agent-context.ts';
import type { AgentSpec } from './agent-spec.ts';
import { admit, endAgent, enrol, enrolRestored } from './agent-trees.ts';
import { returnUses } from './decide-in-context.ts';
import type { OrchestratorMachine } from './machine-types.ts';
import { isNotConfigured, notConfigured } from './not-configured.ts';
import {
  initialOrchestratorContext,
  type OrchestratorContext,
  type OrchestratorInput,
} from './orchestrator-context.ts';
import { answerRelay, orderQuestions, requestCall, revokeGrant, withdrawRelay } from './orchestrator-transitions.ts';
import type { AgentRequested, CallRequested, OrchestratorEvent, RelayAnswered } from './protocol.ts';
import type { SavedAgent } from './restored.ts';
import { crashedIn, createAgent, providedLogic } from './start-agent.ts';

const orchestratorSetup = setup({
  types: {
    context: {} as OrchestratorContext,
    events: {} as OrchestratorEvent,
    input: {} as OrchestratorInput,
    emitted: {} as HarnessEvent,
  },
  actors: { agent: notConfigured.promise<AgentOutput, AgentInput>('agent') },
  actions: {
    startAgent: enqueueActions(({ context, self, enqueue }, params: { spec: AgentSpec; saved?: SavedAgent }) => {
      const { spec, saved } = params;
      const input = { spec, orchestrator: self, ...(saved === undefined ? {} : { saved }) };
      const agent = createAgent(providedLogic(self, 'agent'), self, input);
      enqueue.assign({
        ...(saved === undefined ? enrol(context, spec) : enrolRestored(context, spec)),
        agents: context.agents.set(spec.identity.id, agent),
      });
      enqueue(() => agent.start());
    }),
    admitAgent: enqueueActions(({ context, enqueue }, event: AgentRequested) => {
      const { patch, messages } = admit(context, event);
      enqueue.assign(patch);
      for (const message of messages) enqueue.sendTo(message.to, message.event);
    }),
    refuseAgent: enqueueActions(({ enqueue }, { caller, spec }: AgentRequested) => {
      enqueue.sendTo(caller, {
        type: 'subagent.refused' as const,
        agentId: spec.identity.id,
        limit: 'closing',
        message: 'The orchestrator is closing, so no subagent was started.',
      });
    }),
    endAgent: assign(({ context }, params: { agentId: string; treeId: string }) =>
      endAgent(context, params.agentId, params.treeId),
    ),
    /** A crashed agent has not reported its end. An error of configuration ends the root: nothing can run. */
    endCrashedAgent: assign(({ context, event }) => {
      const error: unknown = 'error' in event ? event.error : undefined;
      if (isNotConfigured(error)) throw error;
      const agentId = crashedIn(context.agents);
      return agentId === undefined ? {} : endAgent(context, agentId, agentId);
    }),
    decideCall: enqueueActions(({ context, enqueue }, event: CallRequested) => {
      const { patch, messages } = requestCall(context, event);
      enqueue.assign(patch);
      for (const message of messages) enqueue.sendTo(message.to, message.event);
    }),
    withdrawRelay: assign(({ context }, params: { relayId: string }) => withdrawRelay(context, params.relayId)),
    returnUses: assign(({ context }, params: { receipt: Consumption }) => returnUses(context, params.receipt)),
    answerRelay: enqueueActions(({ context, enqueue }, event: RelayAnswered) => {
      const { patch, messages } = answerRelay(context, event);
      enqueue.assign(patch);
      for (const message of messages) enqueue.sendTo(message.to, message.event);
    }),
    revokeGrant: enqueueActions(({ context, enqueue }, params: { grantId: string; at: number }) => {
      const { patch, messages } = revokeGrant(context, params.grantId, params.at);
      enqueue.assign(patch);
      for (const message of messages) enqueue.sendTo(message.to, message.event);
    }),
    orderQuestions: assign(({ context }) => orderQuestions(context)),
    announceResumed: enqueueActions(({ context: { saved }, enqueue }) => {
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
      for (const agent of context.agents.values()) {
        enqueue.sendTo(agent, { type: 'kill' as const, reason: 'the orchestrator was cleaned up' });
      }
    }),
  },
  guards: { noAgentLives: ({ context }) => context.liveAgents === 0 },
});

/** The chart of the root actor. Bare, it has no agent machine: the first `agent.spawn` fails it with `not_configured`. */
export const orchestratorMachine: OrchestratorMachine = orchestratorSetup.createMachine({
  id: 'orchestrator',
  description: 'Policy, shared allowlist, pending relays, limits.',
  context: ({ input }) => initialOrchestratorContext(input),
  initial: 'open',
  on: {
    'agent.ended': { actions: { type: 'endAgent', params: ({ event }) => event } },
    'call.requested': { actions: { type: 'decideCall', params: ({ event }) => event } },
    'call.withdrawn': { actions: { type: 'withdrawRelay', params: ({ event }) => event } },
    'call.unstarted': { actions: { type: 'returnUses', params: ({ event }) => event } },
    'xstate.error.actor.agent': { actions: 'endCrashedAgent' },
  },
  states: {
    open: {
      description: 'Starts agents, decides calls, asks humans and takes their answers.',
      entry: 'announceResumed',
      on: {
        'agent.spawn': { actions: { type: 'startAgent', params: ({ event }) => ({ spec: event.spec }) } },
        'agent.restored': { actions: { type: 'startAgent', params: ({ event }) => event.restored } },
        'session.restored': { actions: 'orderQuestions' },
        'agent.requested': { actions: { type: 'admitAgent', params: ({ event }) => event } },
        'relay.answered': { actions: { type: 'answerRelay', params: ({ event }) => event } },
        'grant.revoked': {
          actions: [
            { type: 'announceRevocation', params: ({ event }) => event },
            { type: 'revokeGrant', params: ({ event }) => event },
          ],
        },
        close: 'closing',
      },
    },
    closing: {
      description: 'Every agent is killed; no new one starts.',
      entry: 'killAgents',
      always: { guard: 'noAgentLives', description: 'All agents have ended.', target: 'closed' },
      on: { 'agent.requested': { actions: { type: 'refuseAgent', params: ({ event }) => event } } },
    },
    closed: { description: 'No actor is left.', type: 'final' },
  },
  options: { maxIterations: 1000 },
});
