/** Stand-ins for the leaf actors: a machine that runs with one fails with the remedy in the message. */
import { type EventObject, fromCallback, fromPromise } from 'xstate';
import { GreenroomError } from '../errors.ts';
import type { HarnessEvent } from '../events.ts';

const remedy = (name: string) =>
  new GreenroomError(
    'not_configured',
    `The actor "${name}" has no implementation. Give it one: machine.provide({ actors: { ${name} } }); ` +
      'AgentOrchestrator does this for you.',
  );

export const notConfigured = {
  promise: <Output, Input>(name: string) =>
    fromPromise<Output, Input, HarnessEvent>(() => Promise.reject(remedy(name))),
  callback: <Input, Received extends EventObject = EventObject>(name: string) =>
    fromCallback<Received, Input, HarnessEvent>(() => {
      throw remedy(name);
    }),
};

/** Crew roles of a machine that nobody wired. */
export const unprovidedRoles = {
  agent: () => notConfigured.promise('agent'),
  toolCall: () => notConfigured.promise('toolCall'),
};
