/** Placeholders for the actors that a chart names. Each fails with the remedy in its message. */
import { type EventObject, fromCallback, fromPromise } from 'xstate';
import { GreenroomError } from '../errors.ts';
import type { HarnessEvent } from '../events.ts';

/** The error of a machine that was started without an implementation. */
export const notConfiguredError = (kind: 'actor' | 'action', name: string): GreenroomError =>
  new GreenroomError(
    'not_configured',
    `The ${kind} "${name}" has no implementation. Provide one: machine.provide({ ${kind}s: { ${name} } }); ` +
      'AgentOrchestrator does this for you.',
  );

export const notConfigured = {
  promise: <Output, Input>(name: string) =>
    fromPromise<Output, Input, HarnessEvent>(() => Promise.reject(notConfiguredError('actor', name))),
  callback: <Input, Received extends EventObject = EventObject>(name: string) =>
    fromCallback<Received, Input, HarnessEvent>(() => {
      throw notConfiguredError('actor', name);
    }),
};

export const isNotConfigured = (error: unknown): boolean =>
  error instanceof GreenroomError && error.code === 'not_configured';
