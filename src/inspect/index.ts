/** `greenroom/inspect`: shows a running system to Stately's viewer, and to whatever else speaks its protocol. */
export { createInspectServer, type InspectServer, type InspectServerOptions } from './inspect-server.ts';
export {
  createActorWatch,
  type ActorWatch,
  type ActorWatchOptions,
  type WatchedActor,
  type WatchedMove,
  type WatchedTransition,
} from './actor-watch.ts';
