import * as fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import type { Message } from '../../src/events.ts';
import { createGeneratorHarness } from '../../src/harness/generator-harness.ts';
import type { ModelRef, TurnResult } from '../../src/harness/harness.ts';
import { call, type Script } from '../../src/harness/script.ts';
import {
  defaultScriptedModel,
  NO_TOOLS_LEFT,
  SCRIPT_ENDED,
  scriptedModel,
  type ScriptedModelOptions,
} from '../../src/harness/scripted-model.ts';
import { containing, failedTurn, readTool, runTurn, textOf, user } from './turns.ts';

const tools = [readTool];

function harnessFor(script: Script, options?: ScriptedModelOptions) {
  return createGeneratorHarness({ model: scriptedModel(script, options), env: {} });
}

const reads: Script = function* ({ task }) {
  const [first, second] = yield {
    reasoning: 'Two files.',
    text: `On it: ${task}`,
    calls: [call('read', { path: 'a' }), call('read', { path: 'b' })],
  };
  const results = yield { calls: [call('read', { path: `${first?.text}+${second?.text}` })] };
  yield { text: results[0]?.isError === true ? `failed: ${results[0].text}` : 'worked' };
};

/** Plays a whole agent by hand: every call is answered by `answer`. */
async function play(
  harness: ReturnType<typeof harnessFor>,
  task: string,
  answer: (input: unknown) => string,
): Promise<Message[]> {
  const messages: Message[] = [user(task)];
  for (;;) {
    const { turn } = await runTurn(harness, { messages: [...messages], tools });
    messages.push(turn.message);
    if (turn.message.tool_calls === undefined) return messages;
    for (const { id, arguments: input } of turn.message.tool_calls) {
      messages.push({ role: 'tool', tool_call_id: id, content: answer(input) });
    }
  }
}

describe('a script', () => {
  test('reacts to what its calls really returned, step by step', async () => {
    const messages = await play(harnessFor(reads), 'sum up', (input) => JSON.stringify(input));
    expect(messages).toMatchObject([
      {},
      {
        content: [{ text: 'Two files.' }, { text: 'On it: sum up' }],
        tool_calls: [{ id: 'call_0_0' }, { id: 'call_0_1' }],
      },
      {},
      {},
      { tool_calls: [{ id: 'call_1_0', arguments: { path: '{"path":"a"}+{"path":"b"}' } }] },
      {},
      { content: 'worked' },
    ]);
  });

  test('sees results in the order of its calls, whatever order they came back in', async () => {
    const script: Script = function* () {
      const results = yield { calls: [call('read', { path: 'a' }), call('read', { path: 'b' })] };
      yield { text: results.map(({ name, text }) => `${name} ${text}`).join(', ') };
    };
    const { turn } = await runTurn(harnessFor(script), { tools });
    const answer = (id: string): Message => ({ role: 'tool', tool_call_id: id, content: id });
    const messages = [user('hi'), turn.message, answer('call_0_1'), answer('call_0_0')];
    expect(textOf((await runTurn(harnessFor(script), { messages, tools })).events)).toBe(
      'read call_0_0, read call_0_1',
    );
  });

  test('is told of failures, of what users said in between, of the system text and of the tools', async () => {
    const script: Script = function* ({ system, tools: offered, messages }) {
      const results = yield { calls: [call('read')] };
      const [first] = results;
      yield { text: JSON.stringify([system, offered, messages.length, first?.isError, first?.raw, results.steered]) };
    };
    const harness = harnessFor(script);
    const start: Message[] = [{ role: 'system', content: 'Be brief.' }, user('hi')];
    const { turn } = await runTurn(harness, { messages: start, tools });
    const answer: Message = { role: 'tool', tool_call_id: 'call_0_0', content: 'denied', is_error: true };
    const messages = [...start, turn.message, answer, user('hurry')];
    expect(JSON.parse(textOf((await runTurn(harness, { messages, tools })).events))).toEqual([
      'Be brief.',
      ['read'],
      5,
      true,
      { type: 'error-text', value: 'denied' },
      ['hurry'],
    ]);
  });

  test('that has no more steps says so', async () => {
    const script: Script = function* () {
      yield { text: 'one' };
    };
    const messages: Message[] = [user('hi'), { role: 'assistant', content: 'one' }, user('and?')];
    expect(textOf((await runTurn(harnessFor(script), { messages })).events)).toBe(SCRIPT_ENDED);
  });

  test("fails a call for which it has no step, with atEnd: 'fail', and names task and step", async () => {
    const script: Script = function* () {
      yield { text: 'one' };
    };
    const model = scriptedModel(script, { atEnd: 'fail' });
    const messages: Message[] = [user('hi'), { role: 'assistant', content: 'one' }, user('and?')];
    const { error } = await failedTurn(createGeneratorHarness({ model, env: {} }), { messages });
    expect(error.message).toContain('the script has no step 2 for the task "hi"');
    expect(error.retryable).toBe(false);
    expect(() => model.assertComplete()).toThrow('the script has no step 2 for the task "hi"');
  });

  test('is complete once the last step that was played made no calls', async () => {
    const model = scriptedModel(function* () {
      yield { calls: [call('read')] };
      yield { text: 'done' };
    });
    const harness = createGeneratorHarness({ model, env: {} });
    const { turn } = await runTurn(harness, { messages: [user('hi')], tools });
    expect(() => model.assertComplete()).toThrow('the task "hi" ended after step 1');
    await runTurn(harness, { messages: [user('hi'), turn.message] });
    expect(() => model.assertComplete()).not.toThrow();
  });

  test('may return its last step', async () => {
    const script: Script = function* () {
      yield { text: 'one' };
      return { text: 'two' };
    };
    const said = (...texts: string[]): Message[] => texts.map((content) => ({ role: 'assistant', content }));
    const answer = async (messages: Message[]) => textOf((await runTurn(harnessFor(script), { messages })).events);
    expect(await answer([user('hi'), ...said('one')])).toBe('two');
    expect(await answer([user('hi'), ...said('one', 'two')])).toBe(SCRIPT_ENDED);
  });

  test('that throws fails the call with that error and the step', async () => {
    const script: Script = function* () {
      yield { text: 'one' };
      throw new Error('out of ideas');
    };
    const { error } = await failedTurn(harnessFor(script), {
      messages: [user('hi'), { role: 'assistant', content: 'one' }],
    });
    expect(error.message).toContain('The script failed at step 1: out of ideas');
    expect(error.retryable).toBe(false);
  });

  test('can send arguments that are not JSON', async () => {
    const script: Script = function* () {
      yield { calls: [call('read', '{"path": ')] };
    };
    const { turn } = await runTurn(harnessFor(script), { tools });
    expect(turn.message.tool_calls).toEqual([{ id: 'call_0_0', name: 'read', arguments: '{"path": ' }]);
  });

  test('makes no calls when no tools are offered', async () => {
    const { turn } = await runTurn(harnessFor(reads), { tools: [] });
    expect(turn).toMatchObject({ finishReason: 'stop', message: { content: [{}, { text: 'On it: hello' }] } });
    const silent: Script = function* () {
      yield { calls: [call('read')] };
    };
    const { turn: last } = await runTurn(harnessFor(silent));
    expect(last.message).toEqual({ role: 'assistant', content: NO_TOOLS_LEFT });
  });

  test('with an empty step still counts it', async () => {
    const script: Script = function* () {
      yield {};
      yield { text: 'two' };
    };
    const harness = harnessFor(script);
    const { turn } = await runTurn(harness);
    const next = await runTurn(harness, { messages: [user('hi'), turn.message, user('and?')] });
    expect(textOf(next.events)).toBe('two');
  });
});

describe('no state', () => {
  test('a hundred agents that take turns on one model each play their own script', async () => {
    const harness = harnessFor(reads);
    const names = Array.from({ length: 100 }, (_, n) => `agent-${n}`);
    const runs = await Promise.all(
      names.map((name) => play(harness, name, (input) => `${name} ${JSON.stringify(input)}`)),
    );
    for (const [n, messages] of runs.entries()) {
      expect(messages).toEqual(
        await play(harnessFor(reads), `agent-${n}`, (input) => `agent-${n} ${JSON.stringify(input)}`),
      );
    }
  });

  test('the same prompt always gives the same turn, and its text is streamed whole', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
        const harness = harnessFor(function* () {
          yield { text, calls: [call('read', { path: text })] };
        });
        const [one, two] = [await runTurn(harness, { tools }), await runTurn(harness, { tools })];
        expect(one).toEqual(two);
        expect(textOf(one.events)).toBe(text);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  test('usage is a quarter of the characters, unless the step says otherwise', async () => {
    const counted = await runTurn(
      harnessFor(function* () {
        yield { text: '12345678' };
      }),
      { messages: [user('1234')] },
    );
    expect(counted.turn.usage).toMatchObject({ inputTokens: 1, outputTokens: 2 });
    const usage = { inputTokens: 5, outputTokens: 6 };
    const said = await runTurn(
      harnessFor(function* () {
        yield { text: 'x', usage };
      }),
    );
    expect(said.turn.usage).toMatchObject(usage);
  });
});

describe('failures', () => {
  test('a status with retry-after, as often as the test’s own counter says', async () => {
    let attempts = 0;
    const harness = harnessFor(function* () {
      yield {
        text: 'at last',
        error: () => (++attempts < 3 ? { message: 'busy', status: 429, retryAfterMs: 50 } : undefined),
      };
    });
    for (let n = 0; n < 2; n++) {
      expect((await failedTurn(harness)).error).toMatchObject({ retryable: true, status: 429, retryAfterMs: 50 });
    }
    expect(textOf((await runTurn(harness)).events)).toBe('at last');
  });

  test('a status that is not tried again', async () => {
    const harness = harnessFor(function* () {
      yield { error: { message: 'no', status: 400 } };
    });
    expect((await failedTurn(harness)).error).toMatchObject({ retryable: false, status: 400 });
  });

  test('a stream that is cut after some text', async () => {
    const harness = harnessFor(function* () {
      yield { text: 'whole', error: { message: 'socket hang up', afterText: 'half of' } };
    });
    const { error, events } = await failedTurn(harness);
    expect(textOf(events)).toBe('half of');
    expect(error).toMatchObject({ retryable: true, message: containing('socket hang up') });
  });
});

describe('pace', () => {
  /** A clock that runs only when told. */
  function handClock() {
    const timers = new Map<number, () => void>();
    let next = 0;
    return {
      timers,
      setTimeout(run: () => void) {
        timers.set(++next, run);
        return next;
      },
      clearTimeout(timer: unknown) {
        if (typeof timer === 'number') timers.delete(timer);
      },
      tick() {
        const due = [...timers];
        timers.clear();
        for (const [, run] of due) run();
      },
    };
  }

  const slow: Script = function* () {
    yield { text: 'one two', paceMs: 20 };
  };

  test('each piece of text waits for its turn', async () => {
    const clock = handClock();
    const turn = harnessFor(slow, { clock }).invoke({ messages: [user('hi')] });
    const first = turn.next();
    await expect.poll(() => clock.timers.size).toBe(1);
    clock.tick();
    expect((await first).value).toMatchObject({ content: 'one ' });
  });

  test('an abort ends the wait and leaves no timer', async () => {
    const clock = handClock();
    const controller = new AbortController();
    const turn = harnessFor(slow, { clock }).invoke({ messages: [user('hi')], signal: controller.signal });
    const first = turn.next();
    await expect.poll(() => clock.timers.size).toBe(1);
    controller.abort();
    await expect(first).rejects.toMatchObject({ retryable: false });
    expect(clock.timers.size).toBe(0);
  });
});

test('the whole answer can be asked for at once, as the AI SDK does', async () => {
  const { content, finishReason } = await scriptedModel(reads).doGenerate({
    prompt: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }],
    tools: [{ type: 'function', name: 'read', inputSchema: {} }],
  });
  expect(finishReason.unified).toBe('tool-calls');
  expect(content).toMatchObject([
    { type: 'reasoning', text: 'Two files.' },
    { type: 'text', text: 'On it: x' },
    { type: 'tool-call', toolCallId: 'call_0_0' },
    { type: 'tool-call', toolCallId: 'call_0_1' },
  ]);
});

test('scripted/default says that it is scripted and how to use a real model', async () => {
  const { events } = await runTurn(createGeneratorHarness({ model: 'scripted/default', env: {} }));
  expect(textOf(events)).toMatch(/scripted.*ANTHROPIC_API_KEY/);
});

test('a scripted model is a model reference, and a turn is typed', () => {
  expectTypeOf(defaultScriptedModel()).toExtend<ModelRef>();
  expectTypeOf<Awaited<ReturnType<typeof runTurn>>['turn']>().toEqualTypeOf<TurnResult>();
});
