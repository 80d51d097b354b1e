import { describe, expect, test } from 'vitest';
import { AgentOrchestrator, call, type Script } from '../../src/index.ts';
import { expectLaws } from '../lifecycle/laws.ts';
import { eventsOf, relaysWaiting, start, until } from '../support/team.ts';
import { cutAfter, entriesOf, harnessOf, heldTool, session } from './sessions.ts';

describe('a call whose outcome is unknown', () => {
  const script: Script = function* () {
    const [held] = yield { calls: [call('held', { text: 'x' })] };
    yield { text: `result: ${held?.text}` };
  };

  async function interrupted() {
    const held = heldTool();
    const made = session(script, [held], { permissions: { allowlist: [{ tool: 'held' }] } });
    const id = start(made.first, 'go', { tools: [held] });
    await until(made.first, ({ event }) => event.type === 'tool_start');
    await made.first.suspend();
    const second = await made.reopen();
    const [relay] = second.getPendingRelays();
    return { ...made, second, id, held, relayId: relay?.id ?? '', relay };
  }

  test('waits for a human whatever rules allow it, also over another restart', async () => {
    const { second, reopen, relay, held } = await interrupted();
    expect(relay?.kind).toBe('unknown_outcome');
    await second.suspend();
    await using third = await reopen();
    expect(third.getPendingRelays()).toEqual([relay]);
    expect(held.runs).toEqual(['x']);
  });

  test('"it ran, with this result" gives that result to the model and runs nothing', async () => {
    const { second, id, relayId, held, journal } = await interrupted();
    second.resolveRelay(relayId, { approved: true, output: { context: '42 rows' } });
    expect((await second.result(id)).text).toMatch(/A human says that it ran[^]*42 rows/);
    expect(held.runs).toEqual(['x']);
    expect(eventsOf(entriesOf(journal), 'tool_start')).toHaveLength(1);
    await second.cleanup();
    expectLaws(entriesOf(journal));
  });

  test('"it did not, run it" starts it once more, with an intent of its own', async () => {
    const { second, id, relayId, held, journal } = await interrupted();
    held.release();
    second.resolveRelay(relayId, { approved: true });
    expect(await second.result(id)).toMatchObject({ text: 'result: held: x' });
    expect(held.runs).toEqual(['x', 'x']);
    expect(eventsOf(entriesOf(journal), 'tool_start')).toHaveLength(2);
    await second.cleanup();
    expectLaws(entriesOf(journal));
  });

  test('an answer of the wrong kind is refused and the question stays', async () => {
    const { second, relayId } = await interrupted();
    expect(() => second.resolveRelay(relayId, { approved: true, input: { text: 'y' } })).toThrow('may have run');
    expect(second.getPendingRelays()).toHaveLength(1);
    await second.cleanup();
  });

  test('killed while it is asked about, it ends as unknown', async () => {
    const { second, id, journal } = await interrupted();
    second.kill(id);
    expect(await second.result(id)).toMatchObject({ status: 'cancelled' });
    expect(eventsOf(entriesOf(journal), 'tool_result')).toMatchObject([{ status: 'unknown' }]);
    await second.cleanup();
    expectLaws(entriesOf(journal));
  });

  test('with nobody to ask it ends as unknown, and its agent goes on', async () => {
    const held = heldTool();
    const { first, reopen } = session(script, [held], { permissions: { allowlist: [{ tool: 'held' }] } });
    const id = start(first, 'go', { tools: [held] });
    await until(first, ({ event }) => event.type === 'tool_start');
    await first.suspend();
    await using second = await reopen({ onAsk: 'deny' });
    expect(await second.result(id)).toMatchObject({ status: 'completed', text: expect.stringContaining('not known') });
  });

  test('allowed to run again and then forbidden, it ends as unknown and not as one that never ran', async () => {
    const { second, id, relayId, held, journal } = await interrupted();
    held.release();
    second.resolveRelay(relayId, { approved: true });
    await second.result(id);
    await second.cleanup();
    const at = entriesOf(journal).find(({ event }) => event.type === 'relay_resolved')?.seq ?? 0;
    await using third = await AgentOrchestrator.open({
      journal: cutAfter(journal, at),
      harness: harnessOf(script),
      tools: [held],
      permissions: { deny: [{ tool: 'held', reason: 'no more' }] },
    });
    const { text } = await third.result(id);
    expect(text).toContain('whether it had its effect is not known (no more)');
  });

  test.each(['deny', 'fail'] as const)(
    'answered while nothing ran, it is what was answered also with onAsk %s',
    async (onAsk) => {
      const { second, reopen, relayId, id, journal } = await interrupted();
      await second.suspend();
      journal.answer?.(relayId, { approved: true, output: { context: '42 rows' } }, Date.now());
      await using third = await reopen({ onAsk });
      expect((await third.result(id)).text).toContain('42 rows');
    },
  );

  test('of an idempotent tool it is simply run again', async () => {
    const held = heldTool('held', true);
    const options = { permissions: { allowlist: [{ tool: 'held' }] } };
    const { first, reopen } = session(script, [held], options);
    const id = start(first, 'go', { tools: [held] });
    await until(first, ({ event }) => event.type === 'tool_start');
    await first.suspend();
    held.release();
    await using second = await reopen();
    expect(await second.result(id)).toMatchObject({ text: 'result: held: x' });
    expect(held.runs).toEqual(['x', 'x']);
  });

  test.each([
    ['as the model asked', {}, { text: 'x' }],
    ['as a human changed it', { input: { text: 'y' } }, { text: 'y' }],
  ])('of an idempotent tool a human let run %s is run again only if that is the same', async (_how, edit, params) => {
    const held = heldTool('held', true);
    const touching = (what: string) => ({ ...held, subjects: () => [{ path: what }] });
    const { first, reopen } = session(script, [touching('mine')]);
    start(first, 'go', { tools: [touching('mine')] });
    const [asked] = await relaysWaiting(first, 1);
    first.resolveRelay(asked?.id ?? '', { approved: true, ...edit });
    await until(first, ({ event }) => event.type === 'tool_start');
    await first.suspend();
    await using second = await reopen({ tools: [touching('a secret')] });
    const [again] = await relaysWaiting(second, 1);
    expect(again).toMatchObject({ kind: 'permission', params, why: expect.stringContaining('is not what it was') });
    expect(held.runs).toHaveLength(1);
  });
});
