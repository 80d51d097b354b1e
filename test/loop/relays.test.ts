import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type AgentOrchestrator, call, defineTool, GreenroomError } from '../../src/index.ts';
import { playedTeam } from '../support/played-model.ts';
import { collect, echoTool, eventsOf, gateTool, relaysWaiting, scriptedTeam, start, until } from '../support/team.ts';

/** One turn of echo calls with these texts, then an answer. */
const echoing = (...texts: string[]) =>
  scriptedTeam(function* () {
    yield { calls: texts.map((text) => call('echo', { text })) };
    yield { text: 'ok' };
  });

const results = async (team: AgentOrchestrator) => eventsOf(await collect(team.events()), 'tool_result');

describe('asking', () => {
  // FAILURES: calls of one turn were asked one after another
  test('all calls of a turn are asked at once, and the allowed ones run meanwhile', async () => {
    const echo = echoTool();
    const free = gateTool('free');
    await using team = scriptedTeam(function* () {
      yield { calls: [call('echo', { text: 'a' }), call('free'), call('echo', { text: 'b' })] };
      yield { text: 'ok' };
    });
    const id = start(team, 'go', { tools: [echo, free], permissions: { allowlist: [{ tool: 'free' }] } });
    const relays = await relaysWaiting(team, 2);
    await free.started;
    expect(relays.map(({ params }) => params)).toEqual([{ text: 'a' }, { text: 'b' }]);
    expect(team.agents()).toMatchObject([{ id, state: 'awaitingRelay' }]);
    free.release();
    await until(team, ({ event }) => event.type === 'tool_result' && event.name === 'free');
    expect(team.getPendingRelays()).toHaveLength(2);
    for (const relay of relays) expect(team.resolveRelay(relay.id, { approved: true })).toBe(true);
    expect(await team.result(id)).toMatchObject({ status: 'completed' });
  });

  test('an agent that waits stops no other agent', async () => {
    const echo = echoTool();
    await using team = playedTeam((asked, nth) =>
      JSON.stringify(asked.messages).includes('free') || nth > 5
        ? { text: 'fine' }
        : { calls: [{ id: 'a', name: 'echo' }] },
    );
    start(team, 'ask', { tools: [echo] });
    await relaysWaiting(team, 1);
    expect(await team.result(start(team, 'free'))).toMatchObject({ status: 'completed' });
    expect(team.getPendingRelays()).toHaveLength(1);
  });

  test('a relay says who asks, what for, why, and exactly what "always" would save', async () => {
    await using team = echoing('a');
    const id = start(team, 'go', { name: 'lead', tools: [echoTool()] });
    const [relay] = await relaysWaiting(team, 1);
    expect(relay).toMatchObject({
      kind: 'permission',
      agentId: id,
      toolCallId: `${id}/call_0_0`,
      tool: 'echo',
      params: { text: 'a' },
      path: ['lead'],
      why: expect.stringContaining('echo'),
      proposal: [{ tool: 'echo', params: { text: 'a' }, exact: true }],
      releases: [],
    });
    const asked = await until(team, ({ event }) => event.type === 'relay');
    const { agentId: _agentId, ...shown } = relay ?? { agentId: '' };
    expect(asked.event).toMatchObject(shown);
  });

  test('a relay exists whether or not anybody reads the stream', async () => {
    await using team = echoing('a');
    start(team, 'go', { tools: [echoTool()] });
    while (team.getPendingRelays().length === 0) await new Promise<void>((resolve) => void setImmediate(resolve));
    expect(team.getPendingRelays()).toHaveLength(1);
  });

  test('pending relays are listed in the order asked, over all agents', async () => {
    await using team = echoing('a', 'b');
    const ids = [start(team, 'one', { tools: [echoTool()] }), start(team, 'two', { tools: [echoTool()] })];
    const relays = await relaysWaiting(team, 4);
    const asked: string[] = [];
    for await (const { event } of team.events()) {
      if (event.type === 'relay') asked.push(event.id);
      if (asked.length === 4) break;
    }
    expect(relays.map(({ id }) => id)).toEqual(asked);
    expect(new Set(relays.map(({ agentId }) => agentId))).toEqual(new Set(ids));
  });

  test('a relay names the waiting calls that an "always" would release', async () => {
    await using team = echoing('same', 'other', 'same', 'same');
    start(team, 'go', { tools: [echoTool()] });
    const [first, other, second, third] = await relaysWaiting(team, 4);
    expect(first?.releases).toEqual([second?.id, third?.id]);
    expect(second?.releases).toEqual([first?.id, third?.id]);
    expect(other?.releases).toEqual([]);
  });
});

describe('answering', () => {
  // FAILURES: rejecting one call rejected, skipped or even ran its siblings
  test('rejecting one call touches no other', async () => {
    const echo = echoTool();
    await using team = echoing('a', 'b', 'c');
    const id = start(team, 'go', { tools: [echo] });
    const [a, b, c] = await relaysWaiting(team, 3);
    team.resolveRelay(b?.id ?? '', { approved: false, reason: 'not now' });
    expect(team.getPendingRelays().map((relay) => relay.id)).toEqual([a?.id, c?.id]);
    expect(echo.runs).toEqual([]);
    team.resolveRelay(c?.id ?? '', { approved: true });
    team.resolveRelay(a?.id ?? '', { approved: true });
    const entries = await collect(team.events());
    const byId = Object.fromEntries(eventsOf(entries, 'tool_result').map((event) => [event.id, event.status]));
    expect(byId).toEqual({ [`${id}/call_0_0`]: 'ok', [`${id}/call_0_1`]: 'denied', [`${id}/call_0_2`]: 'ok' });
    expect(new Set(echo.runs)).toEqual(new Set(['a', 'c']));
    expect(await team.result(id)).toMatchObject({ status: 'completed' });
  });

  // FAILURES: a denial so harsh that the model gave up every write; the same refused call again and again
  test('the model reads the reason, that only this call was refused, and not to repeat it', async () => {
    await using team = playedTeam((_asked, nth) =>
      nth === 0 ? { calls: [{ id: 'a', name: 'echo' }] } : { text: 'ok' },
    );
    const id = start(team, 'go', { tools: [echoTool()] });
    const [relay] = await relaysWaiting(team, 1);
    team.resolveRelay(relay?.id ?? '', { approved: false, reason: 'use read instead', by: 'ada' });
    const [result] = await results(team);
    expect(result).toMatchObject({
      status: 'denied',
      decidedBy: { kind: 'human', id: relay?.id, by: 'ada', reason: 'use read instead' },
    });
    const told = team.asked[1]?.messages.at(-1);
    expect(told).toMatchObject({ role: 'tool', is_error: true });
    expect(told?.content).toMatch(/use read instead[\s\S]*Only this call[\s\S]*Do not repeat/);
    expect(await team.result(id)).toMatchObject({ status: 'completed' });
  });

  test('is false for an unknown id, for a second answer, and after a kill', async () => {
    await using team = echoing('a', 'b');
    const id = start(team, 'go', { tools: [echoTool()] });
    const [a, b] = await relaysWaiting(team, 2);
    expect(team.resolveRelay('nothing', { approved: true })).toBe(false);
    expect(team.resolveRelay(a?.id ?? '', { approved: true })).toBe(true);
    expect(team.resolveRelay(a?.id ?? '', { approved: false })).toBe(false);
    team.kill(id);
    expect(team.getPendingRelays()).toEqual([]);
    expect(team.resolveRelay(b?.id ?? '', { approved: true })).toBe(false);
    const resolved = eventsOf(await collect(team.events()), 'relay_resolved');
    expect(resolved.map(({ relayId, approved, by }) => [relayId, approved, by])).toEqual([
      [a?.id, true, 'human'],
      [b?.id, false, 'cancel'],
    ]);
  });

  // FAILURES: killing the last paused agent left the reader waiting for ever
  test('killing the last agent that waits ends the stream', async () => {
    await using team = echoing('a');
    const id = start(team, 'go', { tools: [echoTool()] });
    await relaysWaiting(team, 1);
    const reading = collect(team.events());
    team.kill(id);
    const entries = await reading;
    expect(entries.at(-1)?.event).toMatchObject({ type: 'harness_end', status: 'cancelled' });
    expect(eventsOf(entries, 'tool_result')).toMatchObject([{ status: 'cancelled', decidedBy: { kind: 'cancel' } }]);
  });

  test('of something that is no answer throws a typed error, and the relay stays', async () => {
    await using team = echoing('a');
    start(team, 'go', { tools: [echoTool()] });
    const [relay] = await relaysWaiting(team, 1);
    for (const [answer, path] of [
      [{}, 'approved'],
      [{ approved: true, always: { uses: 0 } }, 'always.uses'],
      [{ approved: false, always: true }, ''],
      [undefined, ''],
    ] as const) {
      const wrong = () => team.resolveRelay(relay?.id ?? '', answer as never);
      expect(wrong).toThrow(GreenroomError);
      expect(wrong).toThrow(expect.objectContaining({ code: 'invalid_params', path }));
    }
    expect(team.getPendingRelays()).toHaveLength(1);
  });
});

describe('an edited input', () => {
  const twice = defineTool({
    name: 'twice',
    description: '',
    schema: z.strictObject({ text: z.string(), times: z.number().default(2) }),
    execute: ({ text, times }) => ({ context: text.repeat(times) }),
  });
  const asks = () =>
    playedTeam((_asked, nth) =>
      nth === 0 ? { calls: [{ id: 'a', name: 'twice', input: { text: 'x' } }] } : { text: 'ok' },
    );

  test('that fails the schema gives false, and the relay stays open', async () => {
    await using team = asks();
    start(team, 'go', { tools: [twice] });
    const [relay] = await relaysWaiting(team, 1);
    for (const input of [{ text: 1 }, {}, null, 'text', { text: 'a', more: 1 }]) {
      expect(team.resolveRelay(relay?.id ?? '', { approved: true, input })).toBe(false);
    }
    expect(team.getPendingRelays()).toEqual([relay]);
    expect(team.resolveRelay(relay?.id ?? '', { approved: true })).toBe(true);
    expect(await results(team)).toMatchObject([{ output: { context: 'xx' } }]);
  });

  test('runs as edited, defaults applied, and the model is told', async () => {
    await using team = asks();
    start(team, 'go', { tools: [twice] });
    const [relay] = await relaysWaiting(team, 1);
    expect(team.resolveRelay(relay?.id ?? '', { approved: true, input: { text: 'edited ' }, by: 'ada' })).toBe(true);
    const entries = await collect(team.events());
    expect(eventsOf(entries, 'relay_resolved')).toMatchObject([
      { approved: true, input: { text: 'edited ' }, by: 'ada' },
    ]);
    expect(eventsOf(entries, 'relay')).toHaveLength(1);
    const [result] = eventsOf(entries, 'tool_result');
    expect(result).toMatchObject({ status: 'ok', decidedBy: { kind: 'human', id: relay?.id, by: 'ada' } });
    expect(result?.output.context).toBe(
      '[A human changed the arguments before approving. What ran: {"text":"edited ","times":2}]\nedited edited ',
    );
    expect(team.asked[1]?.messages.at(-1)?.content).toBe(result?.output.context);
  });

  test('that a deny rule forbids never runs, and nobody says that it did', async () => {
    const echo = echoTool();
    await using team = echoing('a');
    start(team, 'go', {
      tools: [echo],
      permissions: { deny: [{ tool: 'echo', params: { text: 'forbidden*' }, reason: 'house rule' }] },
    });
    const [relay] = await relaysWaiting(team, 1);
    expect(team.resolveRelay(relay?.id ?? '', { approved: true, input: { text: 'forbidden fruit' } })).toBe(true);
    const [result] = await results(team);
    expect(result).toMatchObject({ status: 'denied', decidedBy: { kind: 'rule' } });
    expect(result?.output.context).toContain('house rule');
    expect(result?.output.context).toContain('Not run: {"text":"forbidden fruit"}');
    expect(echo.runs).toEqual([]);
  });

  test('saves no grant, for "always" was shown for other arguments', async () => {
    await using team = echoing('a');
    start(team, 'go', { tools: [echoTool()] });
    const [relay] = await relaysWaiting(team, 1);
    team.resolveRelay(relay?.id ?? '', { approved: true, always: true, input: { text: 'b' } });
    await results(team);
    expect(team.grants.list()).toEqual([]);
  });

  test('that cannot be written as JSON still gives the call its one result', async () => {
    const anything = defineTool({
      name: 'any',
      description: '',
      schema: z.looseObject({}),
      execute: () => ({ context: 'ran' }),
    });
    await using team = playedTeam((_asked, nth) =>
      nth === 0 ? { calls: [{ id: 'a', name: 'any' }] } : { text: 'ok' },
    );
    const id = start(team, 'go', { tools: [anything] });
    const [relay] = await relaysWaiting(team, 1);
    const input: Record<string, unknown> = {};
    input['self'] = input;
    team.resolveRelay(relay?.id ?? '', { approved: true, input });
    expect(await results(team)).toHaveLength(1);
    expect(await team.result(id)).toMatchObject({ status: 'completed' });
  });
});
