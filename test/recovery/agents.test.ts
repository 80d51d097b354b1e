import { describe, expect, test } from 'vitest';
import { AgentOrchestrator, call, createAgentHarness, type Message, ModelError, type Script } from '../../src/index.ts';
import { memoryJournal } from '../../src/journal/index.ts';
import { expectLaws } from '../lifecycle/laws.ts';
import { type Answers, playedModel, playedTeam } from '../support/played-model.ts';
import { echoTool, eventsOf, handClock, relaysWaiting, start, until } from '../support/team.ts';
import { askOnce, cutAfter, entriesOf, harnessOf, heldTool, session } from './sessions.ts';

describe('an agent', () => {
  test('has its whole history, also what was sent while it worked', async () => {
    const prompts: Message[][] = [];
    const held = heldTool('held', true);
    const script: Script = function* () {
      yield { text: 'one', calls: [call('held')] };
      yield { text: 'two', calls: [call('held', { text: 'b' })] };
      yield { text: 'three' };
    };
    const spying = () => {
      const harness = harnessOf(script);
      const inner = 'harness' in harness ? (harness.harness as typeof harness) : harness;
      const invoke = inner.invoke.bind(inner);
      inner.invoke = (params) => {
        prompts.push([...params.messages]);
        return invoke(params);
      };
      return harness;
    };
    const play = async (restartAt: number | undefined) => {
      prompts.length = 0;
      const journal = memoryJournal();
      const permissions = { allowlist: [{ tool: 'held' }] };
      let team = new AgentOrchestrator(spying(), { journal, permissions });
      const id = start(team, 'go', { tools: [held] });
      let calls = 0;
      for await (const { event } of team.events({ live: true })) {
        if (event.type === 'tool_start' && (calls += 1) === restartAt) {
          team.send(id, 'be quick');
          await team.suspend();
          break;
        }
        if (event.type === 'tool_start' && calls === 1) team.send(id, 'be quick');
        if (event.type === 'tool_start') held.release();
        if (event.type === 'harness_end') break;
      }
      if (restartAt !== undefined)
        team = await AgentOrchestrator.open({ journal, harness: spying(), tools: [held], permissions });
      held.release();
      const outcome = await team.result(id);
      await team.cleanup();
      return { outcome, last: prompts.at(-1), turns: prompts.length };
    };
    const whole = await play(undefined);
    const cut = await play(1);
    expect(cut.last).toEqual(whole.last);
    expect(cut.outcome).toEqual(whole.outcome);
    expect(cut.turns).toBe(3);
  });

  test('asks its model again when an answer was cut, and readers are told to drop what they had', async () => {
    const script: Script = function* () {
      yield { text: 'a rather long answer in many pieces' };
    };
    const whole = session(script, []);
    const id = start(whole.first, 'go');
    await whole.first.result(id);
    await whole.first.cleanup();
    const texts = entriesOf(whole.journal).filter(({ event }) => event.type === 'text');
    const journal = cutAfter(whole.journal, texts[1]?.seq ?? 0);
    const second = await AgentOrchestrator.open({ journal, harness: harnessOf(script) });
    expect(await second.result(id)).toMatchObject({ text: 'a rather long answer in many pieces' });
    await second.cleanup();
    const entries = entriesOf(journal);
    const [dropped] = eventsOf(entries, 'turn_discarded');
    const blocks = new Set(eventsOf(entries, 'text').map(({ id: block }) => block));
    expect(dropped?.blocks).toHaveLength(1);
    expect(blocks.size).toBe(2);
    const kept = eventsOf(entries, 'text').filter(({ id: block }) => !dropped?.blocks.includes(block));
    expect(kept.map(({ content }) => content).join('')).toBe('a rather long answer in many pieces');
    expectLaws(entries);
  });

  test('that was to end ends, and nothing of it runs', async () => {
    const held = heldTool();
    const script: Script = function* () {
      yield { calls: [call('held'), call('held', { text: 'b' })] };
    };
    const whole = session(script, [held], { permissions: { allowlist: [{ tool: 'held' }] } });
    const id = start(whole.first, 'go', { tools: [held] });
    await until(whole.first, () => held.runs.length === 2);
    whole.first.kill(id, 'enough');
    await whole.first.result(id);
    const at = entriesOf(whole.journal).find(({ event }) => event.type === 'stopping')?.seq ?? 0;
    const journal = cutAfter(whole.journal, at);
    await using second = await AgentOrchestrator.open({ journal, harness: harnessOf(script), tools: [held] });
    expect(await second.result(id)).toMatchObject({ status: 'cancelled', reason: 'enough' });
    expect(second.getPendingRelays()).toEqual([]);
    expect(held.runs).toHaveLength(2);
    expect(eventsOf(entriesOf(journal), 'stopping')).toHaveLength(1);
    expectLaws(entriesOf(journal));
  });

  test('sees once what was sent while its model answered', async () => {
    const gate = Promise.withResolvers<void>();
    const asking = Promise.withResolvers<void>();
    const answers: Answers = async (_params, nth) => {
      if (nth > 0) return { text: 'done' };
      asking.resolve();
      await gate.promise;
      return { text: 'first', calls: [{ id: 'c', name: 'echo' }] };
    };
    const journal = memoryJournal();
    const first = playedTeam(answers, { journal });
    const id = start(first, 'go', { tools: [echoTool()] });
    await asking.promise;
    first.send(id, 'sent meanwhile');
    gate.resolve();
    const [asked] = await relaysWaiting(first, 1);
    await first.suspend();
    const model = playedModel(() => ({ text: 'done' }));
    const harness = createAgentHarness({ harness: model });
    await using second = await AgentOrchestrator.open({ journal, harness, tools: [echoTool()] });
    second.resolveRelay(asked?.id ?? '', { approved: true });
    await second.result(id);
    const sent = model.asked[0]?.messages.filter(({ content }) => content === 'sent meanwhile');
    expect(sent).toHaveLength(1);
  });

  test('gives calls ids that it never gave, whatever its provider repeats; what it said last is kept', async () => {
    const answers: Answers = (_params, nth) => ({
      text: nth === 0 ? 'so far' : '',
      calls: [{ id: 'c', name: 'held' }],
    });
    const held = heldTool('held', true);
    const journal = memoryJournal();
    const permissions = { allowlist: [{ tool: 'held' }] };
    const first = playedTeam(answers, { journal, permissions });
    const id = start(first, 'go', { tools: [held] });
    await until(first, () => held.runs.length === 1);
    await first.suspend();
    held.release();
    const stuck = heldTool('held', true);
    const harness = createAgentHarness({ harness: playedModel((params) => answers(params, 1)) });
    const second = await AgentOrchestrator.open({ journal, harness, tools: [held], permissions });
    await until(second, ({ event }) => event.type === 'tool_call' && event.id === `${id}/c~3`);
    await second.suspend();
    await using third = await AgentOrchestrator.open({ journal, harness, tools: [stuck], permissions });
    third.kill(id);
    expect(await third.result(id)).toMatchObject({ status: 'cancelled', text: 'so far' });
    expectLaws(entriesOf(journal));
  });

  test('whose turns are used up ends as such, wherever it is cut', async () => {
    const script: Script = function* () {
      for (;;) yield { text: 'more', calls: [call('echo')] };
    };
    const permissions = { allowlist: [{ tool: 'echo' }] };
    const tool = () => ({ ...echoTool(), idempotent: true });
    const whole = session(script, [tool()], { permissions, limits: { maxIterations: 1 } });
    const id = start(whole.first, 'go', { tools: [tool()] });
    const outcome = await whole.first.result(id);
    await whole.first.cleanup();
    expect(outcome.status).toBe('limited');
    for (let seq = 1; seq < whole.journal.lastSeq; seq += 1) {
      const journal = cutAfter(whole.journal, seq);
      const again = await AgentOrchestrator.open({ journal, harness: harnessOf(script), tools: [tool()], permissions });
      expect(await again.result(id), `cut after ${seq}`).toMatchObject({ status: 'limited', text: outcome.text });
      await again.cleanup();
      expectLaws(entriesOf(journal));
    }
  });

  test('tells once to drop what its model had to say again', async () => {
    const answers: Answers = (_params, nth) =>
      nth === 0 ? { text: 'cut', fails: { error: new ModelError('busy', { retryable: true }) } } : { text: 'whole' };
    const whole = memoryJournal();
    const retry = { maxAttempts: 2, baseMs: 0, maxMs: 0 };
    const first = playedTeam(answers, { journal: whole, retry });
    const id = start(first, 'go');
    await first.result(id);
    await first.cleanup();
    const at = entriesOf(whole).find(({ event }) => event.type === 'turn_discarded')?.seq ?? 0;
    const journal = cutAfter(whole, at);
    const harness = createAgentHarness({ harness: playedModel(() => ({ text: 'whole' })) });
    await using second = await AgentOrchestrator.open({ journal, harness });
    expect(await second.result(id)).toMatchObject({ text: 'whole' });
    expect(eventsOf(entriesOf(journal), 'turn_discarded')).toHaveLength(1);
  });

  test('keeps its budget of turns and tokens', async () => {
    const held = heldTool('held', true);
    const script: Script = function* () {
      for (;;) yield { calls: [call('held')], usage: { inputTokens: 40, outputTokens: 0 } };
    };
    const { first, reopen } = session(script, [held], { permissions: { allowlist: [{ tool: 'held' }] } });
    const id = start(first, 'go', { tools: [held], limits: { maxTokens: 100 } });
    await until(first, ({ event }) => event.type === 'tool_start');
    await first.suspend();
    held.release();
    await using second = await reopen();
    const outcome = await second.result(id);
    expect(outcome).toMatchObject({ status: 'limited', usage: { inputTokens: 120 } });
  });

  test('keeps its deadline as a time of day: what passed while nothing ran counts', async () => {
    const clock = handClock();
    const { first, reopen } = session(askOnce, [echoTool()], { clock });
    const id = start(first, 'go', { tools: [echoTool()], limits: { maxDurationMs: 60_000 } });
    await relaysWaiting(first, 1);
    await first.suspend();
    clock.advance(50_000);
    await using second = await reopen();
    clock.advance(9_999);
    expect(second.agents()[0]?.state).toBe('awaitingRelay');
    clock.advance(1);
    expect(await second.result(id)).toMatchObject({
      status: 'limited',
      reason: expect.stringContaining('maxDurationMs'),
    });
    await second.cleanup();
    expect(clock.pending).toBe(0);
  });

  test('whose time ran out while nothing ran ends at once: no call of it runs any more', async () => {
    const clock = handClock();
    const echo = echoTool();
    const whole = session(askOnce, [echo], { clock });
    const id = start(whole.first, 'go', { tools: [echo], limits: { maxDurationMs: 1000 } });
    const [asked] = await relaysWaiting(whole.first, 1);
    whole.first.resolveRelay(asked?.id ?? '', { approved: true });
    await whole.first.result(id);
    await whole.first.cleanup();
    const at = entriesOf(whole.journal).find(({ event }) => event.type === 'relay_resolved')?.seq ?? 0;
    const journal = cutAfter(whole.journal, at);
    clock.advance(1000);
    const again = echoTool();
    await using second = await AgentOrchestrator.open({ journal, harness: harnessOf(askOnce), tools: [again], clock });
    expect(await second.result(id)).toMatchObject({
      status: 'limited',
      reason: expect.stringContaining('maxDurationMs'),
    });
    expect(again.runs).toEqual([]);
    expectLaws(entriesOf(journal));
  });

  test('that was to fail because nobody could be asked fails', async () => {
    const whole = session(askOnce, [echoTool()], { onAsk: 'fail' });
    const id = start(whole.first, 'go', { tools: [echoTool()] });
    const outcome = await whole.first.result(id);
    await whole.first.cleanup();
    const at = entriesOf(whole.journal).find(({ event }) => event.type === 'tool_result')?.seq ?? 0;
    const journal = cutAfter(whole.journal, at);
    const tools = [echoTool()];
    await using second = await AgentOrchestrator.open({ journal, harness: harnessOf(askOnce), tools, onAsk: 'fail' });
    expect(outcome.status).toBe('failed');
    expect(await second.result(id)).toEqual(outcome);
  });

  test('that ended before is listed with its outcome, and a new one can be started beside it', async () => {
    const script: Script = function* ({ task }) {
      yield { text: `did ${task}` };
    };
    const { first, reopen, journal } = session(script, []);
    const id = start(first, 'this');
    await first.result(id);
    await first.suspend();
    await using second = await reopen();
    expect(await second.result(id)).toMatchObject({ status: 'completed', text: 'did this' });
    const other = start(second, 'that');
    expect(await second.result(other)).toMatchObject({ text: 'did that' });
    expect(second.agents().map(({ name }) => name)).toEqual(['agent-1', 'agent-2']);
    expectLaws(entriesOf(journal));
  });

  test('of a harness that runs itself ends as failed, its calls as unknown and its questions as withdrawn', async () => {
    const journal = memoryJournal();
    const first = new AgentOrchestrator(undefined, { journal });
    const id = first.spawn({
      messages: [{ role: 'user', content: 'go' }],
      harness: {
        async *invoke() {
          const { promise, resolve } = Promise.withResolvers<unknown>();
          yield { type: 'text', runId: '', id: 't', content: 'so far' };
          yield { type: 'tool_call', runId: '', id: 'c1', name: 'theirs', input: {} };
          yield { type: 'tool_call', runId: '', id: 'c2', name: 'theirs', input: {} };
          yield {
            type: 'relay',
            runId: '',
            id: 'r',
            kind: 'permission',
            toolCallId: 'c2',
            tool: 'theirs',
            params: {},
            respond: resolve,
          };
          await promise;
        },
      },
    });
    await relaysWaiting(first, 1);
    await first.suspend();
    await using second = await AgentOrchestrator.open({ journal });
    const reason = expect.stringContaining('cannot be restored');
    expect(await second.result(id)).toMatchObject({ status: 'failed', text: 'so far', reason });
    expect(eventsOf(entriesOf(journal), 'turn_discarded')).toEqual([]);
    expect(second.getPendingRelays()).toEqual([]);
    expect(eventsOf(entriesOf(journal), 'tool_result').map(({ status }) => status)).toEqual(['unknown', 'unknown']);
    expectLaws(entriesOf(journal));
  });
});
