/** `greenroom/server`: serves a team over HTTP to the console, to clients, and to programs. */
export { createServer, type GreenroomServer, type ServerOptions } from './server.ts';
export type { ServedTeam } from './served-team.ts';
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
