/** The routes under `/api`: what can be asked of a team, and done to it. Who may ask is decided before. */
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { describeRoute, generateSpecs, resolver, validator } from 'hono-openapi';
import * as z from 'zod';
import { AgentSummary, Grant, PendingRelay, RelayAnswer } from '../events.ts';
import { type AgentOrchestrator, GreenroomError } from '../index.ts';
import { hasHidden } from '../text/hidden.ts';
import { chartNames, chartOf } from './chart-pictures.ts';
import { type EventLineOptions, sendEvents } from './event-lines.ts';
import type { History } from './history.ts';
import type { ServedTeam } from './host.ts';
import { masked } from './masked.ts';
import { misfit, Refusal } from './refusals.ts';
import {
  ActorState,
  AnswerResult,
  ApiError,
  Done,
  GroupAnswer,
  KillRequest,
  ModelOption,
  SessionInfo,
  StartRequest,
  Started,
  SteerRequest,
  TeamState,
  Thread,
} from './schemas.ts';
import type { Streams } from './streams.ts';

export interface ApiParts {
  readonly team: ServedTeam;
  readonly history: History;
  readonly streams: Streams;
  readonly lines: EventLineOptions;
  readonly version: string;
}

/** Whoever answers over the API without a name of his own. */
const ANSWERER = 'console';
const MAX_NAME = 100;

const Seq = z.coerce.number().int().nonnegative();

export type Api = ReturnType<typeof createApi>;

export function createApi({ team, history, streams, lines, version }: ApiParts) {
  const { orchestrator } = team;
  return new Hono<{ Bindings: HttpBindings }>()
    .get('/session', says('What is served', SessionInfo), (c) =>
      c.json({
        version,
        workspace: team.workspace ?? process.cwd(),
        ...(team.journal === undefined ? {} : { journal: team.journal }),
        models: [...(team.models ?? [])],
        canSave: team.canSave === true,
      }),
    )
    .get(
      '/state',
      says(
        'The team now, or as it was after entry `at`. Folding the entries after its `seq` gives what follows',
        TeamState,
      ),
      fits('query', z.object({ at: Seq.optional() })),
      async (c) => {
        const { at } = c.req.valid('query');
        const state = at === undefined ? history.now() : await history.at(at);
        if (state === undefined)
          throw new Refusal(
            410,
            'not_found',
            'What was then is not kept any more. A journal on disk keeps everything.',
          );
        return c.json(state);
      },
    )
    .get('/agents', says('All agents, ended ones included', z.array(AgentSummary)), (c) =>
      c.json([...orchestrator.agents()]),
    )
    .post('/agents', says('Starts agents', Started), fits('json', StartRequest), (c) => {
      if (team.start === undefined)
        throw new Refusal(403, 'forbidden', 'Nothing can be started here: this server only shows a run.');
      return c.json({ agentIds: [...team.start(c.req.valid('json'))] });
    })
    .get('/agents/:id', says('One agent', AgentSummary), (c) => c.json(agentOf(history, c.req.param('id'))))
    .get(
      '/agents/:id/events',
      says('The last entries of one agent, before `before`', Thread),
      fits('query', z.object({ before: Seq.optional(), limit: z.coerce.number().int().min(1).max(2000).default(500) })),
      async (c) => {
        const { before = Number.MAX_SAFE_INTEGER, limit } = c.req.valid('query');
        const { id } = agentOf(history, c.req.param('id'));
        const { entries, more } = await history.thread(id, { before, limit });
        return c.json({ entries: entries.map(masked), more });
      },
    )
    .post(
      '/agents/:id/messages',
      says('Steers a running agent: it sees the message before its next turn', Done),
      fits('json', SteerRequest),
      (c) => c.json({ done: orchestrator.send(agentOf(history, c.req.param('id')).id, c.req.valid('json').message) }),
    )
    .post('/agents/:id/kill', says('Cancels an agent and its subagents', Done), fits('json', KillRequest), (c) => {
      const { id, state } = agentOf(history, c.req.param('id'));
      orchestrator.kill(id, c.req.valid('json').reason);
      return c.json({ done: state !== 'done' });
    })
    .post('/cleanup', says('Ends every agent, for good', Done), fits('json', z.strictObject({})), async (c) => {
      await orchestrator.cleanup();
      return c.json({ done: true });
    })
    .get('/relays', says('Waiting questions, oldest first', z.array(PendingRelay)), (c) =>
      c.json(orchestrator.getPendingRelays()),
    )
    .get('/relays/:id', says('One waiting question', PendingRelay), (c) =>
      c.json(relayOf(orchestrator, c.req.param('id'))),
    )
    .post(
      '/relays/answers',
      says('Answers several questions, each with its own result', z.array(AnswerResult)),
      fits('json', GroupAnswer),
      (c) => c.json(c.req.valid('json').answers.map(({ relayId, answer }) => answerOne(orchestrator, relayId, answer))),
    )
    .post(
      '/relays/:id/answer',
      says('Answers a question. The first answer counts', AnswerResult),
      fits('json', RelayAnswer),
      (c) => {
        const result = orchestrator.resolveRelay(c.req.param('id'), signed(c.req.valid('json')));
        return c.json({ relayId: c.req.param('id'), accepted: result, ...(result ? {} : { reason: TOO_LATE }) });
      },
    )
    .get('/grants', says('Standing permissions in force', z.array(Grant)), (c) =>
      c.json([...orchestrator.grants.list()]),
    )
    .post('/grants/:id/revoke', says('Takes a standing permission back', Done), fits('json', z.strictObject({})), (c) =>
      c.json({ done: orchestrator.grants.revoke(c.req.param('id'), ANSWERER) }),
    )
    .get('/models', says('The models that a start may name', z.array(ModelOption)), (c) =>
      c.json([...(team.models ?? [])]),
    )
    .get('/charts', says('The machines there are pictures of', z.array(z.string())), (c) => c.json([...chartNames]))
    .get(
      '/charts/:machine',
      describeRoute({ summary: 'A machine as SVG', responses: { 200: { description: 'The picture' } } }),
      async (c) => {
        const picture = await chartOf(c.req.param('machine'));
        if (picture === undefined)
          throw new Refusal(404, 'not_found', `There is no such machine. There are: ${chartNames.join(', ')}.`);
        return c.body(picture, 200, { 'content-type': 'image/svg+xml; charset=utf-8' });
      },
    )
    .get('/actors/:id{.+}', says('The machine of an agent or a call, and the state it is in', ActorState), (c) => {
      const state = team.actors?.state(c.req.param('id'));
      if (state === undefined)
        throw new Refusal(404, 'not_found', 'No such actor was seen here: it ended long ago, or in an earlier run.');
      return c.json(state);
    })
    .get(
      '/events',
      describeRoute({
        summary:
          'The stream as Server-Sent Events: `data` is an Envelope, `id` its seq. Starts after `Last-Event-ID` or `since`; without them, with what comes next',
        responses: {
          200: { description: 'Entries', content: { 'text/event-stream': { schema: { type: 'string' } } } },
        },
      }),
      fits('query', z.object({ since: Seq.optional() })),
      (c) => {
        if (c.req.method === 'HEAD') return c.body(null, 200, { 'content-type': 'text/event-stream' });
        const last = Seq.safeParse(c.req.header('last-event-id'));
        const since = last.success ? last.data : (c.req.valid('query').since ?? history.seq);
        const { outgoing } = c.env;
        streams.run(() =>
          sendEvents(lines, { response: outgoing, since, isBack: last.success, signal: streams.signal }),
        );
        return RESPONSE_ALREADY_SENT;
      },
    );
}

const TOO_LATE = 'It was answered by somebody else, or its agent ended; or what you wrote does not fit the tool.';

function answerOne(orchestrator: AgentOrchestrator, relayId: string, answer: RelayAnswer): AnswerResult {
  try {
    const accepted = orchestrator.resolveRelay(relayId, signed(answer));
    return { relayId, accepted, ...(accepted ? {} : { reason: TOO_LATE }) };
  } catch (error) {
    if (error instanceof GreenroomError && error.code === 'invalid_params')
      return { relayId, accepted: false, reason: error.message };
    throw error;
  }
}

/** @throws GreenroomError `invalid_params` for a name that hides something. */
function signed(answer: RelayAnswer): RelayAnswer {
  const by = (answer.by ?? ANSWERER).trim();
  if (by !== '' && by.length <= MAX_NAME && !hasHidden(by)) return { ...answer, by };
  const problem = `by: a name has 1 to ${MAX_NAME} characters, all of them visible. Take another one.`;
  throw new GreenroomError('invalid_params', problem, { path: 'by' });
}

function agentOf(history: History, id: string): AgentSummary {
  const agent = history.agent(id);
  if (agent === undefined) throw new Refusal(404, 'not_found', 'There is no agent of this id.');
  return agent;
}

function relayOf(orchestrator: AgentOrchestrator, id: string): PendingRelay {
  const relay = orchestrator.getPendingRelays().find((pending) => pending.id === id);
  if (relay === undefined)
    throw new Refusal(404, 'not_found', 'No question of this id waits: it was answered, or its agent ended.');
  return relay;
}

/** What a route gives, for the document and for people who read it. */
function says(summary: string, schema: z.ZodType) {
  const refusal = { description: 'Why not', content: { 'application/json': { schema: resolver(ApiError) } } };
  const given = { description: 'As asked', content: { 'application/json': { schema: resolver(schema) } } };
  return describeRoute({ summary, responses: { 200: given, '4XX': refusal, 500: refusal } });
}

/** Checks a part of the request. */
const fits = <T extends 'json' | 'query', S extends z.ZodType>(target: T, schema: S) =>
  validator(target, schema, (result, c) => (result.success ? undefined : misfit(result.error, c)));

/** The OpenAPI 3.1 document of the API, made from the schemas. */
export async function openApiOf(api: Hono<{ Bindings: HttpBindings }>, version: string): Promise<object> {
  const description =
    'A team of agents: what it does, and what is done to it. What changes something needs the header x-greenroom: 1.';
  return await generateSpecs(api, {
    documentation: {
      info: { title: 'Greenroom', version, description },
      servers: [{ url: '/api' }],
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'What the printed address holds behind #token=' },
        },
      },
      security: [{ token: [] }],
    },
  });
}
