/** Reports actors as they are created. An actor's listeners are attached before it runs, so they miss nothing that it emits. */
import type { AnyActorLogic, AnyActorScope, AnyActorRef } from 'xstate';
import { type Birth, servicesIn } from './services.ts';

/**
 * The same logic; every actor made from it is reported first. XState calls `getInitialSnapshot` in the constructor of every
 * actor, also of one that is done or fails in its first step, which `start` does not see.
 */
export function reportingBirths<L extends AnyActorLogic>(logic: L, birthOf: (input: unknown) => Birth = leaf): L {
  const reporting = {
    getInitialSnapshot(this: L, scope: AnyActorScope, input: unknown): unknown {
      servicesIn(scope.system)?.onBirth(scope.self as AnyActorRef, birthOf(input));
      return logic.getInitialSnapshot.call(this, scope, input);
    },
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same logic with one method of the same signature
  return Object.assign(Object.create(logic) as object, reporting) as L;
}

const leaf = (): Birth => ({ kind: 'leaf' });
