/** `greenroom/client`: follows a served team and answers its questions, in browsers and in Node. */
export { createClient, type ClientOptions, type Connection, type GreenroomClient } from './client.ts';
export { ClientError } from './client-error.ts';
export { createReadModel, type ReadModel, type TeamView } from '../read-model/read-model.ts';
export { createTeam, type Team } from '../read-model/team.ts';
