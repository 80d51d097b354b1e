/** What the leaf actors of one orchestrator share: clock, ids, journal state. Looked up by actor system, so that machines are built once per process. */
import type { AnyActorRef } from 'xstate';
import { notConfiguredError } from '../machines/not-configured.ts';
import type { FileTime } from '../tools/file-time.ts';
import type { Clock } from './clock.ts';
import type { Pacer } from './pacer.ts';
import type { Scheduler } from './scheduler.ts';
import type { WorkTracker } from './work-tracker.ts';

type AnySystem = AnyActorRef['system'];

/** What the leaf actors of one orchestrator share. */
export interface Services {
  readonly clock: Clock;
  /** Makes unique ids for agents, relays and grants. */
  readonly ids: () => string;
  readonly tracker: WorkTracker;
  readonly pacer: Pacer;
  readonly fileTime: FileTime;
  /** The orchestrator's own files, which no rule lets an agent change; see `ownFiles`. */
  readonly own: readonly string[];
  /** False once the journal has failed: what is not recorded must not start. */
  readonly isRecording: () => boolean;
  readonly scheduler?: Scheduler;
  /** Told of every agent, call and leaf actor as it is created, before it runs. */
  readonly onBirth: (actor: AnyActorRef, birth: Birth) => void;
}

/** What an actor is, by its machine. */
export type Birth =
  | { readonly kind: 'agent'; readonly agentId: string; readonly parentId?: string }
  | { readonly kind: 'call'; readonly agentId: string; readonly callId: string; readonly parentId?: string }
  | { readonly kind: 'leaf' };

/** Finds the services of an actor's system. */
export type FindServices<S = Services> = (system: AnySystem) => S;

const servicesBySystem = new WeakMap<AnySystem, Services>();

/** Gives the actors of a system their services; call it before the root actor starts. */
export function registerServices(system: AnySystem, services: Services): void {
  servicesBySystem.set(system, services);
}

/** @throws GreenroomError `not_configured` in a system that no AgentOrchestrator made. */
export const servicesOf: FindServices = (system) => {
  const services = servicesBySystem.get(system);
  if (services === undefined) throw notConfiguredError('actor', 'services');
  return services;
};

/** The services of a system, if it has any: the pure functions of XState run machines in systems of their own. */
export const servicesIn = (system: AnySystem): Services | undefined => servicesBySystem.get(system);
