import { describe, expect, test } from 'vitest';
import { agentTool, call, defineTool, type Script } from '../../src/index.ts';
import * as z from 'zod';
import { collect, echoTool, eventsOf, handClock, relaysWaiting, scriptedTeam, start, until } from '../support/team.ts';

/** `texts` one after another, a turn each. */
const inTurns = (...texts: string[]): Script =>
  function* () {
    for (const text of texts) yield { calls: [call('echo', { text })] };
    yield { text: 'ok' };
  };

const atOnce = (...texts: string[]): Script =>
  function* () {
    yield { calls: texts.map((text) => call('echo', { text })) };
    yield { text: 'ok' };
  };

describe('always', () => {
  test('makes a grant that says what, for whom, by whom, when and from which relay', async () => {
    const clock = handClock();
    await using team = scriptedTeam(atOnce('a'), { clock });
    const id = start(team, 'go', { tools: [echoTool()] });
    const [relay] = await relaysWaiting(team, 1);
    team.resolveRelay(relay?.id ?? '', { approved: true, always: true, by: 'ada' });
    const grant = {
      id: expect.any(String),
      permission: { tool: 'echo', params: { text: 'a' }, exact: true },
      scope: 'all',
      agentId: id,
      originRelayId: relay?.id,
      by: 'ada',
      createdAt: clock.now(),
    };
    expect(team.grants.list()).toEqual([grant]);
    const [resolved] = eventsOf(await collect(team.events()), 'relay_resolved');
    expect(resolved?.grants).toEqual([grant]);
  });

  // FAILURES: "always" didn't release equal questions that already waited, or did so depending on timing
  test.each([0, 1, 2])(
    'answered on the relay at place %i, it releases every equal one that waits, and no other',
    async (place) => {
      const echo = echoTool();
      await using team = scriptedTeam(atOnce('same', 'same', 'same', 'other'));
      start(team, 'go', { tools: [echo] });
      const relays = await relaysWaiting(team, 4);
      const chosen = relays[place];
      team.resolveRelay(chosen?.id ?? '', { approved: true, always: true });
      expect(team.getPendingRelays().map(({ params }) => params)).toEqual([{ text: 'other' }]);
      team.resolveRelay(relays[3]?.id ?? '', { approved: false });
      const entries = await collect(team.events());
      const [grant] = team.grants.list();
      const released = eventsOf(entries, 'relay_resolved').filter(({ by }) => by === 'grant');
      expect(new Set(released.map(({ relayId }) => relayId))).toEqual(new Set(chosen?.releases));
      const decided = eventsOf(entries, 'tool_result').filter(({ status }) => status === 'ok');
      expect(decided.filter(({ decidedBy }) => decidedBy?.kind === 'human')).toHaveLength(1);
      expect(decided.filter(({ decidedBy }) => decidedBy?.kind === 'grant' && decidedBy.id === grant?.id)).toHaveLength(
        2,
      );
      expect(echo.runs).toHaveLength(3);
    },
  );

  test('lets the next equal call run without a question, also of an agent that comes later', async () => {
    await using team = scriptedTeam(inTurns('a', 'a'));
    const first = start(team, 'go', { tools: [echoTool()] });
    const [relay] = await relaysWaiting(team, 1);
    team.resolveRelay(relay?.id ?? '', { approved: true, always: true });
    await team.result(first);
    const second = start(team, 'go', { tools: [echoTool()] });
    expect(await team.result(second)).toMatchObject({ status: 'completed' });
    expect(eventsOf(await collect(team.events()), 'relay')).toHaveLength(1);
  });

  test('saves nothing for a call that cannot be made permanent, but runs it', async () => {
    const fickle = { ...echoTool(), derivePermission: () => null };
    await using team = scriptedTeam(atOnce('a'));
    const id = start(team, 'go', { tools: [fickle] });
    const [relay] = await relaysWaiting(team, 1);
    expect(relay?.proposal).toBeNull();
    team.resolveRelay(relay?.id ?? '', { approved: true, always: true });
    expect(await team.result(id)).toMatchObject({ status: 'completed' });
    expect(team.grants.list()).toEqual([]);
  });

  test('with scope agent holds for that agent only, and goes with it', async () => {
    await using team = scriptedTeam(inTurns('a', 'a'));
    const mine = start(team, 'mine', { tools: [echoTool()] });
    const theirs = start(team, 'theirs', { tools: [echoTool()] });
    const relays = await relaysWaiting(team, 2);
    const own = relays.find(({ agentId }) => agentId === mine);
    team.resolveRelay(own?.id ?? '', { approved: true, always: { scope: 'agent' } });
    expect(team.grants.list()).toMatchObject([{ scope: 'agent', agentId: mine }]);
    expect(await team.result(mine)).toMatchObject({ status: 'completed' });
    expect(team.getPendingRelays()).toMatchObject([{ agentId: theirs }]);
    expect(team.grants.list()).toEqual([]);
  });

  test('with scope subtree holds for the agent and its subagents, and not for others', async () => {
    const echo = echoTool();
    await using team = scriptedTeam(function* ({ task }) {
      yield { calls: [call('echo', { text: 'a' })] };
      if (task === 'parent') yield { calls: [call('agent', { task: 'child' })] };
      yield { text: 'ok' };
    });
    const permissions = { allowlist: [{ tool: 'agent' }] };
    const parent = start(team, 'parent', { tools: [echo, agentTool], permissions });
    const [relay] = await relaysWaiting(team, 1);
    team.resolveRelay(relay?.id ?? '', { approved: true, always: { scope: 'subtree' } });
    const stranger = start(team, 'stranger', { tools: [echo], permissions });
    const waiting = await relaysWaiting(team, 1);
    expect(await team.result(parent)).toMatchObject({ status: 'completed' });
    expect(waiting).toMatchObject([{ agentId: stranger }]);
    expect(echo.runs).toHaveLength(2);
  });

  test('with expiresInMs ends at that very millisecond', async () => {
    const clock = handClock();
    const tick = defineTool({
      name: 'tick',
      description: '',
      schema: z.object({ ms: z.number() }),
      execute: ({ ms }) => {
        clock.advance(ms);
        return { context: 'ticked' };
      },
    });
    await using team = scriptedTeam(
      function* () {
        yield { calls: [call('echo', { text: 'a' })] };
        yield { calls: [call('tick', { ms: 999 })] };
        yield { calls: [call('echo', { text: 'a' })] };
        yield { calls: [call('tick', { ms: 1 })] };
        yield { calls: [call('echo', { text: 'a' })] };
        yield { text: 'ok' };
      },
      { clock },
    );
    const id = start(team, 'go', { tools: [echoTool(), tick], permissions: { allowlist: [{ tool: 'tick' }] } });
    const [first] = await relaysWaiting(team, 1);
    team.resolveRelay(first?.id ?? '', { approved: true, always: { expiresInMs: 1000 } });
    await until(team, ({ event }) => event.type === 'relay' && event.id !== first?.id);
    const [again] = team.getPendingRelays();
    expect(again?.toolCallId).toBe(`${id}/call_4_0`);
    expect(team.grants.list()).toEqual([]);
  });

  test('with uses is spent by the calls after the one it was given for', async () => {
    const echo = echoTool();
    await using team = scriptedTeam(inTurns('a', 'a', 'a', 'a'));
    const id = start(team, 'go', { tools: [echo] });
    const [first] = await relaysWaiting(team, 1);
    team.resolveRelay(first?.id ?? '', { approved: true, always: { uses: 2 } });
    await until(team, ({ event }) => event.type === 'relay' && event.id !== first?.id);
    expect(team.getPendingRelays()).toMatchObject([{ toolCallId: `${id}/call_3_0` }]);
    expect(echo.runs).toHaveLength(3);
    expect(team.grants.list()).toEqual([]);
  });

  test('with uses releases no more waiting calls than it has uses', async () => {
    await using team = scriptedTeam(atOnce('a', 'a', 'a', 'a'));
    start(team, 'go', { tools: [echoTool()] });
    const relays = await relaysWaiting(team, 4);
    team.resolveRelay(relays[3]?.id ?? '', { approved: true, always: { uses: 2 } });
    expect(team.getPendingRelays().map(({ id }) => id)).toEqual([relays[2]?.id]);
  });

  // FAILURES: a saved allow beat a later deny
  test('never beats a deny rule', async () => {
    const echo = echoTool();
    await using team = scriptedTeam(inTurns('a'));
    const first = start(team, 'go', { tools: [echo] });
    const [relay] = await relaysWaiting(team, 1);
    team.resolveRelay(relay?.id ?? '', { approved: true, always: true });
    await team.result(first);
    const second = start(team, 'go', { tools: [echo], permissions: { deny: [{ tool: 'echo' }] } });
    await team.result(second);
    const denied = eventsOf(await collect(team.events()), 'tool_result').filter(({ runId }) => runId === second);
    expect(denied).toMatchObject([{ status: 'denied', decidedBy: { kind: 'rule', id: `${second}.deny[0]` } }]);
    expect(echo.runs).toHaveLength(1);
  });
});

describe('revoke', () => {
  // FAILURES: saved answers couldn't be listed or revoked
  test('stops the very next call, and says so in the stream', async () => {
    await using team = scriptedTeam(inTurns('a'));
    const first = start(team, 'go', { tools: [echoTool()] });
    const [relay] = await relaysWaiting(team, 1);
    team.resolveRelay(relay?.id ?? '', { approved: true, always: true });
    await team.result(first);
    const [grant] = team.grants.list();
    expect(team.grants.revoke(grant?.id ?? '', 'ada')).toBe(true);
    expect(team.grants.list()).toEqual([]);
    expect(team.grants.revoke(grant?.id ?? '')).toBe(false);
    expect(team.grants.revoke('nothing')).toBe(false);
    start(team, 'go', { tools: [echoTool()] });
    expect(await relaysWaiting(team, 1)).toHaveLength(1);
    const revoked = await until(team, ({ event }) => event.type === 'grant_revoked');
    expect(revoked).toMatchObject({ agentId: 'orchestrator', event: { grantId: grant?.id, by: 'ada' } });
  });
});
