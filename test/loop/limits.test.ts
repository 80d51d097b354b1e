import { describe, expect, test } from 'vitest';
import {
  type AgentOrchestrator,
  agentTool,
  call,
  type Limits,
  ModelError,
  type Script,
  type SpawnParams,
} from '../../src/index.ts';
import { playedTeam } from '../support/played-model.ts';
import {
  collect,
  echoTool,
  eventsOf,
  gateTool,
  handClock,
  scriptedTeam,
  start as startAsking,
  until,
} from '../support/team.ts';

/** Spawns an agent that may use all its tools. */
const start = (team: AgentOrchestrator, task: string, params: Partial<SpawnParams> = {}) =>
  startAsking(team, task, {
    permissions: { allowlist: (params.tools ?? []).map(({ name }) => ({ tool: name })) },
    ...params,
  });

/** Where a limit is set: for all trees, or for one. */
const places = [
  ['in options', (limits: Limits) => ({ options: { limits }, params: {} })],
  ['in spawn, over those in options', (limits: Limits) => ({ options: { limits: raised }, params: { limits } })],
] as const;
const raised: Limits = { maxDepth: 50, maxLiveAgents: 5000, maxAgents: 5000, maxIterations: 50, maxTokens: 1e9 };

const agentResults = async (team: AgentOrchestrator) =>
  eventsOf(await collect(team.events()), 'tool_result').filter(({ name }) => name === 'agent');

// FAILURES: 2 calls → 242 agents; 1 call → 905 transcripts and 81 dollars
describe.each(places)('limits set %s', (_where, at) => {
  /** Every agent asks for one more, for ever. */
  const endless: Script = function* () {
    yield { calls: [call('agent', { task: 'deeper' })] };
    yield { text: 'ok' };
  };

  test('maxDepth: the call that would pass it is limited, and the model is told which', async () => {
    const { options, params } = at({ maxDepth: 2 });
    await using team = scriptedTeam(endless, options);
    const id = start(team, 'go', { tools: [agentTool], ...params });
    const results = await agentResults(team);
    expect(team.agents().map(({ path }) => path.length)).toEqual([1, 2, 3]);
    expect(results.map(({ status }) => status)).toEqual(['limited', 'ok', 'ok']);
    expect(results[0]?.output.context).toMatch(/maxDepth \(2\).*depth 3.*do this task yourself/i);
    expect(await team.result(id)).toMatchObject({ status: 'completed' });
  });

  test('maxAgents: counts every agent the tree ever had', async () => {
    const { options, params } = at({ maxAgents: 3 });
    await using team = scriptedTeam(function* ({ task }) {
      if (task === 'child') return { text: 'ok' };
      for (let turn = 0; turn < 4; turn += 1) yield { calls: [call('agent', { task: 'child' })] };
      return { text: 'ok' };
    }, options);
    start(team, 'go', { tools: [agentTool], ...params });
    const results = await agentResults(team);
    expect(results.map(({ status }) => status)).toEqual(['ok', 'ok', 'limited', 'limited']);
    expect(results[2]?.output.context).toContain('maxAgents (3)');
  });

  test('maxLiveAgents: counts those alive, per tree', async () => {
    const { options, params } = at({ maxLiveAgents: 3 });
    const gate = gateTool();
    await using team = scriptedTeam(function* ({ task }) {
      if (task === 'child') yield { calls: [call('gate')] };
      else yield { calls: [1, 2, 3].map(() => call('agent', { task: 'child' })) };
      yield { text: 'ok' };
    }, options);
    const tools = [agentTool, gate];
    const trees = [start(team, 'one', { tools, ...params }), start(team, 'two', { tools, ...params })];
    for (const tree of trees) {
      const refused = await until(
        team,
        ({ agentId, event }) => agentId === tree && event.type === 'tool_result' && event.status === 'limited',
      );
      expect(refused.event).toMatchObject({ output: { context: expect.stringContaining('maxLiveAgents (3)') } });
    }
    expect(team.agents().filter(({ state }) => state !== 'done')).toHaveLength(6);
    gate.release();
    for (const tree of trees) expect(await team.result(tree)).toMatchObject({ status: 'completed' });
  });

  test('maxIterations', async () => {
    const { options, params } = at({ maxIterations: 2 });
    await using team = playedTeam(() => ({ text: 'more', calls: [{ id: 'a', name: 'echo' }] }), options);
    const id = start(team, 'go', { tools: [echoTool()], ...params });
    expect(await team.result(id)).toMatchObject({ status: 'limited', reason: 'Limit maxIterations (2) reached.' });
    expect(team.asked).toHaveLength(3);
  });

  test('maxTokens: the calls of the turn that passed it are limited, and the agent ends with what it has', async () => {
    const { options, params } = at({ maxTokens: 100 });
    const echo = echoTool();
    await using team = playedTeam((_asked, nth) => {
      const usage = { inputTokens: 40, outputTokens: 10 };
      return { text: `turn ${nth}`, calls: [{ id: 'a', name: 'echo' }], usage };
    }, options);
    const id = start(team, 'go', { tools: [echo], ...params });
    const results = eventsOf(await collect(team.events()), 'tool_result');
    expect(results.map(({ status }) => status)).toEqual(['ok', 'limited']);
    expect(results[1]).toMatchObject({
      output: { context: expect.stringContaining('maxTokens (100)') },
      decidedBy: { kind: 'limit' },
    });
    expect(team.asked).toHaveLength(2);
    expect(await team.result(id)).toMatchObject({
      status: 'limited',
      text: 'turn 1',
      usage: { inputTokens: 80, outputTokens: 20 },
      reason: 'Limit maxTokens (100) reached.',
    });
  });

  test('maxDurationMs: at that very millisecond the agent ends, with the text it had', async () => {
    const { options, params } = at({ maxDurationMs: 5000 });
    const clock = handClock();
    const gate = gateTool();
    await using team = playedTeam(() => ({ text: 'so far', calls: [{ id: 'a', name: 'gate' }] }), {
      ...options,
      clock,
    });
    const id = start(team, 'go', { tools: [gate], ...params });
    await gate.started;
    clock.advance(4999);
    expect(team.agents()).toMatchObject([{ state: 'running' }]);
    clock.advance(1);
    expect(await team.result(id)).toMatchObject({
      status: 'limited',
      text: 'so far',
      reason: 'Limit maxDurationMs (5000) reached.',
    });
    const [result] = eventsOf(await collect(team.events()), 'tool_result');
    expect(result).toMatchObject({
      status: 'cancelled',
      output: { context: expect.stringContaining('maxDurationMs') },
    });
    expect(clock.pending).toBe(0);
  });
});

describe('limits', () => {
  test('a limit given as undefined in spawn does not lift that of the orchestrator', async () => {
    await using team = playedTeam(() => ({ text: 'more', calls: [{ id: 'a', name: 'echo' }] }), {
      limits: { maxIterations: 1 },
    });
    const limits = { maxIterations: undefined } as Limits; // what plain JavaScript can pass
    await team.result(start(team, 'go', { tools: [echoTool()], limits }));
    expect(team.asked).toHaveLength(2);
  });

  test('an agent that ends in time leaves no timer of its deadline', async () => {
    const clock = handClock();
    await using team = playedTeam(() => ({ text: 'ok' }), { clock, limits: { maxDurationMs: 1000 } });
    await team.result(start(team, 'go'));
    await team.cleanup();
    expect(clock.pending).toBe(0);
  });

  test('an ended subagent makes room for the next', async () => {
    await using team = scriptedTeam(
      function* ({ task }) {
        if (task === 'child') return { text: 'ok' };
        for (let turn = 0; turn < 4; turn += 1) yield { calls: [call('agent', { task: 'child' })] };
        return { text: 'ok' };
      },
      { limits: { maxLiveAgents: 2 } },
    );
    start(team, 'go', { tools: [agentTool] });
    expect((await agentResults(team)).map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  test('the defaults are depth 3 and 100 live agents', async () => {
    const gate = gateTool();
    await using team = scriptedTeam(function* ({ task }) {
      if (task === 'child') yield { calls: [call('gate')] };
      else yield { calls: Array.from({ length: 100 }, () => call('agent', { task: 'child' })) };
      yield { text: 'ok' };
    });
    start(team, 'go', { tools: [agentTool, gate] });
    const refused = await until(team, ({ event }) => event.type === 'tool_result' && event.status === 'limited');
    expect(refused.event).toMatchObject({ output: { context: expect.stringContaining('maxLiveAgents (100)') } });
    gate.release();
    const results = await agentResults(team);
    expect(results.filter(({ status }) => status === 'ok')).toHaveLength(99);
  });
});

describe('subagents', () => {
  test('300 of them in one turn all answer, and the events of each are as many as of one', async () => {
    const eventsFor = async (count: number) => {
      let actors = 0;
      await using team = scriptedTeam(
        function* ({ task }) {
          if (task === 'child') return { text: 'done' };
          yield { calls: Array.from({ length: count }, () => call('agent', { task: 'child' })) };
          return { text: 'all done' };
        },
        {
          limits: { maxLiveAgents: 1000 },
          inspect: (event) => {
            if (event.type === '@xstate.actor') actors += 1;
          },
        },
      );
      const id = start(team, 'go', { tools: [agentTool] });
      const entries = await collect(team.events());
      const results = eventsOf(entries, 'tool_result');
      expect(results.map(({ status }) => status)).toEqual(Array.from({ length: count }, () => 'ok'));
      expect(await team.result(id)).toMatchObject({ status: 'completed', text: 'all done' });
      expect(new Set(entries.map(({ agentId }) => agentId)).size).toBe(count + 1);
      return { events: entries.length, actors };
    };
    const [one, many] = [await eventsFor(1), await eventsFor(300)];
    const none = one.events - (many.events - one.events) / 299;
    expect(many.events - none).toBe(300 * (one.events - none));
    // the root, the lead and its turns are not per subagent
    expect(many.actors).toBeLessThanOrEqual(300 * one.actors);
  });

  // FAILURES: a child's failure reached the parent as an empty success
  test('a child that failed gives its parent’s call error, with the text it had', async () => {
    await using team = playedTeam((asked) => {
      const child = asked.parentId !== undefined;
      if (child) return { text: 'half of it', fails: { error: new ModelError('cut off', { retryable: false }) } };
      return asked.messages.length > 1 ? { text: 'ok' } : { calls: [{ id: 'a', name: 'agent', input: { task: 't' } }] };
    });
    const id = start(team, 'go', { tools: [agentTool] });
    expect(await agentResults(team)).toMatchObject([
      {
        status: 'error',
        output: {
          context: expect.stringMatching(/cut off[\s\S]*half of it/),
          result: { status: 'failed', text: 'half of it' },
        },
      },
    ]);
    expect(await team.result(id)).toMatchObject({ status: 'completed' });
  });

  test('a child that a limit stopped gives its parent what it had', async () => {
    await using team = playedTeam((asked) => {
      if (asked.parentId !== undefined) return { text: 'as far as I got', calls: [{ id: 'a', name: 'echo' }] };
      return asked.messages.length > 1 ? { text: 'ok' } : { calls: [{ id: 'a', name: 'agent', input: { task: 't' } }] };
    });
    start(team, 'go', { tools: [agentTool, echoTool()], limits: { maxIterations: 2 } });
    expect(await agentResults(team)).toMatchObject([
      { output: { context: expect.stringMatching(/limit[\s\S]*as far as I got/), result: { status: 'limited' } } },
    ]);
  });

  test('killing a parent ends its subtree, children first', async () => {
    const gate = gateTool();
    await using team = scriptedTeam(function* ({ task }) {
      if (task === 'leaf') yield { calls: [call('gate')] };
      else yield { calls: [call('agent', { task: task === 'root' ? 'middle' : 'leaf' })] };
      yield { text: 'ok' };
    });
    const root = start(team, 'root', { tools: [agentTool, gate] });
    await gate.started;
    const [, middle, leaf] = team.agents().map(({ id }) => id);
    team.kill(root, 'enough');
    const entries = await collect(team.events());
    const ends = eventsOf(entries, 'harness_end');
    expect(ends.map(({ runId, status }) => [runId, status])).toEqual([
      [leaf, 'cancelled'],
      [middle, 'cancelled'],
      [root, 'cancelled'],
    ]);
    expect(eventsOf(entries, 'tool_result').map(({ status }) => status)).toEqual([
      'cancelled',
      'cancelled',
      'cancelled',
    ]);
  });

  test('every event of a subagent carries the id of the call that asked for it', async () => {
    await using team = scriptedTeam(function* ({ task }) {
      if (task === 'child') yield { calls: [call('echo')] };
      else yield { calls: [call('agent', { task: 'child' })] };
      yield { text: 'ok' };
    });
    const root = start(team, 'root', { tools: [agentTool, echoTool()] });
    const entries = await collect(team.events());
    const child = entries.filter(({ agentId }) => agentId !== root);
    expect(new Set(child.map(({ event }) => event.parentId))).toEqual(new Set([`${root}/call_0_0`]));
    expect(entries.filter(({ agentId }) => agentId === root).every(({ event }) => event.parentId === undefined)).toBe(
      true,
    );
  });
});
