/** The routes of agents: list, start, read, steer, stop. */
import { Hono } from 'hono';
import * as z from 'zod';
import { AgentSummary } from '../events.ts';
import { masked } from './masked.ts';
import { type Bound, checks, describes, Seq } from './openapi.ts';
import { Refusal } from './refusals.ts';
import { Done, KillRequest, Started, StartRequest, SteerRequest, Thread } from './schemas.ts';
import { agentOf, type ApiParts } from './served-team.ts';

/** Entries of a thread in one response. */
const MAX_PAGE = 2000;
const DEFAULT_PAGE = 500;

const Page = z.object({
  before: Seq.optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(DEFAULT_PAGE),
});

export function agentRoutes({ team, history }: ApiParts): Hono<Bound> {
  const { orchestrator } = team;
  return new Hono<Bound>()
    .get('/agents', describes('All agents, ended ones included', z.array(AgentSummary)), (c) =>
      c.json([...orchestrator.agents()]),
    )
    .post('/agents', describes('Starts agents', Started), checks('json', StartRequest), (c) => {
      if (team.start === undefined)
        throw new Refusal(403, 'forbidden', 'This server only shows a run. It cannot start agents.');
      return c.json({ agentIds: [...team.start(c.req.valid('json'))] });
    })
    .get('/agents/:id', describes('One agent', AgentSummary), (c) => c.json(agentOf(team, c.req.param('id'))))
    .get(
      '/agents/:id/events',
      describes('The last entries of an agent before entry `before`', Thread),
      checks('query', Page),
      async (c) => {
        const { before = Number.MAX_SAFE_INTEGER, limit } = c.req.valid('query');
        const { id } = agentOf(team, c.req.param('id'));
        const { entries, more } = await history.thread(id, { before, limit });
        return c.json({ entries: entries.map(masked), more });
      },
    )
    .post(
      '/agents/:id/messages',
      describes('Steers a running agent, which reads the message before its next turn', Done),
      checks('json', SteerRequest),
      (c) => c.json({ done: orchestrator.send(agentOf(team, c.req.param('id')).id, c.req.valid('json').message) }),
    )
    .post('/agents/:id/kill', describes('Stops an agent and its subagents', Done), checks('json', KillRequest), (c) => {
      const { id, state } = agentOf(team, c.req.param('id'));
      orchestrator.kill(id, c.req.valid('json').reason);
      return c.json({ done: state !== 'done' });
    })
    .post(
      '/cleanup',
      describes('Stops every agent and closes the team', Done),
      checks('json', z.strictObject({})),
      async (c) => {
        await orchestrator.cleanup();
        return c.json({ done: true });
      },
    );
}
