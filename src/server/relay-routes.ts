/** The routes of questions and grants: list, answer, revoke. */
import { Hono } from 'hono';
import * as z from 'zod';
import { Grant, PendingRelay, RelayAnswer } from '../events.ts';
import { GreenroomError } from '../index.ts';
import { hasHidden } from '../text/hidden.ts';
import { visibleJson } from '../text/visible.ts';
import { type Bound, checks, describes } from './openapi.ts';
import { AnswerResult, Done, GroupAnswer } from './schemas.ts';
import { type ApiParts, DEFAULT_AUTHOR, relayOf, type ServedTeam } from './served-team.ts';

const MAX_NAME = 100;
const NOT_TAKEN = 'Another answer was first, the agent has ended, or the edited arguments do not fit the tool.';

export function relayRoutes({ team }: ApiParts): Hono<Bound> {
  const { orchestrator } = team;
  return new Hono<Bound>()
    .get('/relays', describes('Waiting questions, oldest first', z.array(PendingRelay)), (c) =>
      c.json([...orchestrator.getPendingRelays()]),
    )
    .get('/relays/:id', describes('One waiting question', PendingRelay), (c) =>
      c.json(relayOf(team, c.req.param('id'))),
    )
    .post(
      '/relays/answers',
      describes('Answers several questions, each with its own result', z.array(AnswerResult)),
      checks('json', GroupAnswer),
      (c) => c.json(c.req.valid('json').answers.map(({ relayId, answer }) => answerOfGroup(team, relayId, answer))),
    )
    .post(
      '/relays/:id/answer',
      describes('Answers a question. The first answer wins', AnswerResult),
      checks('json', RelayAnswer),
      (c) => c.json(giveAnswer(team, c.req.param('id'), c.req.valid('json'))),
    )
    .get('/grants', describes('Grants in force', z.array(Grant)), (c) => c.json([...orchestrator.grants.list()]))
    .post('/grants/:id/revoke', describes('Revokes a grant', Done), checks('json', z.strictObject({})), (c) =>
      c.json({ done: orchestrator.grants.revoke(c.req.param('id'), DEFAULT_AUTHOR) }),
    );
}

/** @throws GreenroomError `invalid_params` for an author's name that is not accepted. */
function giveAnswer({ orchestrator }: ServedTeam, relayId: string, answer: RelayAnswer): AnswerResult {
  const accepted = orchestrator.resolveRelay(relayId, { ...answer, by: authorOf(answer) });
  return { relayId, accepted, ...(accepted ? {} : { reason: NOT_TAKEN }) };
}

/** As `giveAnswer`, but a rejected name is the result of this answer and leaves the others alone. */
function answerOfGroup(team: ServedTeam, relayId: string, answer: RelayAnswer): AnswerResult {
  try {
    return giveAnswer(team, relayId, answer);
  } catch (error) {
    if (error instanceof GreenroomError && error.code === 'invalid_params')
      return { relayId, accepted: false, reason: error.message };
    throw error;
  }
}

function authorOf(answer: RelayAnswer): string {
  const by = (answer.by ?? DEFAULT_AUTHOR).trim();
  if (by !== '' && by.length <= MAX_NAME && !hasHidden(by)) return by;
  const problem = `by: ${visibleJson(by)} is not accepted as a name. Use 1 to ${MAX_NAME} visible characters.`;
  throw new GreenroomError('invalid_params', problem, { path: 'by' });
}
