import { describe, expect, it } from 'vitest';
import { AgentOrchestrator, call, createAgentHarness, type InvocationEvent } from '../../src/index.ts';
import { collect, eventsOf, gateTool, harnessOf, relaysWaiting, scriptedTeam, start, until } from '../support/team.ts';

const end = { type: 'harness_end', runId: '', status: 'completed', text: 'all done' } as const;

describe('a harness of its own kind', () => {
  it('has ended when it says so, even if it then parks for ever; it gets to clean up', async () => {
    let cleaned = false;
    await using team = new AgentOrchestrator(
      harnessOf(async function* () {
        try {
          yield end;
          await new Promise(() => undefined);
        } finally {
          cleaned = true;
        }
      }),
    );
    const id = start(team, 'go');
    expect(await team.result(id)).toMatchObject({ status: 'completed', text: 'all done' });
    await collect(team.events());
    expect(cleaned).toBe(true);
  });

  it('says nothing more after its own end', async () => {
    await using team = new AgentOrchestrator(
      harnessOf(async function* () {
        yield end;
        yield { type: 'text', runId: '', id: 'late', content: 'too late' };
      }),
    );
    start(team, 'go');
    const entries = await collect(team.events());
    expect(eventsOf(entries, 'text')).toEqual([]);
    expect(entries.at(-1)?.event.type).toBe('harness_end');
  });

  it('that returns nothing from invoke() fails its agent and says what it must return', async () => {
    await using team = new AgentOrchestrator({ invoke: () => undefined as unknown as AsyncIterable<InvocationEvent> });
    const id = start(team, 'go');
    expect(await team.result(id)).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('Return an async iterable'),
    });
  });

  it('that makes model calls and returns a broken turn fails its agent, not the actor', async () => {
    const harness = {
      kind: 'model' as const,
      async *invoke(): AsyncGenerator<InvocationEvent, never, void> {
        yield* [];
        return { message: {}, usage: {} } as never;
      },
    };
    await using team = new AgentOrchestrator(createAgentHarness({ harness }));
    const id = start(team, 'go');
    expect(await team.result(id)).toMatchObject({ status: 'failed', reason: expect.stringContaining('does not fit') });
    expect(eventsOf(await collect(team.events()), 'error')).toMatchObject([{ code: 'harness' }]);
  });
});

describe('send()', () => {
  it('is false for an agent that would never see the message', async () => {
    await using foreign = new AgentOrchestrator(
      harnessOf(async function* ({ signal }) {
        await new Promise((resolve) => signal?.addEventListener('abort', resolve, { once: true }));
        yield end;
      }),
    );
    const hosted = start(foreign, 'go');
    expect(foreign.send(hosted, 'hello?')).toBe(false);

    const gate = gateTool();
    await using team = scriptedTeam(
      function* ({ tools }) {
        if (tools.length > 0) yield { calls: [call('gate')] };
        yield { text: 'summary', paceMs: 1 };
      },
      { maxIterations: 1 },
    );
    const id = start(team, 'go', { tools: [gate], permissions: { allowlist: [{ tool: 'gate' }] } });
    await gate.started;
    expect(team.send(id, 'still in time')).toBe(true);
    gate.release();
    await until(team, ({ event }) => event.type === 'tool_result');
    await until(team, ({ event }) => event.type === 'text');
    expect(team.send(id, 'too late')).toBe(false);
    await team.result(id);
  });
});

it('of two answers given inside one actor step only the first is true', async () => {
  const answers: boolean[] = [];
  await using team = scriptedTeam(
    function* () {
      yield { calls: [call('gate')] };
      yield { text: 'done' };
    },
    {
      inspect: (event) => {
        if (event.type !== '@xstate.event' || event.event.type !== 'call.waiting' || answers.length > 0) return;
        const [relay] = team.getPendingRelays();
        if (relay === undefined) return;
        answers.push(team.resolveRelay(relay.id, { approved: false, reason: 'first' }));
        answers.push(team.resolveRelay(relay.id, { approved: true }));
      },
    },
  );
  start(team, 'go', { tools: [gateTool()] });
  const entries = await collect(team.events());
  expect(answers).toEqual([true, false]);
  expect(eventsOf(entries, 'relay_resolved')).toMatchObject([{ approved: false, reason: 'first' }]);
  await relaysWaiting(team, 0);
});
