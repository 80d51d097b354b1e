/**
 * One log line per decision, transition, spawn, relay and end, with agent id and path. Arguments, outputs and texts that
 * quote them are left out; what others wrote (an error, a reason) the logger redacts.
 */
import type { InspectionEvent } from 'xstate';
import type { DecidedBy, Envelope } from '../events.ts';
import type { Logger } from '../diagnostics/logger.ts';
import type { AgentContext } from '../machines/agent-context.ts';
import type { Team } from '../read-model/team.ts';

/** Logs the transitions of agents, from XState's inspection. */
export function logTransitions(logger: Logger, team: Team): (event: InspectionEvent) => void {
  const states = new WeakMap<object, string>();
  return ({ type, actorRef, ...event }) => {
    if (type !== '@xstate.snapshot' || !('snapshot' in event)) return;
    const agentId = agentIdIn(event.snapshot);
    const state = stateText(event.snapshot);
    const from = states.get(actorRef);
    if (agentId === undefined || state === undefined || from === state) return;
    states.set(actorRef, state);
    logger.debug({ agentId, path: team.agent(agentId)?.path, from, to: state, on: event.event.type }, 'transition');
  };
}

/** The id of the agent whose machine this snapshot is of; `undefined` for every other actor. */
function agentIdIn(snapshot: object): string | undefined {
  if (!('machine' in snapshot) || !('context' in snapshot)) return undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checked by the id of the machine
  const { machine, context } = snapshot as { machine: { id: string }; context: AgentContext };
  return machine.id === 'agent' ? context.spec.identity.id : undefined;
}

function stateText(snapshot: unknown): string | undefined {
  if (typeof snapshot !== 'object' || snapshot === null || !('value' in snapshot)) return undefined;
  return typeof snapshot.value === 'string' ? snapshot.value : JSON.stringify(snapshot.value);
}

/** The reason may quote the call's arguments; the rule, grant or relay is named by `id`. */
function withoutReason(decidedBy: DecidedBy | undefined) {
  if (decidedBy === undefined) return undefined;
  const { reason: _reason, ...rest } = decidedBy;
  return rest;
}

/** Spawns, decisions, relays and ends, from the stream itself. */
// oxlint-disable-next-line eslint/max-lines-per-function -- one line for each kind of entry
export function logEntries(logger: Logger, team: Team): (entry: Envelope) => void {
  return ({ seq, agentId, event }) => {
    const who = { seq, agentId, path: team.agent(agentId)?.path };
    switch (event.type) {
      case 'harness_start':
        return logger.info({ ...who, parentId: event.parentId, model: event.model }, 'spawn');
      case 'harness_end':
        return logger.info({ ...who, status: event.status, reason: event.reason, usage: event.usage }, 'end');
      case 'relay':
        return logger.info({ ...who, relayId: event.id, toolCallId: event.toolCallId, tool: event.tool }, 'relay');
      case 'relay_resolved':
        return logger.info(
          {
            ...who,
            relayId: event.relayId,
            approved: event.approved,
            by: event.by,
            grants: event.grants?.length ?? 0,
            waitedMs: event.waitedMs,
          },
          'relay resolved',
        );
      case 'tool_result':
        return logger.info(
          {
            ...who,
            toolCallId: event.id,
            tool: event.name,
            status: event.status,
            decidedBy: withoutReason(event.decidedBy),
          },
          'decision',
        );
      case 'turn_discarded':
        return logger.warn(
          { ...who, attempt: event.attempt, reason: event.reason, retryInMs: event.retryInMs },
          'turn discarded',
        );
      case 'error':
        return logger.error({ ...who, code: event.code, message: event.message }, 'error');
      case 'grant_revoked':
        return logger.info({ ...who, grantId: event.grantId, by: event.by }, 'grant revoked');
      case 'resumed':
        return logger.info({ ...who, count: event.count, parked: event.parked }, 'resumed');
      case 'text':
      case 'reasoning':
      case 'message':
      case 'turn':
      case 'stopping':
      case 'grant_used':
      case 'tool_call':
      case 'tool_effect':
      case 'tool_start':
      case 'tool_progress':
      case 'usage':
      case 'resync':
        return undefined;
      default:
        return event satisfies never;
    }
  };
}
