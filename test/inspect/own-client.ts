/** A viewer that speaks the protocol with its authors' own client. */
import { createWebSocketReceiver, type StatelyInspectionEvent } from '@statelyai/inspect';
import type { InspectionEvent } from 'xstate';

type ActorEvent = Extract<StatelyInspectionEvent, { type: '@xstate.actor' }>;

export interface OwnClient {
  /** All it was sent, in order. */
  readonly messages: StatelyInspectionEvent[];
  /** All registrations, in order. */
  registered(): ActorEvent[];
  /** By name; the last one of a name counts. */
  actors(): Map<string, ActorEvent>;
  /** The states of the actor of that name, its first one included, as texts; neighbours that are equal count once. */
  states(name: string): string[];
  /** Resolves as soon as that holds. */
  until(holds: () => boolean): Promise<void>;
}

export function ownClient(server: { readonly url: string }): OwnClient {
  const messages: StatelyInspectionEvent[] = [];
  const waiting = new Set<() => void>();
  createWebSocketReceiver({ server: server.url }).subscribe((message) => {
    messages.push(message);
    for (const look of waiting) look();
  });
  const registered = () => messages.filter((sent) => sent.type === '@xstate.actor');
  const actors = () => new Map(registered().map((sent) => [sent.name, sent]));
  return {
    messages,
    registered,
    actors,
    states(name) {
      const sessionId = actors().get(name)?.sessionId;
      const values = messages.flatMap((sent) =>
        sent.sessionId === sessionId && sent.type !== '@xstate.event' ? [stateText(sent.snapshot)] : [],
      );
      return values.filter((value, index) => value !== values[index - 1]);
    },
    until(holds) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const look = () => {
        if (!holds()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
      return promise;
    },
  };
}

const stateText = (snapshot: object): string => {
  const { value, status } = { value: undefined, status: undefined, ...snapshot };
  return value === undefined ? String(status) : typeof value === 'string' ? value : JSON.stringify(value);
};

/** Passes inspection on, and knows by itself which actors live. */
export function census(inspect: (event: InspectionEvent) => void) {
  const born = new Set<InspectionEvent['actorRef']>();
  return {
    inspect: (event: InspectionEvent) => {
      born.add(event.actorRef);
      inspect(event);
    },
    living: () => [...born].flatMap((ref) => (ref.getSnapshot().status === 'active' ? [ref.sessionId] : [])).toSorted(),
  };
}
