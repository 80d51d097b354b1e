/**
 * `snapshots$`: an RxJS merge of the snapshots of all agents and calls, as plain values. Actors are subscribed to only while
 * `snapshots$` has subscribers.
 */
import { defer, distinctUntilChanged, map, merge, mergeMap, Observable, share, Subject } from 'rxjs';
import type { AnyActorRef } from 'xstate';

/** A state value of XState: the name of a state, or the names of nested states by their parents. */
export type StateValue = string | { readonly [state: string]: StateValue };

/** The state of an agent or a call at one moment. */
export interface ActorSnapshot {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly agentId: string;
  /** The full id of the call; absent for an agent. */
  readonly callId?: string;
  /** The full id of the call that started the agent; absent for root agents. */
  readonly parentId?: string;
  readonly value: StateValue;
  readonly status: 'active' | 'done' | 'error' | 'stopped';
}

/** An agent or a call that lives. */
export interface Living extends Pick<ActorSnapshot, 'agentId' | 'callId' | 'parentId'> {
  readonly actor: AnyActorRef;
}

/** Actors are merged in groups of this size: a merge finds an ended source by a search through all of its sources. */
const GROUPS = 64;

export interface SnapshotMerge {
  readonly snapshots$: Observable<ActorSnapshot>;
  /** Announces an actor that is created. */
  born(living: Living): void;
  /** Completes `snapshots$`. */
  close(): void;
}

/** @param alive Lists the agents and calls that live now, agents before their calls. */
export function createSnapshotMerge(alive: () => Iterable<Living>, now: () => number): SnapshotMerge {
  const births = new Subject<Living>();
  let group = 0;
  const merged = defer(() => {
    const groups = Array.from({ length: GROUPS }, () => new Subject<Living>());
    const route = (living: Living) => groups[(group = (group + 1) % GROUPS)]?.next(living);
    return merge(
      ...groups.map((members) => members.pipe(mergeMap((living) => statesOf(living, now)))),
      new Observable<never>((subscriber) => {
        for (const living of alive()) route(living);
        return births.subscribe({
          next: route,
          complete: () => {
            for (const members of groups) members.complete();
            subscriber.complete();
          },
        });
      }),
    );
  });
  return {
    snapshots$: merged.pipe(afterTheStep(), share()),
    born: (living) => births.next(living),
    close: () => births.complete(),
  };
}

/** The states of one actor: the present one, then each that differs from the last. */
function statesOf({ actor, ...ids }: Living, now: () => number): Observable<ActorSnapshot> {
  return new Observable<Pick<ActorSnapshot, 'value' | 'status'>>((subscriber) => {
    let last: StateValue = 'unknown';
    const next = (snapshot: unknown) => {
      const { value = last, status } = stateIn(snapshot);
      last = value;
      subscriber.next({ value, status });
    };
    const present = presentState(actor);
    if (present !== undefined) next(present);
    const ended = (status: 'error' | 'stopped') => {
      subscriber.next({ value: last, status });
      subscriber.complete();
    };
    const subscription = actor.subscribe({
      next,
      error: () => ended('error'),
      complete: () => (stateIn(actor.getSnapshot()).status === 'done' ? subscriber.complete() : ended('stopped')),
    });
    return () => subscription.unsubscribe();
  }).pipe(
    distinctUntilChanged((one, other) => one.status === other.status && isSame(one.value, other.value)),
    map(({ value, status }) => ({ at: now(), ...ids, value: copyOf(value), status })),
  );
}

/** Delivers in a microtask of its own, so that a subscriber never runs inside an actor's step. */
function afterTheStep<T>() {
  return (source: Observable<T>): Observable<T> =>
    new Observable((subscriber) => {
      let queue: (() => void)[] = [];
      const later = (deliver: () => void) => {
        queue.push(deliver);
        if (queue.length > 1) return;
        queueMicrotask(() => {
          const ready = queue;
          queue = [];
          for (const act of ready) act();
        });
      };
      return source.subscribe({
        next: (value) => later(() => subscriber.next(value)),
        error: (error: unknown) => later(() => subscriber.error(error)),
        complete: () => later(() => subscriber.complete()),
      });
    });
}

/** `undefined` for an actor that is just being created: its first snapshot follows. */
function presentState(actor: AnyActorRef): unknown {
  try {
    const snapshot: unknown = actor.getSnapshot();
    return typeof snapshot === 'object' && snapshot !== null && 'value' in snapshot ? snapshot : undefined;
  } catch {
    return undefined; // XState throws while an actor is being created
  }
}

function stateIn(snapshot: unknown): { readonly value?: StateValue; readonly status: ActorSnapshot['status'] } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- agents and calls are machines
  return snapshot as { readonly value: StateValue; readonly status: ActorSnapshot['status'] };
}

function isSame(one: StateValue, other: StateValue): boolean {
  if (one === other) return true;
  if (typeof one === 'string' || typeof other === 'string') return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => {
      const [a, b] = [one[key], other[key]];
      return a !== undefined && b !== undefined && isSame(a, b);
    })
  );
}

const copyOf = (value: StateValue): StateValue =>
  typeof value === 'string'
    ? value
    : Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copyOf(part)]));
