/**
 * Every actor born in the system, as it is born: XState announces it to inspectors before the actor runs, so whoever
 * subscribes there misses nothing, not even what the first entry emits.
 */
import { type Observable, Subject } from 'rxjs';
import type { AnyActorRef, InspectionEvent } from 'xstate';

export interface Births {
  readonly births$: Observable<AnyActorRef>;
  /** Give this to `createActor(…, { inspect })`. */
  readonly inspect: (event: InspectionEvent) => void;
  end(): void;
}

export function createBirths(): Births {
  const births = new Subject<AnyActorRef>();
  return {
    births$: births.asObservable(),
    inspect(event) {
      if (event.type !== '@xstate.actor') return;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- inspection types it loosely; it is the actor itself
      births.next(event.actorRef as AnyActorRef);
    },
    end: () => births.complete(),
  };
}
