import { describe, expect, test } from 'vitest';
import { type AgentOrchestrator, call, type Envelope, type Script } from '../../src/index.ts';
import { createTeam } from '../../src/read-model/team.ts';
import { memoryJournal } from '../../src/journal/index.ts';
import { ApiError, TeamState, Thread } from '../../src/server/index.ts';
import { eventually } from '../support/processes.ts';
import { collect, relaysWaiting, until } from '../support/team.ts';
import { readEvents, serving } from './serving.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- tests compare any JSON
const json = async (response: Response | Promise<Response>): Promise<any> => await (await response).json();

async function* entriesOf(team: AgentOrchestrator, agentId: string) {
  for await (const entry of team.events({ live: true })) {
    if (entry.agentId === agentId) yield entry;
    if (entry.seq === team.lastSeq()) return;
  }
}

describe('agents', () => {
  test('are started, listed, shown, steered and ended', async () => {
    await using at = await serving();
    const { agentIds } = await json(at.post('/api/agents', { goal: 'hello', name: 'solo' }));
    const [id] = agentIds;
    await relaysWaiting(at.team, 1);
    expect(await json(at.ask('/api/agents'))).toEqual(at.team.agents());
    expect(await json(at.ask(`/api/agents/${id}`))).toMatchObject({ id, name: 'solo', state: 'awaitingRelay' });
    expect(await json(at.post(`/api/agents/${id}/messages`, { message: 'hurry' }))).toEqual({ done: true });
    expect(await json(at.post(`/api/agents/${id}/kill`, { reason: 'enough' }))).toEqual({ done: true });
    expect(await at.team.result(id)).toMatchObject({ status: 'cancelled', reason: 'enough' });
    expect(await json(at.post(`/api/agents/${id}/kill`, {}))).toEqual({ done: false });
    expect(await json(at.post(`/api/agents/${id}/messages`, { message: 'hurry' }))).toEqual({ done: false });
  });

  test('all end with cleanup, and nothing starts after it', async () => {
    await using at = await serving();
    await at.post('/api/agents', { goal: 'hello' });
    expect(await json(at.post('/api/cleanup', {}))).toEqual({ done: true });
    expect(at.team.agents()).toMatchObject([{ status: 'cancelled' }]);
    const late = await at.post('/api/agents', { goal: 'hello' });
    expect(late.status).toBe(409);
    expect(ApiError.parse(await late.json()).error.code).toBe('closed');
  });

  test('cannot be started through a server that only shows a run', async () => {
    await using at = await serving(undefined, { served: { start: undefined as never } });
    const response = await at.post('/api/agents', { goal: 'x' });
    expect(response.status).toBe(403);
  });

  test.each([
    ['no goal', '/api/agents', { goal: '  ' }, 400, 'goal'],
    ['an unknown field', '/api/agents', { goal: 'x', rights: 'all' }, 400, ''],
    ['an unknown agent', '/api/agents/nobody/kill', {}, 404, undefined],
    ['an answer of the wrong type', '/api/relays/x/answer', { approved: 'yes' }, 400, 'approved'],
    ['no answers', '/api/relays/answers', { answers: [] }, 400, 'answers'],
  ])('%s is refused, with the field and the remedy', async (_what, path, body, status, field) => {
    await using at = await serving();
    const response = await at.post(path, body);
    expect(response.status).toBe(status);
    const { error } = ApiError.parse(await response.json());
    expect(error.message).not.toBe('');
    if (field !== undefined && field !== '') expect(error.path).toBe(field);
  });
});

describe('questions', () => {
  test('are listed and answered; the first answer wins, and the second learns it', async () => {
    await using at = await serving();
    const { agentIds } = await json(at.post('/api/agents', { goal: 'hello' }));
    const [relay] = await relaysWaiting(at.team, 1);
    expect(await json(at.ask('/api/relays'))).toMatchObject([
      { id: relay?.id, tool: 'echo', params: { text: 'hello' } },
    ]);
    expect(await json(at.ask(`/api/relays/${relay?.id}`))).toMatchObject({ why: relay?.why });
    const answer = { approved: true, always: { scope: 'all' }, by: 'ann' };
    expect(await json(at.post(`/api/relays/${relay?.id}/answer`, answer))).toEqual({
      relayId: relay?.id,
      accepted: true,
    });
    expect(await json(at.post(`/api/relays/${relay?.id}/answer`, { approved: false }))).toMatchObject({
      accepted: false,
    });
    expect(await json(at.ask('/api/grants'))).toMatchObject([{ scope: 'all', by: 'ann' }]);
    await at.team.result(agentIds[0]);
    expect((await at.ask(`/api/relays/${relay?.id}`)).status).toBe(404);
  });

  test('are answered as a group, each with its own result', async () => {
    await using at = await serving();
    for (const goal of ['a', 'b', 'c']) await at.post('/api/agents', { goal });
    const relays = await relaysWaiting(at.team, 3);
    const [first, second, third] = relays.map(({ id }) => id);
    at.team.resolveRelay(second ?? '', { approved: false });
    const answers = [
      { relayId: first, answer: { approved: true } },
      { relayId: second, answer: { approved: true } },
      { relayId: third, answer: { approved: true, input: { text: 7 } } },
    ];
    expect(await json(at.post('/api/relays/answers', { answers }))).toEqual([
      { relayId: first, accepted: true },
      { relayId: second, accepted: false, reason: expect.stringContaining('Another answer was first') },
      { relayId: third, accepted: false, reason: expect.stringContaining('do not fit') },
    ]);
    expect(at.team.getPendingRelays()).toMatchObject([{ id: third }]);
  });

  test('edited arguments run as edited', async () => {
    await using at = await serving();
    await at.post('/api/agents', { goal: 'hello' });
    const [relay] = await relaysWaiting(at.team, 1);
    await at.post(`/api/relays/${relay?.id}/answer`, { approved: true, input: { text: 'edited' } });
    const { event } = await until(at.team, (entry) => entry.event.type === 'tool_result');
    expect(event).toMatchObject({ output: { result: { text: 'edited' } } });
  });

  test('are answered as a group also when one answer is rejected', async () => {
    await using at = await serving();
    for (const goal of ['a', 'b']) await at.post('/api/agents', { goal });
    const [first, second] = await relaysWaiting(at.team, 2);
    const answers = [
      { relayId: first?.id, answer: { approved: true } },
      { relayId: second?.id, answer: { approved: true, by: 'rule' } },
    ];
    expect(await json(at.post('/api/relays/answers', { answers }))).toMatchObject([
      { relayId: first?.id, accepted: true },
      { relayId: second?.id, accepted: false, reason: expect.stringContaining('Use another name') },
    ]);
  });

  test.each(['rule', 'grant', 'cancel', 'Rule ', ' ', 'ann\u202e', 'x'.repeat(101)])(
    'nobody answers as %j',
    async (by) => {
      await using at = await serving();
      await at.post('/api/agents', { goal: 'hello' });
      const [relay] = await relaysWaiting(at.team, 1);
      expect((await at.post(`/api/relays/${relay?.id}/answer`, { approved: true, by })).status).toBe(400);
      expect(at.team.getPendingRelays()).toHaveLength(1);
    },
  );

  test('a grant is revoked, once', async () => {
    await using at = await serving();
    await at.post('/api/agents', { goal: 'hello' });
    const [relay] = await relaysWaiting(at.team, 1);
    at.team.resolveRelay(relay?.id ?? '', { approved: true, always: true });
    const [grant] = at.team.grants.list();
    expect(await json(at.post(`/api/grants/${grant?.id}/revoke`, {}))).toEqual({ done: true });
    expect(await json(at.post(`/api/grants/${grant?.id}/revoke`, {}))).toEqual({ done: false });
    expect(await json(at.ask('/api/grants'))).toEqual([]);
  });
});

describe('the state', () => {
  /** Three agents: one answered yes, one always, one waiting. */
  async function played() {
    const at = await serving();
    for (const goal of ['a', 'b', 'c']) await at.post('/api/agents', { goal });
    const [first, second] = await relaysWaiting(at.team, 3);
    at.team.resolveRelay(first?.id ?? '', { approved: true });
    at.team.resolveRelay(second?.id ?? '', { approved: true, always: { scope: 'agent', uses: 3 } });
    await at.team.result(first?.agentId ?? '');
    await at.team.result(second?.agentId ?? '');
    return at;
  }

  test('as of any entry is the fold of the stream up to it, and folding the rest gives the current state', async () => {
    await using at = await played();
    const now = TeamState.parse(await json(at.ask('/api/state')));
    expect(now).toMatchObject({
      agents: [{ state: 'done' }, { state: 'done' }, { state: 'awaitingRelay' }],
      relays: [{}],
    });
    const entries: Envelope[] = [];
    for await (const entry of at.team.events({ live: true })) {
      entries.push(entry);
      if (entry.seq === now.seq) break;
    }
    for (let seq = 1; seq <= now.seq; seq += 7) {
      const early = TeamState.parse(await json(at.ask(`/api/state?at=${seq}`)));
      const fold = createTeam();
      for (const entry of entries.slice(0, seq)) fold.apply(entry);
      const { agents, relays, grants } = early;
      expect(early).toEqual({ seq, agents: fold.agents(), relays: fold.relays(), grants: fold.grants() });
      const onward = createTeam();
      onward.apply({
        seq,
        at: 0,
        agentId: 'orchestrator',
        event: { type: 'resync', runId: 'orchestrator', agents, relays, grants },
      });
      for (const entry of entries.slice(seq)) onward.apply(entry);
      expect([onward.agents(), onward.relays(), onward.grants()]).toEqual([now.agents, now.relays, now.grants]);
    }
  });

  test('is that of the orchestrator', async () => {
    await using at = await played();
    const { agents, relays } = TeamState.parse(await json(at.ask('/api/state')));
    expect(agents).toEqual(at.team.agents());
    expect(relays.map(({ id }) => id)).toEqual(at.team.getPendingRelays().map(({ id }) => id));
  });

  test('of an agent is its thread, in pages from the end', async () => {
    await using at = await played();
    const [first] = at.team.agents();
    const whole = Thread.parse(await json(at.ask(`/api/agents/${first?.id}/events`)));
    const own = await collect(entriesOf(at.team, first?.id ?? ''));
    expect(whole).toEqual({ entries: own, more: false });
    const end = Thread.parse(await json(at.ask(`/api/agents/${first?.id}/events?limit=3`)));
    expect(end).toEqual({ entries: own.slice(-3), more: true });
    const before = end.entries[0]?.seq;
    const page = Thread.parse(await json(at.ask(`/api/agents/${first?.id}/events?limit=3&before=${before}`)));
    expect(page.entries).toEqual(own.slice(-6, -3));
  });
});

describe('dropped entries', () => {
  test('give 410, and a thread shows the entries that are kept', async () => {
    const talk: Script = function* () {
      for (let turn = 0; turn < 8; turn += 1)
        yield { text: 'word '.repeat(500), calls: [call('echo', { text: `${turn}` })] };
      yield { text: 'done' };
    };
    await using at = await serving(talk, {
      options: { journal: memoryJournal({ maxEvents: 1000 }), permissions: { allowlist: [{ tool: 'echo' }] } },
    });
    const { agentIds } = await json(at.post('/api/agents', { goal: 'talk' }));
    await at.team.result(agentIds[0]);
    await eventually(async () => expect((await json(at.ask('/api/state'))).seq).toBe(at.team.lastSeq()));
    const gone = await at.ask('/api/state?at=500');
    expect(gone.status).toBe(410);
    expect(await json(at.ask(`/api/state?at=${at.team.lastSeq() - 5}`))).toMatchObject({
      seq: at.team.lastSeq() - 5,
      agents: [{}],
    });
    const { entries, more } = await json(at.ask(`/api/agents/${agentIds[0]}/events?limit=2000`));
    expect(more).toBe(true);
    expect(entries.length).toBeGreaterThan(500);
    expect(entries.at(-1)).toMatchObject({ seq: at.team.lastSeq(), event: { type: 'harness_end' } });
  });
});

describe('the session, the charts and the stream', () => {
  test('the session tells version, workspace, models and canSave', async () => {
    await using at = await serving(undefined, {
      served: { workspace: '/w', models: [{ id: 'm', title: 'M' }], canSave: true },
    });
    expect(await json(at.ask('/api/session'))).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      workspace: '/w',
      models: [{ id: 'm', title: 'M' }],
      canSave: true,
    });
    expect(await json(at.ask('/api/models'))).toEqual([{ id: 'm', title: 'M' }]);
  });

  test('charts are pictures of the machines', async () => {
    await using at = await serving();
    const names = await json(at.ask('/api/charts'));
    expect(names).toEqual(['orchestrator', 'agent', 'tool-call']);
    const picture = await at.ask('/api/charts/agent');
    expect(picture.headers.get('content-type')).toContain('image/svg+xml');
    expect(await picture.text()).toContain('data-state="running.modelTurn"');
    expect((await at.ask('/api/charts/nothing')).status).toBe(404);
    const part = await (await at.ask('/api/charts/agent?root=running&depth=1')).text();
    expect(part).toMatch(/data-state="running.modelTurn" class="[^"]*closed/);
    expect((await at.ask('/api/charts/agent?root=nowhere')).status).toBe(400);
    expect((await at.ask('/api/charts/agent?depth=0')).status).toBe(400);
  });

  test('the OpenAPI document names every route, made from the schemas', async () => {
    await using at = await serving();
    const document = await json(at.ask('/api/openapi.json'));
    expect(document).toMatchObject({ servers: [{ url: '/api' }], security: [{ token: [] }] });
    expect(document.openapi).toMatch(/^3\.1/);
    expect(Object.keys(document.paths).toSorted()).toEqual([
      '/actors/{id}',
      '/agents',
      '/agents/{id}',
      '/agents/{id}/events',
      '/agents/{id}/kill',
      '/agents/{id}/messages',
      '/charts',
      '/charts/{machine}',
      '/cleanup',
      '/events',
      '/grants',
      '/grants/{id}/revoke',
      '/models',
      '/relays',
      '/relays/answers',
      '/relays/{id}',
      '/relays/{id}/answer',
      '/session',
      '/state',
    ]);
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['Envelope', 'PendingRelay', 'TeamState', 'ApiError']),
    );
  });

  test('the stream starts now unless the reader names a seq', async () => {
    await using at = await serving();
    const live = await at.ask('/api/events');
    await at.post('/api/agents', { goal: 'hello' });
    const [first] = await readEvents(live, 1);
    expect(first).toMatchObject({ id: 1, data: { event: { type: 'harness_start' } } });
  });
});
