/**
 * The signals of one actor: what it emits, and, for an agent, what its snapshots say about its end. Never errors: an
 * actor that fails is an `error` event and an end of that agent, and nothing more.
 */
import { Observable } from 'rxjs';
import type { AnyActorRef } from 'xstate';
import { messageOf } from '../errors.ts';
import { type HarnessEvent, ORCHESTRATOR_ID } from '../events.ts';

/** Tells an agent from other actors; the wiring knows how. */
export type IsAgent = (actor: AnyActorRef) => AgentOrigin | undefined;

export interface AgentOrigin {
  /** What events of this agent carry; asked only when one must be made for it. */
  origin(): { readonly runId: string; readonly parentId?: string };
}

export function signalsOf(actor: AnyActorRef, isAgent: IsAgent): Observable<HarnessEvent> {
  return new Observable((subscriber) => {
    const agent = isAgent(actor);
    let ended = false;
    const emitted = actor.on('*', (event) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our machines and leaf actors emit nothing else
      const signal = event as HarnessEvent;
      if (agent !== undefined && signal.type === 'harness_end') ended = true;
      subscriber.next(signal);
    });
    const end = (failure?: { readonly error: unknown }) => {
      if (agent !== undefined && !ended) {
        ended = true;
        const reason = failure === undefined ? 'the agent was stopped' : messageOf(failure.error);
        if (failure !== undefined)
          subscriber.next({ type: 'error', ...agent.origin(), code: 'internal', message: reason });
        subscriber.next({
          type: 'harness_end',
          ...agent.origin(),
          status: failure === undefined ? 'cancelled' : 'failed',
          reason,
        });
      }
      subscriber.complete();
    };
    const snapshots = actor.subscribe({ error: (error: unknown) => end({ error }), complete: () => end() });
    return () => {
      emitted.unsubscribe();
      snapshots.unsubscribe();
    };
  });
}

/** The agent an event belongs to. */
export const agentIdOf = (event: HarnessEvent): string => event.runId || ORCHESTRATOR_ID;
