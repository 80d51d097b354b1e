import { describe, expect, test } from 'vitest';
import { AgentOrchestrator, type RelayAnswer, type Script } from '../../src/index.ts';
import { expectLaws } from '../lifecycle/laws.ts';
import { echoTool, eventsOf, relaysWaiting, start, until } from '../support/team.ts';
import { askOnce, cutAfter, entriesOf, harnessOf, session } from './sessions.ts';

describe('an answer whose effect was cut off', () => {
  /** A session that is cut right after the entry that `match` finds, and goes on from there. */
  async function cutAt(script: Script, answer: RelayAnswer, type: 'relay_resolved' | 'tool_start' | 'tool_result') {
    const echo = echoTool();
    const whole = session(script, [echo]);
    const id = start(whole.first, 'go', { tools: [echo] });
    const [asked] = await relaysWaiting(whole.first, 1);
    whole.first.resolveRelay(asked?.id ?? '', answer);
    await whole.first.result(id);
    await whole.first.cleanup();
    const at = entriesOf(whole.journal).find(({ event }) => event.type === type)?.seq ?? 0;
    const journal = cutAfter(whole.journal, at);
    const again = echoTool();
    const second = await AgentOrchestrator.open({ journal, harness: harnessOf(script), tools: [again] });
    return { second, id, again, journal };
  }

  test('an approval is not asked for again, and runs the call', async () => {
    const { second, id, again, journal } = await cutAt(askOnce, { approved: true, by: 'ann' }, 'relay_resolved');
    expect(second.getPendingRelays()).toEqual([]);
    expect(await second.result(id)).toMatchObject({ text: 'it said: echo: hi' });
    expect(again.runs).toEqual(['hi']);
    expect(eventsOf(entriesOf(journal), 'tool_start')).toMatchObject([{ decidedBy: { kind: 'human', by: 'ann' } }]);
    await second.cleanup();
    expectLaws(entriesOf(journal));
  });

  test('an edit runs as edited, and the model is told', async () => {
    const edit = { approved: true, input: { text: 'ho' } } as const;
    const { second, id, again, journal } = await cutAt(askOnce, edit, 'relay_resolved');
    expect((await second.result(id)).text).toContain('echo: ho');
    expect(again.runs).toEqual(['ho']);
    expect(eventsOf(entriesOf(journal), 'tool_result')[0]?.output.context).toContain('A human changed the arguments');
    await second.cleanup();
    expectLaws(entriesOf(journal));
  });

  test('a refusal ends the call with its reason', async () => {
    const { second, id, again, journal } = await cutAt(askOnce, { approved: false, reason: 'no!' }, 'relay_resolved');
    expect((await second.result(id)).text).toContain('no!');
    expect(again.runs).toEqual([]);
    await second.cleanup();
    expectLaws(entriesOf(journal));
  });

  test('"always" keeps its grant', async () => {
    const { second, id, journal } = await cutAt(askOnce, { approved: true, always: true }, 'relay_resolved');
    expect(second.grants.list()).toMatchObject([{ permission: { tool: 'echo' }, by: 'human', scope: 'all' }]);
    await second.result(id);
    await second.cleanup();
    expectLaws(entriesOf(journal));
  });

  test('a result is not lost, and the call is not made again', async () => {
    const { second, id, again, journal } = await cutAt(askOnce, { approved: true }, 'tool_result');
    expect(await second.result(id)).toMatchObject({ text: 'it said: echo: hi' });
    expect(again.runs).toEqual([]);
    await second.cleanup();
    expectLaws(entriesOf(journal));
  });

  test('a call that was edited and may have run is told with what was run', async () => {
    const edit = { approved: true, input: { text: 'ho' } } as const;
    const { second, journal } = await cutAt(askOnce, edit, 'tool_start');
    const [relay] = await relaysWaiting(second, 1);
    second.resolveRelay(relay?.id ?? '', { approved: false });
    await until(second, ({ event }) => event.type === 'tool_result');
    await second.cleanup();
    const at = entriesOf(journal).findLast(({ event }) => event.type === 'relay_resolved')?.seq ?? 0;
    const cut = cutAfter(journal, at);
    await using third = await AgentOrchestrator.open({
      journal: cut,
      harness: harnessOf(askOnce),
      tools: [echoTool()],
    });
    await until(third, ({ event }) => event.type === 'tool_result');
    const [result] = eventsOf(entriesOf(cut), 'tool_result');
    expect(result?.output).toEqual(eventsOf(entriesOf(journal), 'tool_result')[0]?.output);
    expect(result?.output.context).toContain('What ran: {"text":"ho"}');
  });

  test('a call that may have run is asked about, and never run again by itself', async () => {
    const { second, id, again, journal } = await cutAt(askOnce, { approved: true }, 'tool_start');
    const [relay] = await relaysWaiting(second, 1);
    expect(relay).toMatchObject({ kind: 'unknown_outcome', tool: 'echo', params: { text: 'hi' }, proposal: null });
    expect(again.runs).toEqual([]);
    second.resolveRelay(relay?.id ?? '', { approved: false });
    expect((await second.result(id)).text).toContain('whether it had its effect is not known');
    expect(eventsOf(entriesOf(journal), 'tool_result')).toMatchObject([{ status: 'unknown' }]);
    await second.cleanup();
    expectLaws(entriesOf(journal));
  });
});
