/**
 * One log line per decision, transition, spawn, relay and end, with agent id and path. Arguments, outputs and texts that
 * quote them are left out; what others wrote (an error, a reason) the logger redacts.
 */
import type { AnyActorRef, InspectionEvent } from 'xstate';
import type { DecidedBy, Envelope } from '../events.ts';
import type { Logger } from '../diagnostics/logger.ts';
import type { Team } from '../read-model/team.ts';

export interface LogInspectorOptions {
  readonly logger: Logger;
  readonly team: Team;
  readonly isAgent: (actor: AnyActorRef) => boolean;
}

/** Transitions, from XState's inspection. */
export function logTransitions({ logger, team, isAgent }: LogInspectorOptions): (event: InspectionEvent) => void {
  const states = new WeakMap<object, string>();
  return (event) => {
    if (event.type !== '@xstate.snapshot') return;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- inspection types it loosely; it is the actor itself
    const actor = event.actorRef as AnyActorRef;
    if (!isAgent(actor)) return;
    const state = stateText(event.snapshot);
    if (state === undefined || states.get(actor) === state) return;
    const from = states.get(actor);
    states.set(actor, state);
    logger.debug(
      { agentId: actor.id, path: team.agent(actor.id)?.path, from, to: state, on: event.event.type },
      'transition',
    );
  };
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
