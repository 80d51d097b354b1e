/** `greenroom/client`: follows a served team and answers its questions, in browsers and in Node. */
export { createClient, type ClientOptions, type GreenroomClient } from './client.ts';
export type { Connection } from './follower.ts';
export { ClientError } from './requests.ts';
export { createReadModel, type ReadModel, type TeamView } from '../read-model/read-model.ts';
export { createTeam, type Team } from '../read-model/team.ts';
