import { describe, expect, test } from 'vitest';
import { AgentOrchestrator, agentTool, call, defineTool, type Script } from '../../src/index.ts';
import * as z from 'zod';
import { expectLaws } from '../lifecycle/laws.ts';
import { echoTool, eventsOf, relaysWaiting, start, until } from '../support/team.ts';
import { cutAfter, entriesOf, harnessOf, heldTool, session } from './sessions.ts';

describe('a tree of agents', () => {
  const script: Script = function* ({ task }) {
    if (task === 'go') {
      const [child] = yield { calls: [call('agent', { task: 'look', name: 'looker' })] };
      yield { text: `child said: ${child?.text}` };
      return;
    }
    const [echo] = yield { calls: [call('echo', { text: 'deep' })] };
    yield { text: `found ${echo?.text}` };
  };
  const permissions = { allowlist: [{ tool: 'agent' }] };

  test('comes back whole: the child asks under its id, and its answer reaches the parent', async () => {
    const echo = echoTool();
    const { first, reopen, journal } = session(script, [echo, agentTool], { permissions });
    const id = start(first, 'go', { tools: [echo, agentTool] });
    const [asked] = await relaysWaiting(first, 1);
    const agents = first.agents();
    await first.suspend();
    await using second = await reopen();
    expect(second.agents()).toEqual(agents);
    expect(second.getPendingRelays()).toEqual([asked]);
    second.resolveRelay(asked?.id ?? '', { approved: true });
    expect(await second.result(id)).toMatchObject({ status: 'completed', text: 'child said: found echo: deep' });
    expect(second.agents()).toHaveLength(2);
    expectLaws(entriesOf(journal));
  });

  test('a child that had ended is not started again', async () => {
    const echo = echoTool();
    const whole = session(script, [echo, agentTool], {
      permissions: { allowlist: [{ tool: 'agent' }, { tool: 'echo' }] },
    });
    const id = start(whole.first, 'go', { tools: [echo, agentTool] });
    await whole.first.result(id);
    const at = entriesOf(whole.journal).find(({ event }) => event.type === 'harness_end')?.seq ?? 0;
    const journal = cutAfter(whole.journal, at);
    const second = await AgentOrchestrator.open({
      journal,
      permissions,
      harness: harnessOf(script),
      tools: [echo, agentTool],
    });
    expect(await second.result(id)).toMatchObject({ text: 'child said: found echo: deep' });
    await second.cleanup();
    expect(echo.runs).toEqual(['deep']);
    expect(eventsOf(entriesOf(journal), 'harness_start')).toHaveLength(2);
    expectLaws(entriesOf(journal));
  });

  test('at every entry it can be cut, it comes to the same end', async () => {
    const allowed = { allowlist: [{ tool: 'agent' }, { tool: 'echo' }] };
    const idempotentEcho = () => ({ ...echoTool(), idempotent: true });
    const whole = session(script, [idempotentEcho(), agentTool], { permissions: allowed });
    const id = start(whole.first, 'go', { tools: [idempotentEcho(), agentTool] });
    const expected = await whole.first.result(id);
    const last = whole.journal.lastSeq;
    for (let seq = 1; seq < last; seq += 1) {
      const journal = cutAfter(whole.journal, seq);
      const tools = [idempotentEcho(), agentTool];
      const again = await AgentOrchestrator.open({ journal, harness: harnessOf(script), tools, permissions: allowed });
      const outcome = await again.result(id);
      await again.cleanup();
      expect(outcome, `cut after ${seq}`).toMatchObject({ status: 'completed', text: expected.text });
      expectLaws(entriesOf(journal));
      expect(eventsOf(entriesOf(journal), 'harness_start')).toHaveLength(2);
    }
  });

  test('that was to end ends from below, wherever it is cut', async () => {
    const echo = echoTool();
    const whole = session(script, [echo, agentTool], { permissions });
    const id = start(whole.first, 'go', { tools: [echo, agentTool] });
    await relaysWaiting(whole.first, 1);
    const asked = whole.journal.lastSeq;
    whole.first.kill(id);
    const outcome = await whole.first.result(id);
    await whole.first.cleanup();
    for (let seq = asked + 1; seq < whole.journal.lastSeq; seq += 1) {
      const journal = cutAfter(whole.journal, seq);
      const tools = [echo, agentTool];
      const again = await AgentOrchestrator.open({ journal, harness: harnessOf(script), tools, permissions });
      expect(await again.result(id), `cut after ${seq}`).toMatchObject({ status: outcome.status });
      await again.cleanup();
      expectLaws(entriesOf(journal));
    }
    expect(echo.runs).toEqual([]);
  });

  describe('under a tool of the application', () => {
    const bossScript: Script = function* ({ task }) {
      if (task === 'go') {
        const [boss] = yield { calls: [call('boss', {})] };
        yield { text: `boss: ${boss?.text}` };
        return;
      }
      const [held] = yield { calls: [call('held')] };
      yield { text: `child: ${held?.text}` };
    };

    /** A tool that starts a subagent, after something else; stopped while that works. */
    async function stopped(idempotent: boolean) {
      const held = heldTool('held', true);
      const before = Promise.withResolvers<void>();
      let first = true;
      const boss = defineTool({
        name: 'boss',
        description: 'Has somebody else do it.',
        schema: z.object({}),
        idempotent,
        async execute(_input, ctx) {
          if (!first) await before.promise;
          first = false;
          const { status, text } = await ctx.spawn({ task: 'sub' });
          return { context: `${status}, ${text}` };
        },
      });
      const allowed = { allowlist: [{ tool: 'held' }, { tool: 'boss' }] };
      const made = session(bossScript, [held, boss], { permissions: allowed });
      const id = start(made.first, 'go', { tools: [held, boss] });
      await until(made.first, () => held.runs.length === 1);
      await made.first.suspend();
      held.release();
      return { ...made, id, before, team: await made.reopen() };
    }

    test('a child that ends before the tool asks for it again is handed to it', async () => {
      const { team, id, before, journal } = await stopped(true);
      await until(team, ({ event }) => event.type === 'harness_end');
      before.resolve();
      expect(await team.result(id)).toMatchObject({ text: 'boss: completed, child: held: -' });
      await team.cleanup();
      expect(eventsOf(entriesOf(journal), 'harness_start')).toHaveLength(2);
      expectLaws(entriesOf(journal));
    });

    test('a call that a human has run again starts a child of its own, the old one is over', async () => {
      const { team, id, before, journal } = await stopped(false);
      const [relay] = await relaysWaiting(team, 1);
      before.resolve();
      team.resolveRelay(relay?.id ?? '', { approved: true });
      expect(await team.result(id)).toMatchObject({ text: 'boss: completed, child: held: -' });
      await team.cleanup();
      const ends = eventsOf(entriesOf(journal), 'harness_end').map(({ status }) => status);
      expect(ends).toEqual(['cancelled', 'completed', 'completed']);
      expectLaws(entriesOf(journal));
    });
  });

  test('limits count what was there before', async () => {
    const echo = echoTool();
    const { first, reopen } = session(script, [echo, agentTool], { permissions, limits: { maxAgents: 2 } });
    start(first, 'go', { tools: [echo, agentTool] });
    await relaysWaiting(first, 1);
    await first.suspend();
    const greedy: Script = function* ({ task }) {
      if (task === 'go') {
        yield { calls: [call('agent', { task: 'look', name: 'looker' })] };
        const [more] = yield { calls: [call('agent', { task: 'more' })] };
        yield { text: more?.text ?? '' };
      }
      yield { text: 'done' };
    };
    await using second = await reopen({ harness: harnessOf(greedy) });
    const [root] = second.agents();
    for (const relay of second.getPendingRelays()) second.resolveRelay(relay.id, { approved: true });
    expect((await second.result(root?.id ?? '')).text).toContain('maxAgents (2)');
  });
});
