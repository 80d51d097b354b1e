/** `greenroom/server`: a team of agents over HTTP, for the console, for programs, and for whoever is not at this terminal. */
export { createServer, type GreenroomServer, type ServerOptions } from './server.ts';
export type { ServedTeam } from './host.ts';
export type { Api } from './api.ts';
export {
  ActorState,
  AnswerResult,
  ApiError,
  GroupAnswer,
  KillRequest,
  ModelOption,
  SessionInfo,
  StartRequest,
  SteerRequest,
  TeamState,
  Thread,
} from './schemas.ts';
