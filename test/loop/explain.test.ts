import { describe, expect, test } from 'vitest';
import { explainCall } from '../../src/policy/index.ts';
import { agentTool, bashTool, call, GreenroomError } from '../../src/index.ts';
import { echoTool, gateTool, handClock, relaysWaiting, scriptedTeam, start, until } from '../support/team.ts';

describe('explain', () => {
  test('names the question, who answered it and how long it waited, at every moment', async () => {
    const clock = handClock();
    await using team = scriptedTeam(
      function* () {
        yield { calls: [call('gate', {})] };
        yield { text: 'ok' };
      },
      { clock },
    );
    const gate = gateTool();
    const agentId = start(team, 'go', { tools: [gate] });
    const [relay] = await relaysWaiting(team, 1);
    const id = relay?.toolCallId ?? '';
    const asked = { id: relay?.id, why: relay?.why, proposal: relay?.proposal };
    expect(team.explain(id)).toEqual({
      callId: id,
      agentId,
      tool: 'gate',
      input: {},
      decision: 'ask',
      why: relay?.why,
      proposal: relay?.proposal,
      state: 'waiting',
      relays: [asked],
    });
    clock.advance(1234);
    team.resolveRelay(relay?.id ?? '', { approved: true, by: 'ada' });
    await gate.started;
    const decidedBy = { kind: 'human', id: relay?.id, by: 'ada', waitedMs: 1234 };
    const relays = [{ ...asked, approved: true, by: 'ada', waitedMs: 1234 }];
    await until(team, ({ event }) => event.type === 'tool_start');
    expect(team.explain(id)).toMatchObject({ state: 'running', decision: 'allow', decidedBy, relays });
    gate.release();
    await team.result(agentId);
    expect(team.explain(id)).toMatchObject({
      state: 'ok',
      decision: 'allow',
      why: 'allowed by ada',
      decidedBy,
      relays,
    });
    expect(team.explain('nothing')).toBeUndefined();
  });

  test('names the rule that let it run or stopped it, and the grant that released it with the time it had waited', async () => {
    const clock = handClock();
    await using team = scriptedTeam(
      function* () {
        yield { calls: ['a', 'b', 'c', 'c'].map((text) => call('echo', { text })) };
        yield { text: 'ok' };
      },
      { clock },
    );
    const permissions = {
      allowlist: [{ tool: 'echo', params: { text: 'a' } }],
      deny: [{ tool: 'echo', params: { text: 'b' } }],
    };
    const id = start(team, 'go', { tools: [echoTool()], permissions });
    const [first] = await relaysWaiting(team, 2);
    clock.advance(5);
    team.resolveRelay(first?.id ?? '', { approved: true, always: true });
    await team.result(id);
    const of = (nth: number) =>
      team.explain(`${id}/call_0_${nth}`)?.decidedBy ?? team.explain(`${id}/call_1_${nth}`)?.decidedBy;
    expect(of(0)).toMatchObject({ kind: 'rule', id: `${id}.allowlist[0]` });
    expect(of(1)).toMatchObject({ kind: 'rule', id: `${id}.deny[0]` });
    expect(of(3)).toMatchObject({ kind: 'grant', id: team.grants.list()[0]?.id, waitedMs: 5 });
  });
});

test('explain tells a denied call, one that cannot run and a cancelled one apart', async () => {
  await using team = scriptedTeam(function* () {
    yield { calls: [call('bash', { command: 'rm x' }), call('bash', {}), call('echo', { text: 'later' })] };
    yield { text: 'ok' };
  });
  const permissions = { deny: [{ tool: 'bash', params: { command: 'rm *' }, reason: 'No.' }] };
  const id = start(team, 'go', { tools: [bashTool, echoTool()], permissions });
  await relaysWaiting(team, 1);
  team.kill(id);
  await team.result(id);
  const of = (nth: number) => team.explain(`${id}/call_0_${nth}`);
  expect(of(0)).toMatchObject({ decision: 'deny', why: 'No.', state: 'denied', proposal: null });
  expect(of(1)).toMatchObject({ decision: 'invalid', decidedBy: { kind: 'input' }, state: 'error' });
  expect(of(2)).toMatchObject({ decision: 'undecided', state: 'cancelled', relays: [{ by: 'cancel' }] });
});

describe('explainCall', () => {
  test('says how it would be decided now, asks nobody and uses nothing up', async () => {
    await using team = scriptedTeam(function* () {
      yield { calls: [call('gate', {})] };
      yield { text: 'ok' };
    });
    const permissions = {
      allowlist: [{ tool: 'bash', params: { command: 'git status *' } }, { tool: 'gate' }],
      allowOnce: [{ tool: 'echo' }],
      deny: [{ tool: 'bash', params: { command: 'rm *' }, reason: 'No.' }],
    };
    const gate = gateTool();
    const agentId = start(team, 'go', { tools: [gate, bashTool, echoTool()], permissions });
    await gate.started;
    const supposed = (tool: string, input: unknown) => team.explainCall({ agentId, tool, input });
    expect(await supposed('bash', { command: 'git status -s' })).toMatchObject({
      decision: 'allow',
      decidedBy: { kind: 'rule', id: `${agentId}.allowlist[0]` },
      rule: 'bash(git status *)',
      relays: [],
    });
    expect(await supposed('bash', { command: 'rm x' })).toMatchObject({
      decision: 'deny',
      why: 'No.',
      rule: 'bash(rm *)',
      proposal: null,
    });
    expect(await supposed('bash', { command: 'make' })).toMatchObject({
      decision: 'ask',
      why: expect.stringContaining('make'),
      proposal: [{ tool: 'bash' }],
    });
    expect(await supposed('bash', {})).toMatchObject({ decision: 'invalid', proposal: null });
    expect(await supposed('nothing', {})).toMatchObject({ decision: 'invalid' });
    for (const _ of [1, 2])
      expect(await supposed('echo', {})).toMatchObject({ decision: 'allow', decidedBy: { kind: 'once' } });
    expect(team.getPendingRelays()).toEqual([]);
    gate.release();
    await team.result(agentId);
    await expect(supposed('echo', {})).rejects.toThrow(GreenroomError);
  });

  test('gives the same decision without an orchestrator, from greenroom/policy', async () => {
    const permissions = { allowlist: [{ tool: 'bash', params: { command: 'git log *' } }] };
    const of = (tool: string, params: unknown) => explainCall({ permissions, call: { tool, params } });
    expect(await of('bash', { command: 'git log -1' })).toMatchObject({
      tool: 'bash',
      input: { command: 'git log -1' },
      decision: 'allow',
      rule: 'bash(git log *)',
      relays: [],
    });
    expect(await of('bash', { command: 'make' })).toMatchObject({ decision: 'ask', proposal: [{ tool: 'bash' }] });
    expect(await of('bash', {})).toMatchObject({ decision: 'invalid', decidedBy: { kind: 'input' }, proposal: null });
    expect(await of('nothing', {})).toMatchObject({ decision: 'invalid' });
  });
});

test('a relay says whom "always" would cover, or that it cannot', async () => {
  await using team = scriptedTeam(function* () {
    yield { calls: [call('echo', {}), call('bash', { command: 'echo  x' })] };
    yield { text: 'ok' };
  });
  const agentId = start(team, 'go', { tools: [echoTool(), bashTool, agentTool] });
  const relays = await relaysWaiting(team, 2);
  expect(relays.map(({ covers }) => covers)).toEqual([{ scope: 'all', agentId, until: 'cleanup' }, null]);
});

test('a rule about a tool that there is not is refused by name, and nothing is started', async () => {
  await using team = scriptedTeam(function* () {
    yield { text: 'ok' };
  });
  for (const list of ['deny', 'allowlist', 'allowOnce'] as const) {
    const permissions = { [list]: [{ tool: 'read' }, { tool: 'raed' }] };
    expect(() => start(team, 'go', { tools: [echoTool()], permissions })).toThrow(
      expect.objectContaining({ code: 'invalid_rule', path: `permissions.${list}.1.tool` }),
    );
  }
  expect(team.agents()).toEqual([]);
});
