/** Harnesses of another kind as first-class agents: DESIGN §3 and §5. */
import { setImmediate as nextLoop } from 'node:timers/promises';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  AgentOrchestrator,
  createAgentHarness,
  type Envelope,
  type InvocationEvent,
  type OrchestratorOptions,
  type RelayResponse,
} from '../../src/index.ts';
import { collect, eventsOf, harnessOf, relaysWaiting, start, until } from '../support/team.ts';
import { expectLaws } from './laws.ts';

const runId = 'theirs';
const says = (content: string): InvocationEvent => ({ type: 'text', runId, id: 'b', content });
const calls = (id: string): InvocationEvent => ({
  type: 'tool_call',
  runId,
  id,
  name: 'deploy',
  input: { to: 'prod' },
});
const results = (id: string, context = 'deployed'): InvocationEvent => ({
  type: 'tool_result',
  runId,
  id,
  name: 'deploy',
  output: { context },
  status: 'ok',
});

/** A question of the harness, and what it was answered. */
function question(id = 'c1', params: unknown = { to: 'prod' }) {
  const answered = Promise.withResolvers<RelayResponse>();
  const event: InvocationEvent = {
    type: 'relay',
    runId,
    id: `theirs-${id}`,
    kind: 'permission',
    toolCallId: id,
    tool: 'deploy',
    params,
    respond: answered.resolve,
  };
  return { event, answer: answered.promise };
}

/** A harness that asks about one call, runs it if it may, and says what it was told. */
const asking = () =>
  harnessOf(async function* () {
    const { event, answer } = question();
    yield calls('c1');
    yield event;
    const told = await answer;
    yield results('c1', told.approved ? 'deployed' : 'refused');
    yield says(JSON.stringify(told));
  });

const hosted = (yields: () => AsyncGenerator<InvocationEvent, void, void>, options?: OrchestratorOptions) =>
  new AgentOrchestrator(harnessOf(yields), options);

/** What a harness in plain JavaScript may do. */
const broken = (event: unknown): InvocationEvent => event as InvocationEvent;

const typesOf = (entries: readonly Envelope[]) => entries.map(({ event }) => event.type);

describe('a relay of a foreign harness', () => {
  test('reaches readers without `respond`, under our ids, and is answered through resolveRelay()', async () => {
    await using team = new AgentOrchestrator(asking());
    const id = start(team, 'go', { name: 'theirs' });
    const [relay] = await relaysWaiting(team, 1);
    expect(relay).toMatchObject({ agentId: id, toolCallId: `${id}/c1`, tool: 'deploy', path: ['theirs'] });
    expect(team.agents()).toMatchObject([{ state: 'awaitingRelay' }]);
    expect(team.resolveRelay('theirs-c1', { approved: true })).toBe(false);
    expect(team.resolveRelay(relay?.id ?? '', { approved: true })).toBe(true);
    const entries = await collect(team.events());
    expectLaws(entries);
    expect(typesOf(entries)).toEqual([
      'harness_start',
      'tool_call',
      'relay',
      'relay_resolved',
      'tool_result',
      'text',
      'harness_end',
    ]);
    expect(() => structuredClone(entries)).not.toThrow(); // no function came along
    expect(await team.result(id)).toMatchObject({ status: 'completed', text: '{"approved":true}' });
  });

  test('that is refused tells the harness why, and only it', async () => {
    await using team = new AgentOrchestrator(asking());
    const id = start(team, 'go');
    const other = start(team, 'go');
    const [relay] = await relaysWaiting(team, 2);
    team.resolveRelay(relay?.id ?? '', { approved: false, reason: 'not on a Friday' });
    expect(await team.result(id)).toMatchObject({ text: '{"approved":false,"reason":"not on a Friday"}' });
    expect(team.getPendingRelays()).toMatchObject([{ agentId: other }]);
  });

  test.each([
    ['allowed', { allowlist: [{ tool: 'deploy' }] }, '{"approved":true}'],
    ['denied', { deny: [{ tool: 'deploy', reason: 'never' }] }, '{"approved":false,"reason":"never"}'],
  ])('is %s by a rule without anybody being asked', async (_what, permissions, text) => {
    await using team = new AgentOrchestrator(asking());
    const id = start(team, 'go', { permissions });
    const entries = await collect(team.events());
    expect(typesOf(entries)).not.toContain('relay');
    expect(await team.result(id)).toMatchObject({ status: 'completed', text });
  });

  test('that is answered with other arguments hands them to the harness', async () => {
    await using team = new AgentOrchestrator(asking());
    const id = start(team, 'go');
    const [relay] = await relaysWaiting(team, 1);
    expect(team.resolveRelay(relay?.id ?? '', { approved: true, input: 'no object' })).toBe(false);
    expect(team.resolveRelay(relay?.id ?? '', { approved: true, input: { to: 'test' } })).toBe(true);
    expect(await team.result(id)).toMatchObject({ text: '{"approved":true,"input":{"to":"test"}}' });
    expectLaws(await collect(team.events()));
  });

  test('edited into what a deny rule forbids is refused after all', async () => {
    await using team = new AgentOrchestrator(asking());
    const id = start(team, 'go', {
      permissions: { deny: [{ tool: 'deploy', params: { to: 'moon' }, reason: 'too far' }] },
    });
    const [relay] = await relaysWaiting(team, 1);
    team.resolveRelay(relay?.id ?? '', { approved: true, input: { to: 'moon' } });
    expect(await team.result(id)).toMatchObject({ text: '{"approved":false,"reason":"too far"}' });
    expectLaws(await collect(team.events()));
  });

  test('fails the agent when nobody is there to ask and that is to be a failure', async () => {
    await using team = new AgentOrchestrator(asking(), { onAsk: 'fail' });
    const id = start(team, 'go');
    expect(await team.result(id)).toMatchObject({ status: 'failed' });
    expectLaws(await collect(team.events()));
  });

  test('without respond() is a broken contract, not a question that nobody can answer', async () => {
    await using team = hosted(async function* () {
      const { respond: _none, ...bare } = { ...question().event, respond: undefined };
      yield broken(bare);
    });
    const id = start(team, 'go');
    expect(await team.result(id)).toMatchObject({ status: 'failed', reason: expect.stringContaining('respond()') });
  });

  test('whose respond() throws hurts nobody', async () => {
    await using team = hosted(async function* () {
      const throwing = () => {
        throw new Error('respond failed');
      };
      yield broken({ ...question().event, respond: throwing });
      await nextLoop();
      yield says('went on');
    });
    const id = start(team, 'go', { permissions: { allowlist: [{ tool: 'deploy' }] } });
    expect(await team.result(id)).toMatchObject({ status: 'completed', text: 'went on' });
  });
});

describe('calls of a foreign harness', () => {
  test('that are still open at its end are closed as unknown', async () => {
    await using team = hosted(async function* () {
      yield calls('c1');
      yield calls('c2');
      yield results('c2');
    });
    start(team, 'go');
    const entries = await collect(team.events());
    expectLaws(entries);
    expect(eventsOf(entries, 'tool_result').map(({ id, status }) => [id.split('/')[1], status])).toEqual([
      ['c2', 'ok'],
      ['c1', 'unknown'],
    ]);
  });

  test('that end twice or begin twice are told once; a result without a call gets one', async () => {
    await using team = hosted(async function* () {
      yield calls('c1');
      yield calls('c1');
      yield results('c1', 'first');
      yield results('c1', 'second');
      yield calls('c1');
      yield results('c2');
    });
    start(team, 'go');
    const entries = await collect(team.events());
    expectLaws(entries);
    expect(eventsOf(entries, 'tool_result').map(({ output }) => output.context)).toEqual(['first', 'deployed']);
  });

  test('that end while their question waits take it with them, and a later one about them is refused', async () => {
    const told: RelayResponse[] = [];
    await using team = hosted(async function* () {
      const first = question();
      const second = question();
      yield first.event;
      await nextLoop();
      yield results('c1');
      yield second.event;
      told.push(await first.answer, await second.answer);
    });
    start(team, 'go');
    const entries = await collect(team.events());
    expectLaws(entries);
    expect(eventsOf(entries, 'relay_resolved')).toMatchObject([{ approved: false, by: 'cancel' }]);
    expect(told).toEqual([
      { approved: false, reason: 'the call has ended' },
      { approved: false, reason: 'the call has ended' },
    ]);
  });

  test('may give a bare text or nothing of a status: that is an ok result', async () => {
    await using team = hosted(async function* () {
      yield broken({ type: 'tool_result', runId, id: 'c1', name: 'deploy', output: 'plain' });
    });
    start(team, 'go');
    const [result] = eventsOf(await collect(team.events()), 'tool_result');
    expect(result).toMatchObject({ status: 'ok', output: { context: 'plain' } });
  });
});

describe('a foreign harness that breaks', () => {
  test.each<[string, unknown]>([
    ['null', null],
    ['a number', 7],
    ['an unknown type', { type: 'applause' }],
    ['a text without content', { type: 'text', id: 'b' }],
    ['a usage of words', { type: 'usage', inputTokens: 'many', outputTokens: 1 }],
    ['a call without an id', { type: 'tool_call', name: 'x', input: {} }],
    ['a result of no known status', { type: 'tool_result', id: 'c', name: 'x', output: {}, status: 'fine' }],
    ['an end of no known status', { type: 'harness_end', status: 'great' }],
  ])('with %s is an error of that agent, and runs its own cleanup', async (_what, garbage) => {
    let cleaned = false;
    await using team = hosted(async function* () {
      try {
        yield says('before');
        yield broken(garbage);
        yield says('after');
      } finally {
        cleaned = true;
      }
    });
    const id = start(team, 'go');
    const entries = await collect(team.events());
    expectLaws(entries);
    expect(typesOf(entries)).toEqual(['harness_start', 'text', 'error', 'harness_end']);
    expect(eventsOf(entries, 'error')).toMatchObject([{ code: 'harness' }]);
    expect(await team.result(id)).toMatchObject({ status: 'failed', text: 'before' });
    await team.cleanup();
    expect(cleaned).toBe(true);
  });

  test.each<[string, () => never]>([
    [
      'at once',
      () => {
        throw new Error('boom');
      },
    ],
    ['with nothing to iterate', () => undefined as never],
  ])('by failing %s is one too', async (_what, invoke) => {
    await using team = new AgentOrchestrator({ invoke });
    const id = start(team, 'go');
    expect(typesOf(await collect(team.events()))).toEqual(['harness_start', 'error', 'harness_end']);
    expect(await team.result(id)).toMatchObject({ status: 'failed' });
  });

  test('with an iterator whose return() throws is killed all the same', async () => {
    const iterator = {
      next: () => new Promise<never>(() => undefined),
      return: () => {
        throw new Error('return failed');
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    const team = new AgentOrchestrator({ invoke: () => iterator });
    const id = start(team, 'go');
    await nextLoop();
    team.kill(id);
    expect(await team.result(id)).toMatchObject({ status: 'cancelled' });
    await nextLoop(); // an error out of an abort listener would end the process here
  });
});

describe('a foreign harness inside our loop, where it only makes model calls', () => {
  const looped = (yields: () => AsyncGenerator<InvocationEvent, void, void>) =>
    new AgentOrchestrator(createAgentHarness({ harness: harnessOf(yields), retry: { maxAttempts: 1 } }));

  test('that only yields is a turn: its text, its calls, its usage', async () => {
    await using team = looped(async function* () {
      yield says('all done');
      yield { type: 'usage', runId, inputTokens: 3, outputTokens: 4 };
    });
    const id = start(team, 'go');
    expect(await team.result(id)).toMatchObject({
      status: 'completed',
      text: 'all done',
      usage: { inputTokens: 3, outputTokens: 4 },
    });
  });

  test.each<[string, () => InvocationEvent, string]>([
    ['asks a question', () => question().event, 'AgentOrchestrator itself'],
    ['counts its tokens in words', () => broken({ type: 'usage', inputTokens: 'many' }), 'inputTokens'],
    ['yields nothing at all', () => broken(null), 'null'],
  ])('that %s fails with the reason, and is cleaned up', async (_what, event, reason) => {
    let cleaned = false;
    await using team = looped(async function* () {
      try {
        yield event();
      } finally {
        cleaned = true;
      }
    });
    const id = start(team, 'go');
    expect(await team.result(id)).toMatchObject({ status: 'failed', reason: expect.stringContaining(reason) });
    expectLaws(await collect(team.events()));
    await team.cleanup();
    expect(cleaned).toBe(true);
  });
});

describe('a foreign harness that is killed', () => {
  test('while it waits for an answer: its call is cancelled, its question gone, its generator cleaned up', async () => {
    let cleaned = false;
    await using team = hosted(async function* () {
      try {
        const { event, answer } = question();
        yield calls('c1');
        yield event;
        await answer;
        yield says('went on');
      } finally {
        cleaned = true;
      }
    });
    const id = start(team, 'go');
    await relaysWaiting(team, 1);
    team.kill(id, 'enough');
    expect(team.getPendingRelays()).toEqual([]);
    expect(await team.result(id)).toMatchObject({ status: 'cancelled', reason: 'enough', text: '' });
    const entries = await collect(team.events());
    expectLaws(entries);
    expect(eventsOf(entries, 'tool_result')).toMatchObject([{ status: 'cancelled' }]);
    expect(eventsOf(entries, 'relay_resolved')).toMatchObject([{ approved: false, by: 'cancel' }]);
    await team.cleanup();
    expect(cleaned).toBe(true);
  });

  test('is told by its signal, and cleanup() waits for its own slow cleanup', async () => {
    const steps: string[] = [];
    const parked = Promise.withResolvers<void>();
    const team = hosted(async function* () {
      try {
        yield says('parked at a yield');
        parked.resolve();
        await nextLoop();
        yield says('more');
      } finally {
        await nextLoop();
        await nextLoop();
        steps.push('cleaned up');
      }
    });
    start(team, 'go');
    await parked.promise;
    await team.cleanup();
    expect(steps).toEqual(['cleaned up']);
  });
});

describe('what a foreign harness used and said', () => {
  test('its usage adds up, and the text of its harness_end is its answer', async () => {
    await using team = hosted(async function* () {
      yield says('thinking aloud');
      yield { type: 'usage', runId, inputTokens: 5, outputTokens: 2 };
      yield { type: 'usage', runId, inputTokens: 1, outputTokens: 1 };
      yield { type: 'harness_end', runId, status: 'completed', text: 'the answer' };
    });
    const id = start(team, 'go');
    expect(await team.result(id)).toMatchObject({
      status: 'completed',
      text: 'the answer',
      usage: { inputTokens: 6, outputTokens: 3 },
    });
    expectLaws(await collect(team.events()));
  });

  test('an error that it tells of and survives is in the stream; one it ends on is a failure', async () => {
    await using team = hosted(async function* () {
      yield { type: 'error', runId, code: 'theirs', message: 'lost the thread' };
    });
    const id = start(team, 'go');
    expect(await team.result(id)).toMatchObject({ status: 'failed', reason: 'lost the thread' });
  });

  test('over maxTokens it ends limited with what it had, and its open call is cancelled', async () => {
    await using team = hosted(async function* () {
      yield says('some');
      yield calls('c1');
      yield { type: 'usage', runId, inputTokens: 90, outputTokens: 20 };
      for (;;) yield says('!');
    });
    const id = start(team, 'go', { limits: { maxTokens: 100 } });
    expect(await team.result(id)).toMatchObject({
      status: 'limited',
      text: 'some',
      reason: expect.stringContaining('maxTokens (100)'),
    });
    const entries = await collect(team.events());
    expectLaws(entries);
    expect(eventsOf(entries, 'tool_result')).toMatchObject([{ status: 'cancelled' }]);
  });
});

describe('laws', () => {
  const ids = fc.constantFrom('a', 'b', 'c');
  const step = fc.oneof(
    ids.map((id) => ({ do: 'call' as const, id })),
    ids.map((id) => ({ do: 'result' as const, id })),
    ids.map((id) => ({ do: 'ask' as const, id })),
    ids.map((id) => ({ do: 'wonder' as const, id })),
    ids.map((id) => ({ do: 'start' as const, id })),
    ids.map((id) => ({ do: 'say' as const, id })),
    fc.constant({ do: 'start-over' as const, id: '' }),
    fc.constant({ do: 'throw' as const, id: '' }),
  );
  const eventOf = (what: { readonly do: string; readonly id: string }): InvocationEvent => {
    if (what.do === 'call') return calls(what.id);
    if (what.do === 'result') return results(what.id);
    if (what.do === 'start') return { type: 'tool_start', runId, id: what.id };
    if (what.do === 'wonder') return question(what.id, { to: what.id }).event; // and does not wait for the answer
    if (what.do === 'start-over') return { type: 'harness_start', runId };
    return says(what.id);
  };

  test('hold for whatever a foreign harness yields, in whatever order, however it is answered or killed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { maxLength: 12 }), { minLength: 1, maxLength: 3 }),
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 10 }),
        async (plans, choices) => {
          const harness = harnessOf(async function* ({ messages }) {
            for (const what of plans[Number(messages[0]?.content)] ?? []) {
              if (what.do === 'throw') throw new Error('boom');
              if (what.do !== 'ask') {
                yield eventOf(what);
                continue;
              }
              const { event, answer } = question(what.id, { to: what.id });
              yield event;
              await answer;
            }
          });
          await using team = new AgentOrchestrator(harness);
          plans.forEach((_, index) =>
            start(team, `${index}`, { permissions: { deny: [{ tool: 'deploy', params: { to: 'c' } }] } }),
          );
          const entries: Envelope[] = [];
          for await (const entry of team.events()) {
            entries.push(entry);
            const choice = choices[entry.seq % choices.length] ?? 9;
            if (choice === 0) team.kill(entry.agentId);
            if (entry.event.type !== 'relay') continue;
            if (choice > 6) team.resolveRelay(entry.event.id, { approved: true, input: { to: 'elsewhere' } });
            else team.resolveRelay(entry.event.id, { approved: choice % 2 === 0 });
          }
          expectLaws(entries);
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });
});

test('until() of the helpers sees a foreign agent like any other', async () => {
  await using team = new AgentOrchestrator(asking());
  start(team, 'go');
  expect((await until(team, ({ event }) => event.type === 'relay')).event).not.toHaveProperty('respond');
});
