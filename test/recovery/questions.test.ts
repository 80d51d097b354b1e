import { describe, expect, test } from 'vitest';
import { expectLaws } from '../lifecycle/laws.ts';
import * as z from 'zod';
import { AgentOrchestrator, call, defineTool, type Script } from '../../src/index.ts';
import { collect, echoTool, eventsOf, relaysWaiting, start, until } from '../support/team.ts';
import { askOnce, cutAfter, entriesOf, harnessOf, heldTool, session } from './sessions.ts';

describe('a question that waited', () => {
  test('is there under its id, and its answer lets the call run once', async () => {
    const echo = echoTool();
    const { first, reopen } = session(askOnce, [echo]);
    const id = start(first, 'go', { tools: [echo] });
    const [asked] = await relaysWaiting(first, 1);
    await first.suspend();
    await using second = await reopen();
    expect(second.getPendingRelays()).toEqual([asked]);
    expect(second.agents()).toMatchObject([{ id, state: 'awaitingRelay' }]);
    expect(second.resolveRelay(asked?.id ?? '', { approved: true })).toBe(true);
    expect(second.resolveRelay(asked?.id ?? '', { approved: false })).toBe(false);
    expect(await second.result(id)).toMatchObject({ status: 'completed', text: 'it said: echo: hi' });
    expect(echo.runs).toEqual(['hi']);
    const entries = await collect(second.events());
    expectLaws(entries);
    expect(eventsOf(entries, 'relay')).toHaveLength(1);
    expect(eventsOf(entries, 'resumed')).toMatchObject([{ count: 1, parked: [] }]);
  });

  test.each([
    ['no', { approved: false, reason: 'not now' } as const, 'not now', []],
    ['an edit', { approved: true, input: { text: 'ho' } } as const, 'echo: ho', ['ho']],
  ])('takes %s as before', async (_what, answer, told, runs) => {
    const echo = echoTool();
    const { first, reopen } = session(askOnce, [echo]);
    const id = start(first, 'go', { tools: [echo] });
    const [asked] = await relaysWaiting(first, 1);
    await first.suspend();
    await using second = await reopen();
    second.resolveRelay(asked?.id ?? '', answer);
    expect((await second.result(id)).text).toContain(told);
    expect(echo.runs).toEqual(runs);
    expectLaws(await collect(second.events()));
  });

  test('survives any number of restarts, and is settled by a rule that the new start brings', async () => {
    const echo = echoTool();
    const { first, reopen, journal } = session(askOnce, [echo]);
    const id = start(first, 'go', { tools: [echo] });
    const [asked] = await relaysWaiting(first, 1);
    await first.suspend();
    for (let restart = 0; restart < 3; restart += 1) {
      const again = await reopen();
      expect(again.getPendingRelays()).toEqual([asked]);
      await again.suspend();
    }
    await using last = await reopen({ permissions: { deny: [{ tool: 'echo', reason: 'never again' }] } });
    expect(await last.result(id)).toMatchObject({ text: expect.stringContaining('never again') });
    expect(echo.runs).toEqual([]);
    expectLaws(entriesOf(journal));
    expect(eventsOf(entriesOf(journal), 'resumed').map(({ count }) => count)).toEqual([1, 2, 3, 4]);
  });

  test('stands among the others in the order in which they were asked', async () => {
    const held = heldTool('held', true);
    const echo = echoTool();
    const script: Script = function* ({ task }) {
      if (task === 'late') yield { calls: [call('held')] };
      yield { calls: [call('echo', { text: task })] };
    };
    const { first, reopen } = session(script, [echo, held], { permissions: { allowlist: [{ tool: 'held' }] } });
    for (const task of ['late', 'early']) start(first, task, { tools: [echo, held] });
    await relaysWaiting(first, 1);
    held.release();
    const asked = await relaysWaiting(first, 2);
    expect(asked.map(({ params }) => params)).toEqual([{ text: 'early' }, { text: 'late' }]);
    await first.suspend();
    await using second = await reopen();
    expect(second.getPendingRelays()).toEqual(asked);
  });

  test('forbidden by a new rule ends with that rule as the reason, also when that was cut off', async () => {
    const echo = echoTool();
    const { first, reopen, journal } = session(askOnce, [echo]);
    const id = start(first, 'go', { tools: [echo] });
    await relaysWaiting(first, 1);
    await first.suspend();
    const second = await reopen({ permissions: { deny: [{ tool: 'echo', reason: 'never again' }] } });
    await second.result(id);
    await second.cleanup();
    const resolved = entriesOf(journal).find(({ event }) => event.type === 'relay_resolved');
    expect(resolved?.event).toMatchObject({ approved: false, by: 'rule', reason: 'never again' });
    const cut = cutAfter(journal, resolved?.seq ?? 0);
    await using third = await AgentOrchestrator.open({ journal: cut, harness: harnessOf(askOnce), tools: [echo] });
    expect((await third.result(id)).text).toContain('This call was not allowed: never again');
  });

  test('is denied at a start with nobody to ask', async () => {
    const echo = echoTool();
    const { first, reopen, journal } = session(askOnce, [echo]);
    const id = start(first, 'go', { tools: [echo] });
    await relaysWaiting(first, 1);
    await first.suspend();
    await using second = await reopen({ onAsk: 'deny' });
    expect((await second.result(id)).text).toContain('no human can be asked');
    expectLaws(entriesOf(journal));
  });

  test('is asked once more when a file it names has changed meanwhile', async () => {
    // see approved.test.ts for the same within one run; here the change happens while nothing runs
    const { first, reopen } = session(askOnce, [echoTool()]);
    start(first, 'go', { tools: [echoTool()] });
    const [asked] = await relaysWaiting(first, 1);
    const seal = { path: '/nowhere/at/all', seal: 'something else' };
    await first.suspend();
    const files = { ...echoTool(), files: () => [seal.path] };
    await using second = await reopen({ tools: [files] });
    second.resolveRelay(asked?.id ?? '', { approved: true });
    const again = await until(second, ({ event }) => event.type === 'relay' && event.id !== asked?.id);
    expect(again.event).toMatchObject({ why: expect.stringContaining('changed since this call was checked') });
  });

  test('about something else than a human saw waits for one, whatever covers it: a grant, a restart', async () => {
    const runs: string[] = [];
    let content = 'shown';
    const tool = defineTool({
      name: 'run',
      description: 'Runs a script.',
      schema: z.object({ text: z.string() }),
      subjects: () => [{ content }],
      derivePermission: () => ({ tool: 'run' }),
      execute: ({ text }) => {
        runs.push(text);
        return { context: 'ran' };
      },
    });
    const script: Script = function* ({ task }) {
      yield { calls: [call('run', { text: task })] };
    };
    const { first, reopen } = session(script, [tool]);
    for (const task of ['a', 'b']) start(first, task, { tools: [tool] });
    const [a] = await relaysWaiting(first, 2);
    content = 'something else';
    first.resolveRelay(a?.id ?? '', { approved: true });
    await until(first, ({ event }) => event.type === 'relay' && event.why?.includes('is not what it was') === true);
    const [b, again] = first.getPendingRelays();
    expect(b?.releases).toEqual([]);
    content = 'shown';
    first.resolveRelay(b?.id ?? '', { approved: true, always: true });
    await until(first, ({ event }) => event.type === 'harness_end');
    expect(first.getPendingRelays().map(({ id }) => id)).toEqual([again?.id]);
    await first.suspend();
    await using second = await reopen();
    expect(second.getPendingRelays().map(({ id }) => id)).toEqual([again?.id]);
    expect(runs).toEqual(['b']);
    content = 'something else';
    second.resolveRelay(again?.id ?? '', { approved: true });
    await until(second, ({ event }) => event.type === 'tool_start' && event.id === again?.toolCallId);
  });
});
