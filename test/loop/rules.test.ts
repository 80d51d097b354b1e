import { describe, expect, test } from 'vitest';
import { agentTool, call, type Permissions } from '../../src/index.ts';
import { playedTeam } from '../support/played-model.ts';
import { collect, echoTool, eventsOf, relaysWaiting, scriptedTeam, start } from '../support/team.ts';

const oneCall = () =>
  playedTeam((_asked, nth) => (nth === 0 ? { calls: [{ id: 'raw', name: 'echo' }] } : { text: 'ok' }));

describe('what decided a call stands in its result', () => {
  test.each<[string, Permissions, object, string]>([
    [
      'an agent’s allowlist',
      { allowlist: [{ tool: 'read' }, { tool: 'echo' }] },
      { kind: 'rule', id: '*.allowlist[1]' },
      'ok',
    ],
    ['an allowOnce', { allowOnce: [{ tool: 'echo' }] }, { kind: 'once' }, 'ok'],
    [
      'an agent’s deny rule',
      { deny: [{ tool: 'echo', reason: 'no' }] },
      { kind: 'rule', id: '*.deny[0]', reason: 'no' },
      'denied',
    ],
  ])('%s', async (_name, permissions, decidedBy, status) => {
    await using team = oneCall();
    const id = start(team, 'go', { tools: [echoTool()], permissions });
    const [result] = eventsOf(await collect(team.events()), 'tool_result');
    const expected = JSON.parse(JSON.stringify(decidedBy).replace('*', id)) as object;
    expect(result).toMatchObject({ status, decidedBy: expected });
  });

  test('an orchestrator’s deny rule, before everything an agent allows', async () => {
    const echo = echoTool();
    await using team = playedTeam(
      (_asked, nth) => (nth === 0 ? { calls: [{ id: 'raw', name: 'echo' }] } : { text: 'ok' }),
      { permissions: { deny: [{ tool: 'echo' }], allowlist: [{ tool: 'echo' }] } },
    );
    start(team, 'go', { tools: [echo], permissions: { allowlist: [{ tool: 'echo' }] } });
    const results = eventsOf(await collect(team.events()), 'tool_result');
    expect(results).toMatchObject([{ status: 'denied', decidedBy: { kind: 'rule', id: 'orchestrator.deny[0]' } }]);
    expect(echo.runs).toEqual([]);
  });

  test('an orchestrator’s allowlist', async () => {
    await using team = playedTeam(
      (_asked, nth) => (nth === 0 ? { calls: [{ id: 'raw', name: 'echo' }] } : { text: 'ok' }),
      { permissions: { allowlist: [{ tool: 'echo' }] } },
    );
    start(team, 'go', { tools: [echoTool()] });
    const results = eventsOf(await collect(team.events()), 'tool_result');
    expect(results).toMatchObject([{ status: 'ok', decidedBy: { kind: 'rule', id: 'orchestrator.allowlist[0]' } }]);
  });
});

describe('deny by the id of a call', () => {
  // FAILURES: deny worked only by an id nobody could see
  test('takes the raw id', async () => {
    const echo = echoTool();
    await using team = oneCall();
    start(team, 'go', { tools: [echo], permissions: { allowlist: [{ tool: 'echo' }], deny: [{ toolCallId: 'raw' }] } });
    expect(eventsOf(await collect(team.events()), 'tool_result')).toMatchObject([{ status: 'denied' }]);
    expect(echo.runs).toEqual([]);
  });

  test('takes the full id', async () => {
    const echo = echoTool();
    await using team = playedTeam(
      (_asked, nth) => (nth === 0 ? { calls: [{ id: 'raw', name: 'echo' }] } : { text: 'ok' }),
      {
        ids: (() => {
          let next = 0;
          return () => `id-${next++}`;
        })(),
        permissions: { deny: [{ toolCallId: 'id-0/raw', reason: 'that one' }] },
      },
    );
    expect(start(team, 'go', { tools: [echo], permissions: { allowlist: [{ tool: 'echo' }] } })).toBe('id-0');
    expect(eventsOf(await collect(team.events()), 'tool_result')).toMatchObject([
      { status: 'denied', decidedBy: { reason: 'that one' } },
    ]);
    expect(echo.runs).toEqual([]);
  });
});

describe('allowOnce', () => {
  // FAILURES: allowOnce was never used up
  test('lets exactly one of several calls at once through', async () => {
    const echo = echoTool();
    await using team = scriptedTeam(function* () {
      yield { calls: [call('echo'), call('echo'), call('echo')] };
      yield { text: 'ok' };
    });
    start(team, 'go', { tools: [echo], permissions: { allowOnce: [{ tool: 'echo' }] } });
    expect(await relaysWaiting(team, 2)).toHaveLength(2);
    for (const { id } of team.getPendingRelays()) team.resolveRelay(id, { approved: false });
    const results = eventsOf(await collect(team.events()), 'tool_result');
    expect(results.filter(({ decidedBy }) => decidedBy?.kind === 'once')).toHaveLength(1);
    expect(echo.runs).toHaveLength(1);
  });

  // FAILURES: a child widened its parent's permissions
  test('is one pool for a parent and its children', async () => {
    const echo = echoTool();
    await using team = scriptedTeam(
      function* ({ task }) {
        if (task === 'parent') yield { calls: [call('agent', { task: 'child' }), call('agent', { task: 'child' })] };
        yield { calls: [call('echo')] };
        yield { text: 'ok' };
      },
      { onAsk: 'deny' },
    );
    const permissions = { allowlist: [{ tool: 'agent' }], allowOnce: [{ tool: 'echo' }] };
    start(team, 'parent', { tools: [echo, agentTool], permissions });
    const results = eventsOf(await collect(team.events()), 'tool_result').filter(({ name }) => name === 'echo');
    expect(results.map(({ status }) => status).toSorted()).toEqual(['denied', 'denied', 'ok']);
    expect(echo.runs).toHaveLength(1);
    // FAILURES: the caller's object was mutated
    expect(permissions).toEqual({ allowlist: [{ tool: 'agent' }], allowOnce: [{ tool: 'echo' }] });
  });

  test('of one agent is nothing to another agent', async () => {
    await using team = scriptedTeam(
      function* () {
        yield { calls: [call('echo')] };
        yield { text: 'ok' };
      },
      { onAsk: 'deny' },
    );
    const rich = start(team, 'rich', { tools: [echoTool()], permissions: { allowOnce: [{ tool: 'echo' }] } });
    const poor = start(team, 'poor', { tools: [echoTool()] });
    const results = eventsOf(await collect(team.events()), 'tool_result');
    expect(Object.fromEntries(results.map(({ runId, status }) => [runId, status]))).toEqual({
      [rich]: 'ok',
      [poor]: 'denied',
    });
  });
});

describe('onAsk', () => {
  test('deny: the call is denied, with that reason, and the agent goes on', async () => {
    await using team = scriptedTeam(
      function* () {
        yield { calls: [call('echo')] };
        yield { text: 'went on' };
      },
      { onAsk: 'deny' },
    );
    const id = start(team, 'go', { tools: [echoTool()] });
    const entries = await collect(team.events());
    expect(eventsOf(entries, 'relay')).toEqual([]);
    expect(eventsOf(entries, 'tool_result')).toMatchObject([
      {
        status: 'denied',
        decidedBy: { kind: 'policy', id: 'onAsk:deny', reason: expect.stringContaining('no human can be asked') },
      },
    ]);
    expect(await team.result(id)).toMatchObject({ status: 'completed', text: 'went on' });
  });

  test('fail: the agent fails, its other calls are cancelled, and other agents go on', async () => {
    await using team = scriptedTeam(
      function* ({ task }) {
        if (task === 'asks') yield { calls: [call('echo')] };
        yield { text: 'went on' };
      },
      { onAsk: 'fail' },
    );
    const [asks, free] = [start(team, 'asks', { tools: [echoTool()] }), start(team, 'free')];
    expect(await team.result(asks)).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('no human can be asked'),
    });
    expect(await team.result(free)).toMatchObject({ status: 'completed' });
  });
});

describe('a subagent may do no more than its parent', () => {
  test('a deny of the parent holds for the child', async () => {
    const echo = echoTool();
    await using team = scriptedTeam(function* ({ task }) {
      if (task === 'parent') yield { calls: [call('agent', { task: 'child' })] };
      else yield { calls: [call('echo')] };
      yield { text: 'ok' };
    });
    const permissions = { allowlist: [{ tool: 'agent' }, { tool: 'echo' }], deny: [{ tool: 'echo' }] };
    start(team, 'parent', { tools: [echo, agentTool], permissions });
    const results = eventsOf(await collect(team.events()), 'tool_result');
    expect(results).toMatchObject([
      { name: 'echo', status: 'denied' },
      { name: 'agent', status: 'ok' },
    ]);
    expect(echo.runs).toEqual([]);
  });

  // FAILURES: a nested agent's question surfaced nowhere, and the whole tree hung
  test('a child’s question reaches the orchestrator with the whole path, and its parent goes on after the answer', async () => {
    await using team = scriptedTeam(function* ({ task }) {
      if (task === 'parent') yield { calls: [call('agent', { task: 'child', name: 'kid' })] };
      else yield { calls: [call('echo')] };
      yield { text: `${task} done` };
    });
    const permissions = { allowlist: [{ tool: 'agent' }] };
    const parent = start(team, 'parent', { name: 'lead', tools: [echoTool(), agentTool], permissions });
    const [relay] = await relaysWaiting(team, 1);
    expect(relay?.path).toEqual(['lead', 'kid']);
    expect(team.agents().map(({ state }) => state)).toEqual(['running', 'awaitingRelay']);
    team.resolveRelay(relay?.id ?? '', { approved: true });
    expect(await team.result(parent)).toMatchObject({ status: 'completed', text: 'parent done' });
  });

  // FAILURES: killing a child that waited on a human left its parent waiting for ever
  test('a child killed while it waits gives its parent’s call cancelled', async () => {
    await using team = scriptedTeam(function* ({ task }) {
      if (task === 'parent') yield { calls: [call('agent', { task: 'child' })] };
      else yield { text: 'half a thought', calls: [call('echo')] };
      yield { text: 'ok' };
    });
    const parent = start(team, 'parent', {
      tools: [echoTool(), agentTool],
      permissions: { allowlist: [{ tool: 'agent' }] },
    });
    const [relay] = await relaysWaiting(team, 1);
    team.kill(relay?.agentId ?? '', 'not needed');
    const results = eventsOf(await collect(team.events()), 'tool_result');
    expect(results).toMatchObject([
      { name: 'echo', status: 'cancelled' },
      {
        name: 'agent',
        status: 'cancelled',
        output: { context: expect.stringMatching(/not needed[\s\S]*half a thought/) },
      },
    ]);
    expect(await team.result(parent)).toMatchObject({ status: 'completed' });
  });
});
