/** The routes under `/api`. Access is checked before them, in `site.ts`. */
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono } from 'hono';
import * as z from 'zod';
import { agentRoutes } from './agent-routes.ts';
import { machineRoutes } from './machine-routes.ts';
import { type Bound, checks, describes, describesOther, Seq } from './openapi.ts';
import { Refusal } from './refusals.ts';
import { relayRoutes } from './relay-routes.ts';
import { ModelOption, SessionInfo, TeamState } from './schemas.ts';
import type { ApiParts } from './served-team.ts';

export function createApi(parts: ApiParts): Hono<Bound> {
  return new Hono<Bound>()
    .route('/', sessionRoutes(parts))
    .route('/', agentRoutes(parts))
    .route('/', relayRoutes(parts))
    .route('/', machineRoutes(parts))
    .route('/', streamRoutes(parts));
}

/** What is served, and the state of the team. */
function sessionRoutes({ team, history, version }: ApiParts): Hono<Bound> {
  const models = [...(team.models ?? [])];
  return new Hono<Bound>()
    .get('/session', describes('What this server serves', SessionInfo), (c) =>
      c.json({
        version,
        workspace: team.workspace ?? process.cwd(),
        ...(team.journal === undefined ? {} : { journal: team.journal }),
        models,
        canSave: team.canSave === true,
      }),
    )
    .get('/models', describes('The models that a start request may name', z.array(ModelOption)), (c) => c.json(models))
    .get(
      '/state',
      describes(
        'The team now, or as of entry `at`. Folding the entries after its `seq` into it gives every later state',
        TeamState,
      ),
      checks('query', z.object({ at: Seq.optional() })),
      async (c) => {
        const { at } = c.req.valid('query');
        const state = at === undefined ? history.now() : await history.at(at);
        if (state !== undefined) return c.json(state);
        const problem = `The state as of entry ${at} is no longer kept. A journal on disk keeps the whole history.`;
        throw new Refusal(410, 'not_found', problem);
      },
    );
}

function streamRoutes({ history, streams }: ApiParts): Hono<Bound> {
  return new Hono<Bound>().get(
    '/events',
    describesOther(
      'The stream as Server-Sent Events: `data` is an Envelope, `id` its seq. It starts after `Last-Event-ID`, else after `since`, else now',
      'text/event-stream',
    ),
    checks('query', z.object({ since: Seq.optional() })),
    (c) => {
      if (c.req.method === 'HEAD') return c.body(null, 200, { 'content-type': 'text/event-stream' });
      const last = Seq.safeParse(c.req.header('last-event-id'));
      const since = last.success ? last.data : (c.req.valid('query').since ?? history.seq);
      streams.open({ response: c.env.outgoing, since, isReturning: last.success });
      return RESPONSE_ALREADY_SENT;
    },
  );
}
