import { describe, expect, test } from 'vitest';
import { AgentOrchestrator, call, type Script } from '../../src/index.ts';
import { collect, echoTool, eventsOf, handClock, relaysWaiting, start, until } from '../support/team.ts';
import { askOnce, cutAfter, entriesOf, harnessOf, heldTool, session } from './sessions.ts';

describe('what humans allowed', () => {
  const thrice: Script = function* () {
    for (const text of ['a', 'b', 'c', 'd']) yield { calls: [call('echo', { text })] };
    yield { text: 'done' };
  };

  test('grants come back with what is left of their uses and their time, and those that were revoked do not', async () => {
    const clock = handClock();
    const echo = { ...echoTool(), derivePermission: () => ({ tool: 'echo' }) };
    const { first, reopen } = session(thrice, [echo], { clock });
    const id = start(first, 'go', { tools: [echo] });
    const [asked] = await relaysWaiting(first, 1);
    first.resolveRelay(asked?.id ?? '', { approved: true, always: { uses: 2, expiresInMs: 60_000 } });
    await relaysWaiting(first, 1); // "a" was the answer's own, "b" and "c" used it up
    expect(echo.runs).toEqual(['a', 'b', 'c']);
    await first.suspend();
    const second = await reopen();
    expect(second.grants.list()).toEqual([]);
    const [again] = second.getPendingRelays();
    second.resolveRelay(again?.id ?? '', { approved: true, always: { expiresInMs: 60_000 } });
    await second.result(id);
    const [grant] = second.grants.list();
    expect(grant).toMatchObject({ permission: { tool: 'echo' }, expiresAt: clock.now() + 60_000 });
    await second.suspend();
    clock.advance(59_999);
    const third = await reopen();
    expect(third.grants.list()).toEqual([grant]);
    expect(third.grants.revoke(grant?.id ?? '')).toBe(true);
    await third.suspend();
    await using fourth = await reopen();
    expect(fourth.grants.list()).toEqual([]);
  });

  test('a clock that was set back brings no expired grant to life', async () => {
    const echo = { ...echoTool(), derivePermission: () => ({ tool: 'echo' }) };
    let now = 1_000_000;
    const clock = { ...handClock(), now: () => now };
    const { first, reopen } = session(askOnce, [echo], { clock });
    const id = start(first, 'go', { tools: [echo] });
    const [asked] = await relaysWaiting(first, 1);
    first.resolveRelay(asked?.id ?? '', { approved: true, always: { expiresInMs: 1000 } });
    await first.result(id);
    now += 2000;
    await first.result(start(first, 'again', { tools: [] }));
    await first.suspend();
    now -= 1_900_000;
    await using second = await reopen();
    expect(second.grants.list()).toEqual([]);
  });

  test('and the log says that it was, and by how much: once, not at every look', async () => {
    const warned: unknown[] = [];
    const nothing = () => undefined;
    const logger = {
      debug: nothing,
      info: nothing,
      error: nothing,
      warn: (fields: object) => void warned.push(fields),
    };
    let now = 1_000_000;
    const clock = { ...handClock(), now: () => now };
    const { first, reopen } = session(askOnce, [echoTool()], { clock, logger });
    start(first, 'go', { tools: [echoTool()] });
    await relaysWaiting(first, 1);
    await first.suspend();
    expect(warned).toEqual([]);
    now -= 900_000;
    await using second = await reopen();
    second.resolveRelay(second.getPendingRelays()[0]?.id ?? '', { approved: true });
    await collect(second.events());
    expect(warned).toEqual([{ ms: 900_000 }]);
  });

  test('and lets a new one expire all the same', async () => {
    const echo = { ...echoTool(), derivePermission: () => ({ tool: 'echo' }) };
    let now = 1_000_000;
    const clock = { ...handClock(), now: () => now };
    const { first, reopen } = session(askOnce, [echo], { clock });
    start(first, 'go', { tools: [echo] });
    await relaysWaiting(first, 1);
    await first.suspend();
    now -= 900_000;
    await using second = await reopen();
    const [asked] = second.getPendingRelays();
    second.resolveRelay(asked?.id ?? '', { approved: true, always: { expiresInMs: 1000 } });
    expect(second.grants.list()).toHaveLength(1);
    now += 1000;
    expect(second.grants.list()).toEqual([]);
  });

  test('an answer from a clock that was ahead gives no longer than was said', async () => {
    const clock = handClock();
    const echo = { ...echoTool(), derivePermission: () => ({ tool: 'echo' }) };
    const { first, reopen, journal } = session(askOnce, [echo], { clock });
    start(first, 'go', { tools: [echo] });
    const [asked] = await relaysWaiting(first, 1);
    await first.suspend();
    const always = { expiresInMs: 1000 };
    journal.answer?.(asked?.id ?? '', { approved: true, always }, clock.now() + 3_600_000);
    await using second = await reopen();
    expect(second.grants.list()).toMatchObject([{ expiresAt: clock.now() + 1000 }]);
  });

  test('nor does it settle a question by one', async () => {
    const echo = { ...echoTool(), derivePermission: () => ({ tool: 'echo' }) };
    let now = 1_000_000;
    const clock = { ...handClock(), now: () => now };
    const { first, reopen } = session(askOnce, [echo], { clock });
    const id = start(first, 'go', { tools: [echo] });
    const [asked] = await relaysWaiting(first, 1);
    first.resolveRelay(asked?.id ?? '', { approved: true, always: { expiresInMs: 1000 } });
    await first.result(id);
    now += 2000;
    start(first, 'again', { tools: [echo] });
    const standing = await relaysWaiting(first, 1);
    await first.suspend();
    now -= 1500;
    await using second = await reopen();
    expect(second.getPendingRelays()).toEqual(standing);
  });

  test('a call that runs again after a restart uses nothing twice', async () => {
    const held = heldTool('held', true);
    const script: Script = function* () {
      for (const text of ['a', 'b']) yield { calls: [call('held', { text })] };
      yield { text: 'done' };
    };
    const { first, reopen, journal } = session(script, [held]);
    const allowOnce = [{ tool: 'held' }, { tool: 'held' }];
    const id = start(first, 'go', { tools: [held], permissions: { allowOnce } });
    await until(first, ({ event }) => event.type === 'tool_start');
    await first.suspend();
    for (const runs of [2, 3]) {
      const again = await reopen();
      await until(again, () => held.runs.length === runs);
      await again.suspend();
    }
    held.release();
    await using last = await reopen();
    expect(await last.result(id)).toMatchObject({ text: 'done' });
    expect(held.runs).toEqual(['a', 'a', 'a', 'a', 'b']);
    expect(eventsOf(entriesOf(journal), 'relay')).toEqual([]);
  });

  test('a call that had the last use of a grant has it again, whoever ends meanwhile', async () => {
    const clock = handClock();
    const held = { ...heldTool('held', true), derivePermission: () => ({ tool: 'held' }) };
    const script: Script = function* ({ task }) {
      if (task === 'short') yield { calls: [call('echo')] };
      yield { calls: [call('held', { text: 'a' }), call('held', { text: 'b' })] };
      yield { text: 'done' };
    };
    const { first, reopen } = session(script, [held, echoTool()], { clock });
    const id = start(first, 'go', { tools: [held] });
    const [asked] = await relaysWaiting(first, 2);
    start(first, 'short', { tools: [echoTool()], limits: { maxDurationMs: 1000 } });
    first.resolveRelay(asked?.id ?? '', { approved: true, always: { uses: 1 } });
    await until(first, () => held.runs.length === 2);
    await first.suspend();
    clock.advance(1000);
    held.release();
    await using second = await reopen();
    expect(await second.result(id)).toMatchObject({ text: 'done' });
    expect(held.runs).toEqual(['a', 'b', 'a', 'b']);
  });

  test('a grant for one agent ends with it', async () => {
    const echo = echoTool();
    const { first, reopen } = session(askOnce, [echo]);
    const id = start(first, 'go', { tools: [echo] });
    const [asked] = await relaysWaiting(first, 1);
    first.resolveRelay(asked?.id ?? '', { approved: true, always: { scope: 'agent' } });
    await first.result(id);
    await first.suspend();
    await using second = await reopen();
    expect(second.grants.list()).toEqual([]);
  });

  test('what a harness that runs itself used of a grant is used', async () => {
    const { first, reopen } = session(askOnce, []);
    const ask = async function* () {
      for (const id of ['a', 'b']) {
        const { promise, resolve } = Promise.withResolvers<unknown>();
        const about = { toolCallId: id, tool: 'theirs', params: {} };
        yield { type: 'relay', runId: '', id: `r${id}`, kind: 'permission', ...about, respond: resolve } as const;
        await promise;
      }
    };
    const id = start(first, 'go', { harness: { invoke: ask } });
    const [asked] = await relaysWaiting(first, 1);
    first.resolveRelay(asked?.id ?? '', { approved: true, always: { uses: 1 } });
    expect(await first.result(id)).toMatchObject({ status: 'completed' });
    await first.suspend();
    await using second = await reopen();
    expect(second.grants.list()).toEqual([]);
  });

  test('a call that a grant had released is held against the grants there are', async () => {
    const echo = { ...echoTool(), derivePermission: () => ({ tool: 'echo' }) };
    const { first, journal } = session(askOnce, [echo]);
    for (const task of ['one', 'two']) start(first, task, { tools: [echo] });
    const [asked, other] = await relaysWaiting(first, 2);
    first.resolveRelay(asked?.id ?? '', { approved: true, always: true });
    const [grant] = first.grants.list();
    await until(first, () => echo.runs.length === 2);
    await first.cleanup();
    const released = entriesOf(journal).find(
      ({ event }) => event.type === 'relay_resolved' && event.relayId === other?.id,
    );
    expect(released?.event).toMatchObject({ approved: true, by: 'grant' });
    const cut = cutAfter(journal, released?.seq ?? 0);
    const revoked = { type: 'grant_revoked' as const, runId: 'orchestrator', grantId: grant?.id ?? '', by: 'human' };
    cut.append([{ seq: cut.lastSeq + 1, at: Date.now(), agentId: 'orchestrator', event: revoked }]);
    const tools = [echoTool()];
    await using second = await AgentOrchestrator.open({ journal: cut, harness: harnessOf(askOnce), tools });
    const again = await until(
      second,
      ({ event }) => event.type === 'relay' && event.id !== other?.id && event.id !== asked?.id,
    );
    expect(again.event).toMatchObject({ toolCallId: other?.toolCallId });
  });

  test('an allowOnce that was used is used', async () => {
    const echo = echoTool();
    const { first, reopen } = session(thrice, [echo]);
    const allowOnce = [
      { tool: 'echo', params: { text: '*' } },
      { tool: 'echo', params: { text: 'z' } },
    ];
    start(first, 'go', { tools: [echo], permissions: { allowOnce } });
    const standing = await relaysWaiting(first, 1);
    expect(echo.runs).toEqual(['a']);
    await first.suspend();
    await using second = await reopen();
    expect(second.getPendingRelays()).toEqual(standing);
    second.resolveRelay(standing[0]?.id ?? '', { approved: true });
    await relaysWaiting(second, 1);
    expect(echo.runs).toEqual(['a', 'b']);
  });
});
