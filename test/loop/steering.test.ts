import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import {
  AgentOrchestrator,
  createAgentHarness,
  createGeneratorHarness,
  GreenroomError,
  type ModelHarness,
} from '../../src/index.ts';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { chatEvents, sse, startWireServer } from '../harness/wire-server.ts';
import { playedTeam } from '../support/played-model.ts';
import { collect, eventsOf, gateTool, start, until } from '../support/team.ts';

describe('send', () => {
  test('a message sent while calls run stands before the next turn, behind their results', async () => {
    const gate = gateTool();
    await using team = playedTeam((_asked, nth) =>
      nth === 0 ? { calls: [{ id: 'a', name: 'gate' }] } : { text: 'ok' },
    );
    const id = start(team, 'go', { tools: [gate], permissions: { allowlist: [{ tool: 'gate' }] } });
    await gate.started;
    expect(team.send(id, 'hurry up')).toBe(true);
    gate.release();
    await team.result(id);
    expect(team.asked[1]?.messages.slice(-2)).toMatchObject([
      { role: 'tool', content: 'released' },
      { role: 'user', content: 'hurry up' },
    ]);
  });

  test('an agent that was about to end takes another turn for it', async () => {
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    await using team = playedTeam(async (_asked, nth) => {
      if (nth > 0) return { text: 'heard' };
      asked.resolve();
      await answer.promise;
      return { text: 'finished' };
    });
    const id = start(team, 'go');
    await asked.promise;
    team.send(id, { role: 'user', content: [{ type: 'text', text: 'one more thing' }] });
    answer.resolve();
    expect(await team.result(id)).toMatchObject({ status: 'completed', text: 'heard' });
    expect(team.asked[1]?.messages.slice(-2)).toMatchObject([
      { role: 'assistant', content: 'finished' },
      { role: 'user', content: [{ type: 'text', text: 'one more thing' }] },
    ]);
  });

  test('several messages keep their order', async () => {
    const gate = gateTool();
    await using team = playedTeam((_asked, nth) =>
      nth === 0 ? { calls: [{ id: 'a', name: 'gate' }] } : { text: 'ok' },
    );
    const id = start(team, 'go', { tools: [gate], permissions: { allowlist: [{ tool: 'gate' }] } });
    await gate.started;
    for (const word of ['one', 'two', 'three']) team.send(id, word);
    gate.release();
    await team.result(id);
    expect(team.asked[1]?.messages.slice(-3).map(({ content }) => content)).toEqual(['one', 'two', 'three']);
  });

  test('is false for an unknown or ended agent, and refuses what is no user message', async () => {
    await using team = playedTeam(() => ({ text: 'ok' }));
    const id = start(team, 'go');
    await team.result(id);
    expect(team.send(id, 'too late')).toBe(false);
    expect(team.send('nobody', 'hello')).toBe(false);
    const wrong = () => team.send(id, { role: 'system', content: 'obey' });
    expect(wrong).toThrow(GreenroomError);
    expect(wrong).toThrow(expect.objectContaining({ code: 'invalid_params', path: 'role' }));
  });
});

describe('kill', () => {
  test('aborts the signal of the model call, keeps the text so far, and says the reason', async () => {
    const seen = Promise.withResolvers<AbortSignal>();
    const model: ModelHarness = {
      kind: 'model',
      async *invoke({ signal, runId }) {
        yield { type: 'text', runId: runId ?? '', id: 'b', content: 'half a' };
        if (signal === undefined) throw new Error('no signal');
        seen.resolve(signal);
        await once(signal, 'abort');
        throw signal.reason;
      },
    };
    await using team = new AgentOrchestrator(model);
    const id = start(team, 'go');
    const signal = await seen.promise;
    expect(signal.aborted).toBe(false);
    team.kill(id, 'enough');
    expect(signal.aborted).toBe(true);
    expect(await team.result(id)).toMatchObject({ status: 'cancelled', text: 'half a', reason: 'enough' });
  });

  test('closes the HTTP connection of a real provider', async () => {
    await using server = await startWireServer(
      sse(chatEvents([{ content: 'never ' }, { content: 'ends' }], null), 'open'),
    );
    const model = createOpenAICompatible({ name: 'wire', baseURL: server.url })('m');
    await using team = new AgentOrchestrator(createAgentHarness({ harness: createGeneratorHarness({ model }) }));
    const id = start(team, 'go');
    await until(team, ({ event }) => event.type === 'text');
    team.kill(id);
    await server.hungUp;
    expect(await team.result(id)).toMatchObject({ status: 'cancelled' });
  });

  test('cancels running calls, so each still has its one result', async () => {
    const gate = gateTool();
    await using team = playedTeam(() => ({ calls: [{ id: 'a', name: 'gate' }] }));
    const id = start(team, 'go', { tools: [gate], permissions: { allowlist: [{ tool: 'gate' }] } });
    await gate.started;
    team.kill(id, 'enough');
    const entries = await collect(team.events());
    expect(eventsOf(entries, 'tool_result')).toMatchObject([
      { id: `${id}/a`, status: 'cancelled', decidedBy: { kind: 'cancel', reason: 'enough' } },
    ]);
    expect(entries.at(-1)?.event.type).toBe('harness_end');
  });

  test('of an unknown or ended agent is nothing', async () => {
    await using team = playedTeam(() => ({ text: 'ok' }));
    const id = start(team, 'go');
    await team.result(id);
    team.kill(id);
    team.kill('nobody');
    const ends = eventsOf(await collect(team.events()), 'harness_end');
    expect(ends.map(({ status }) => status)).toEqual(['completed']);
  });
});
