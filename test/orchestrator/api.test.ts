import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  AgentOrchestrator,
  call,
  createAgentHarness,
  type Envelope,
  GreenroomError,
  scriptedModel,
  createGeneratorHarness,
} from '../../src/index.ts';
import { playedModel, playedTeam } from '../support/played-model.ts';
import { collect, echoTool, eventsOf, gateTool, relaysWaiting, scriptedTeam, start, until } from '../support/team.ts';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const messages = [{ role: 'user' as const, content: 'go' }];

function errorOf(run: () => unknown): GreenroomError {
  try {
    run();
  } catch (error) {
    if (error instanceof GreenroomError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

afterEach(() => vi.unstubAllEnvs());

describe('new AgentOrchestrator', () => {
  test('without arguments runs agents on the model that the environment offers', async () => {
    for (const key of Object.keys(process.env)) if (key.endsWith('_API_KEY')) vi.stubEnv(key, undefined);
    // nothing listens on port 9 of the loopback device
    vi.stubEnv('OLLAMA_HOST', 'http://127.0.0.1:9');
    await using team = new AgentOrchestrator();
    const id = team.spawn({ messages });
    expect(await team.result(id)).toMatchObject({ status: 'completed', text: expect.stringContaining('scripted') });
  });

  test('takes a harness of single model calls and adds the loop', async () => {
    const echo = echoTool();
    const model = playedModel((_asked, nth) => (nth === 0 ? { calls: [{ id: 'a', name: 'echo' }] } : { text: 'ok' }));
    await using team = new AgentOrchestrator(model);
    const id = team.spawn({ messages, tools: [echo], permissions: { allowlist: [{ tool: 'echo' }] } });
    expect(await team.result(id)).toMatchObject({ status: 'completed', text: 'ok' });
    expect(echo.runs).toHaveLength(1);
  });

  test('takes the harness among the options', async () => {
    await using team = new AgentOrchestrator({
      harness: playedModel(() => ({ text: 'ok' })),
      limits: { maxAgents: 1 },
    });
    expect(await team.result(team.spawn({ messages }))).toMatchObject({ status: 'completed', text: 'ok' });
    expect(eventsOf(await collect(team.events()), 'harness_start')[0]?.setup?.limits.maxAgents).toBe(1);
  });

  test('has no third parameter', () => {
    expect(AgentOrchestrator.length).toBeLessThanOrEqual(2);
  });

  test.each([
    ['a harness without invoke', [{}, {}], 'harness'],
    ['a harness without invoke among the options', [{ harness: {} }], 'harness'],
    ['two harnesses', [playedModel(() => ({})), { harness: playedModel(() => ({})) }], 'harness'],
    ['null', [null], 'harness'],
    ['an unknown option', [undefined, { permision: {} }], ''],
    ['a limit of zero', [undefined, { limits: { maxAgents: 0 } }], 'limits.maxAgents'],
    ['a strange limit', [undefined, { limits: { maxTurns: 1 } }], 'limits'],
    ['an answer to questions that does not exist', [undefined, { onAsk: 'allow' }], 'onAsk'],
    ['a logger without methods', [undefined, { logger: {} }], 'logger'],
    ['an inspector that is none', [undefined, { inspect: 7 }], 'inspect'],
    ['a list with something else than inspectors', [{ inspect: [() => undefined, 7] }], 'inspect'],
    ['a clock that cannot set timers', [undefined, { clock: { now: () => 0 } }], 'clock'],
    ['a journal that is none', [undefined, { journal: {} }], 'journal'],
    ['ids that is no function', [undefined, { ids: 'uuid' }], 'ids'],
    ['a workspace that does not exist', [undefined, { workspace: '/nowhere/at/all' }], 'workspace'],
    ['permissions of the wrong shape', [undefined, { permissions: { deny: [{}] } }], 'permissions.deny.0'],
    [
      'an allowOnce, which belongs to an agent',
      [undefined, { permissions: { allowOnce: [{ tool: 'a' }] } }],
      'permissions.allowOnce',
    ],
  ])('refuses %s with a typed error', (_name, [harness, options], path) => {
    const error = errorOf(() => new AgentOrchestrator(harness as never, options as never));
    expect(error).toMatchObject({ code: 'invalid_params', path });
  });
});

describe('spawn', () => {
  test('returns a UUID v7, and the agent is there at once', async () => {
    await using team = playedTeam(() => ({ text: 'ok' }));
    const id = team.spawn({ messages, name: 'lead' });
    expect(id).toMatch(UUID_V7);
    expect(team.agents()).toEqual([
      {
        id,
        name: 'lead',
        path: ['lead'],
        state: 'running',
        usage: { inputTokens: 0, outputTokens: 0 },
        startedAt: expect.any(Number),
        phase: 'thinking',
      },
    ]);
  });

  test('names agents that were given no name', async () => {
    await using team = playedTeam(() => ({ text: 'ok' }));
    team.spawn({ messages });
    team.spawn({ messages });
    expect(team.agents().map(({ name }) => name)).toEqual(['agent-1', 'agent-2']);
  });

  const tool = echoTool();
  test.each<[string, unknown, string, string?]>([
    ['nothing', undefined, ''],
    ['no messages', {}, 'messages'],
    ['an empty list of messages', { messages: [] }, 'messages'],
    ['a role that does not exist', { messages: [{ role: 'robot', content: 'x' }] }, 'messages.0.role'],
    ['a message without content', { messages: [...messages, { role: 'user' }] }, 'messages.1.content'],
    ['a tool message without its call', { messages: [{ role: 'tool', content: 'x' }] }, 'messages.0.tool_call_id'],
    ['a model that is none', { messages, model: 7 }, 'model'],
    ['an empty model', { messages, model: '' }, 'model'],
    ['tools that are no list', { messages, tools: tool }, 'tools'],
    ['a tool without execute', { messages, tools: [tool, { ...tool, execute: 1 }] }, 'tools.1'],
    ['a tool whose schema is none', { messages, tools: [{ ...tool, schema: { type: 'object' } }] }, 'tools.0.schema'],
    ['a tool without a name', { messages, tools: [{ ...tool, name: '' }] }, 'tools.0'],
    ['two tools of one name', { messages, tools: [tool, echoTool()] }, 'tools'],
    ['an empty name', { messages, name: '' }, 'name'],
    ['a negative depth', { messages, limits: { maxDepth: -1 } }, 'limits.maxDepth'],
    ['half an iteration', { messages, limits: { maxIterations: 1.5 } }, 'limits.maxIterations'],
    ['no tokens', { messages, limits: { maxTokens: 0 } }, 'limits.maxTokens'],
    ['an endless duration', { messages, limits: { maxDurationMs: Infinity } }, 'limits.maxDurationMs'],
    ['an unknown limit', { messages, limits: { turns: 1 } }, 'limits'],
    ['a harness without invoke', { messages, harness: {} }, 'harness'],
    ['an unknown field', { messages, toools: [] }, ''],
    ['permissions that are none', { messages, permissions: 7 }, 'permissions'],
    ['a rule without a tool', { messages, permissions: { allowlist: [{}] } }, 'permissions.allowlist.0.tool'],
    [
      'a rule with empty params',
      { messages, permissions: { allowlist: [{ tool: 'echo', params: {} }] } },
      'permissions.allowlist.0.params',
      'invalid_rule',
    ],
  ])(
    'refuses %s with the path of the field, and starts nothing',
    async (_name, params, path, code = 'invalid_params') => {
      await using team = playedTeam(() => ({ text: 'ok' }));
      const error = errorOf(() => team.spawn(params as never));
      expect(error).toMatchObject({ code, path });
      if (path !== '') expect(error.message).toContain(path);
      expect(team.agents()).toEqual([]);
      expect(await collect(team.events())).toEqual([]);
      expect(team.asked).toEqual([]);
    },
  );

  test('keeps no hold on the object it was given', async () => {
    await using team = playedTeam(() => ({ text: 'ok' }));
    const given = { messages: [{ role: 'user' as const, content: 'original' }] };
    const id = team.spawn(given);
    given.messages[0] = { role: 'user', content: 'changed' };
    await team.result(id);
    expect(team.asked[0]?.messages).toMatchObject([{ content: 'original' }]);
  });

  test('a model object that cannot say its name still runs', async () => {
    const model = scriptedModel(function* () {
      yield { text: 'ok' };
    });
    const nameless = new Proxy(model, {
      get: (target, key, receiver): unknown => {
        if (key === 'modelId') throw new Error('no');
        return Reflect.get(target, key, receiver);
      },
    });
    await using team = new AgentOrchestrator(createAgentHarness({ harness: createGeneratorHarness() }));
    const id = team.spawn({ messages, model: nameless });
    const entries = await collect(team.events());
    expect(entries[0]?.event.type).toBe('harness_start');
    expect((await team.result(id)).status).toBeDefined();
  });
});

describe('result', () => {
  test('of an agent that runs, that has ended, and that was killed', async () => {
    const gate = gateTool();
    await using team = scriptedTeam(function* ({ task }) {
      if (task === 'wait') yield { calls: [call('gate')] };
      yield { text: 'done' };
    });
    const permissions = { allowlist: [{ tool: 'gate' }] };
    const [quick, slow] = [start(team, 'quick'), start(team, 'wait', { tools: [gate], permissions })];
    const asked = Promise.all([team.result(slow), team.result(slow)]);
    expect(await team.result(quick)).toMatchObject({ status: 'completed', text: 'done' });
    expect(await team.result(quick)).toMatchObject({ status: 'completed', text: 'done' });
    await gate.started;
    team.kill(slow);
    expect((await asked).map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
  });

  test('of an id that no agent has is a typed rejection', async () => {
    await using team = playedTeam(() => ({ text: 'ok' }));
    await expect(team.result('nobody')).rejects.toMatchObject({ code: 'invalid_params', path: 'agentId' });
  });

  test('of an agent that a cleanup ended', async () => {
    const team = scriptedTeam(function* () {
      yield { calls: [call('echo')] };
    });
    const id = start(team, 'go', { tools: [echoTool()] });
    const waiting = team.result(id);
    await relaysWaiting(team, 1);
    await team.cleanup();
    expect(await waiting).toMatchObject({ status: 'cancelled', reason: 'the orchestrator was cleaned up' });
    expect(await team.result(id)).toMatchObject({ status: 'cancelled' });
  });
});

test.each(['rule', 'grant', ' Cancel '])(
  'nobody answers as "%s": the record would tell of a human what none did',
  async (by) => {
    await using team = scriptedTeam(function* () {
      yield { calls: [call('echo')] };
      yield { text: 'ok' };
    });
    start(team, 'go', { tools: [echoTool()] });
    const [relay] = await relaysWaiting(team, 1);
    expect(() => team.resolveRelay(relay?.id ?? '', { approved: true, by })).toThrow('Use another name');
    expect(team.getPendingRelays()).toHaveLength(1);
  },
);

describe('agents', () => {
  test('say who they are, whose, in which state, and what they used', async () => {
    await using team = scriptedTeam(function* () {
      yield { calls: [call('echo')], usage: { inputTokens: 5, outputTokens: 2 } };
      yield { text: 'ok', usage: { inputTokens: 10, outputTokens: 4 } };
    });
    const id = start(team, 'go', { name: 'solo', tools: [echoTool()] });
    const [relay] = await relaysWaiting(team, 1);
    expect(team.agents()).toEqual([
      {
        id,
        name: 'solo',
        path: ['solo'],
        state: 'awaitingRelay',
        usage: { inputTokens: 5, outputTokens: 2 },
        startedAt: expect.any(Number),
        phase: 'thinking',
        calls: [{ id: relay?.toolCallId, tool: 'echo', running: false }],
      },
    ]);
    team.resolveRelay(relay?.id ?? '', { approved: true });
    await team.result(id);
    expect(team.agents()).toEqual([
      {
        id,
        name: 'solo',
        path: ['solo'],
        state: 'done',
        status: 'completed',
        usage: expect.objectContaining({ inputTokens: 15, outputTokens: 6 }),
        startedAt: expect.any(Number),
        endedAt: expect.any(Number),
        endSeq: team.lastSeq(),
      },
    ]);
  });
});

describe('cleanup', () => {
  test('may be called again and at once; each call waits for the same end', async () => {
    const team = playedTeam(() => ({ text: 'ok' }));
    start(team, 'go');
    const first = team.cleanup();
    expect(team.cleanup()).toBe(first);
    await Promise.all([first, team.cleanup()]);
    await team.cleanup();
  });

  test('after it spawn throws "closed", and the rest answers as if nothing were there', async () => {
    const team = scriptedTeam(function* () {
      yield { calls: [call('echo')] };
    });
    const id = start(team, 'go', { tools: [echoTool()] });
    const [relay] = await relaysWaiting(team, 1);
    await team.cleanup();
    expect(errorOf(() => team.spawn({ messages }))).toMatchObject({ code: 'closed' });
    expect(team.resolveRelay(relay?.id ?? '', { approved: true })).toBe(false);
    expect(team.getPendingRelays()).toEqual([]);
    expect(team.send(id, 'hello')).toBe(false);
    expect(team.grants.revoke('x')).toBe(false);
    team.kill(id);
    expect(team.agents()).toMatchObject([{ id, state: 'done', status: 'cancelled' }]);
  });

  test('closes the door at once, before it has finished', async () => {
    const team = playedTeam(() => ({ text: 'ok' }));
    const closing = team.cleanup();
    expect(errorOf(() => team.spawn({ messages }))).toMatchObject({ code: 'closed' });
    await closing;
  });

  test('is what `await using` calls', async () => {
    const gate = gateTool();
    let ended: unknown;
    {
      await using team = scriptedTeam(function* () {
        yield { calls: [call('gate')] };
      });
      const id = start(team, 'go', { tools: [gate], permissions: { allowlist: [{ tool: 'gate' }] } });
      await gate.started;
      ended = team.result(id);
    }
    expect(await ended).toMatchObject({ status: 'cancelled' });
  });

  test('completes events$ and live readers, after the last event', async () => {
    const team = playedTeam(() => ({ text: 'ok' }));
    const seen: Envelope[] = [];
    const completed = new Promise<void>((resolve, reject) => {
      team.events$.subscribe({ next: (entry) => void seen.push(entry), complete: resolve, error: reject });
    });
    const live = collect(team.events({ live: true }));
    await team.result(start(team, 'go'));
    await team.cleanup();
    await completed;
    expect(seen.at(-1)?.event.type).toBe('harness_end');
    expect(await live).toEqual(seen);
  });

  test('gives calls that ran their one result', async () => {
    const gate = gateTool();
    const team = scriptedTeam(function* () {
      yield { calls: [call('gate'), call('echo')] };
    });
    start(team, 'go', { tools: [gate, echoTool()], permissions: { allowlist: [{ tool: 'gate' }] } });
    const live = collect(team.events({ live: true }));
    await gate.started;
    await until(team, ({ event }) => event.type === 'relay');
    await team.cleanup();
    const results = eventsOf(await live, 'tool_result');
    expect(results.map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
  });
});
