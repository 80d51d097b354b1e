/** `greenroom/inspect`: a running system in Stately's viewer, or in any client of its protocol. */
export { createInspectServer, type InspectServer, type InspectServerOptions } from './inspect-server.ts';
export {
  createActorWatch,
  type ActorWatch,
  type ActorWatchOptions,
  type WatchedActor,
  type WatchedMove,
  type WatchedTransition,
} from './actor-watch.ts';
