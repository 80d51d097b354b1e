import { describe, expect, test, vi } from 'vitest';
import { createGeneratorHarness } from '../../src/harness/generator-harness.ts';
import type { InvocationEvent } from '../../src/harness/harness.ts';
import { containing, failedTurn, fakeModel, finishPart, matching, readTool, runTurn, textOf, user } from './turns.ts';
import { chatCall, chatEvents, json, sse, startWireServer, type WireServer } from './wire-server.ts';

/** A harness on a chat-completions server. */
function compatible(server: WireServer, env: Record<string, string> = {}) {
  return createGeneratorHarness({
    model: 'openai-compatible/m',
    env: { GREENROOM_BASE_URL: server.url, ...env },
  });
}

describe('one call', () => {
  test('text is streamed piece by piece and the turn holds all of it', async () => {
    await using server = await startWireServer(sse(chatEvents([{ content: 'Hel' }, { content: 'lo' }])));
    const { events, turn } = await runTurn(compatible(server), { parentId: 'a/b' });
    expect(events).toEqual([
      { type: 'text', runId: 'run', parentId: 'a/b', id: 'txt-0', content: 'Hel' },
      { type: 'text', runId: 'run', parentId: 'a/b', id: 'txt-0', content: 'lo' },
      {
        type: 'usage',
        runId: 'run',
        parentId: 'a/b',
        inputTokens: 11,
        outputTokens: 7,
        reasoningTokens: 2,
        cachedInputTokens: 3,
      },
    ]);
    expect(turn).toEqual({
      message: { role: 'assistant', content: 'Hello' },
      usage: { inputTokens: 11, outputTokens: 7, reasoningTokens: 2, cachedInputTokens: 3 },
      finishReason: 'stop',
    });
  });

  test('an event carries a fresh run id when none is given, and no parentId', async () => {
    const harness = createGeneratorHarness({ model: fakeModel('v4', [finishPart]), env: {} });
    const ids: string[] = [];
    for (let run = 0; run < 2; run++) {
      for await (const event of harness.invoke({ messages: [user('hi')] })) {
        ids.push(event.runId);
        expect(event).not.toHaveProperty('parentId');
      }
    }
    expect(new Set(ids).size).toBe(2);
  });

  test('parallel calls come out in order with parsed input, and their tool is offered with its input schema', async () => {
    await using server = await startWireServer(
      sse(
        chatEvents(
          [
            chatCall(0, 'c1', 'read', '{"path":'),
            chatCall(0, 'c1', '', '"a"}'),
            chatCall(1, 'c2', 'read', '{"path":"b"}'),
          ],
          'tool_calls',
        ),
      ),
    );
    const { events, turn } = await runTurn(compatible(server), { tools: [readTool] });
    expect(events.slice(0, 2)).toEqual([
      { type: 'tool_call', runId: 'run', id: 'c1', name: 'read', input: { path: 'a' } },
      { type: 'tool_call', runId: 'run', id: 'c2', name: 'read', input: { path: 'b' } },
    ]);
    expect(turn.finishReason).toBe('tool-calls');
    expect(turn.message).toEqual({
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'c1', name: 'read', arguments: { path: 'a' } },
        { id: 'c2', name: 'read', arguments: { path: 'b' } },
      ],
    });
    expect(server.requests[0]?.body).toMatchObject({
      tool_choice: 'auto',
      tools: [
        {
          type: 'function',
          function: {
            name: 'read',
            parameters: {
              type: 'object',
              properties: { path: { type: 'string' }, limit: { type: 'number', default: 100 } },
              // A default makes a parameter optional for who writes it.
              required: ['path'],
            },
          },
        },
      ],
    });
  });

  test('arguments that are not JSON stay the string the model wrote, and go back wrapped in an object', async () => {
    await using server = await startWireServer(
      sse(chatEvents([chatCall(0, 'c1', 'read', '{"path": "a')], 'tool_calls')),
      sse(chatEvents([{ content: 'sorry' }])),
    );
    const harness = compatible(server);
    const { events, turn } = await runTurn(harness, { tools: [readTool] });
    expect(events[0]).toMatchObject({ type: 'tool_call', input: '{"path": "a' });
    const answer = { role: 'tool' as const, tool_call_id: 'c1', content: 'broken JSON', is_error: true };
    await runTurn(harness, { messages: [user('hello'), turn.message, answer] });
    expect(server.requests[1]?.body).toMatchObject({
      messages: [
        { role: 'user', content: 'hello' },
        {
          role: 'assistant',
          tool_calls: [{ id: 'c1', function: { arguments: '{"invalid_arguments":"{\\"path\\": \\"a"}' } }],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'broken JSON' },
      ],
    });
  });

  test('settings reach the provider', async () => {
    await using server = await startWireServer(sse(chatEvents([{ content: 'ok' }])));
    const settings = { maxOutputTokens: 9, temperature: 0.5, providerOptions: { 'openai-compatible': { extra: 1 } } };
    await runTurn(
      createGeneratorHarness({ model: 'openai-compatible/m', env: { GREENROOM_BASE_URL: server.url }, settings }),
    );
    expect(server.requests[0]?.body).toMatchObject({ max_tokens: 9, temperature: 0.5, extra: 1 });
  });
});

describe('failures', () => {
  test('a 429 can be tried again after what retry-after says, in the provider’s words', async () => {
    const body = { error: { message: 'Slow down, please.', type: 'rate_limit_error' } };
    await using server = await startWireServer(json(429, body, { 'retry-after': '7' }));
    const { error, events } = await failedTurn(compatible(server));
    expect(events).toEqual([]);
    expect(error).toMatchObject({ code: 'model', retryable: true, retryAfterMs: 7000, status: 429 });
    expect(error.message).toContain('Slow down, please.');
  });

  test.each([
    [400, false],
    [401, false],
    [403, false],
    [404, false],
    [422, false],
    [408, true],
    [409, true],
    [425, true],
    [500, true],
    [503, true],
    [529, true],
  ])('a %i can be tried again: %s', async (status, retryable) => {
    await using server = await startWireServer(json(status, { error: { message: 'no' } }));
    const { error } = await failedTurn(compatible(server));
    expect(error).toMatchObject({ retryable, status });
  });

  test('an exhausted quota is not tried again although it is a 429', async () => {
    await using server = await startWireServer(json(429, { error: { message: 'Pay.', code: 'insufficient_quota' } }));
    expect((await failedTurn(compatible(server))).error.retryable).toBe(false);
  });

  test('an answer that is not the expected JSON is quoted', async () => {
    await using server = await startWireServer(json(400, { detail: 'model "m" has no tools' }));
    expect((await failedTurn(compatible(server))).error.message).toContain('has no tools');
  });

  test('a server that is not there can be tried again', async () => {
    const server = await startWireServer(json(200, {}));
    await server[Symbol.asyncDispose]();
    expect((await failedTurn(compatible(server))).error).toMatchObject({ retryable: true });
  });

  test.each(['cut', 'end'] as const)('a stream that stops after some text (%s) can be tried again', async (end) => {
    await using server = await startWireServer(sse(chatEvents([{ content: 'Hal' }], null), end));
    const { error, events } = await failedTurn(compatible(server));
    expect(textOf(events)).toBe('Hal');
    expect(error.retryable).toBe(true);
  });

  test('an error in the middle of a stream can be tried again', async () => {
    const error = { error: { message: 'overloaded', type: 'server_error', code: null } };
    await using server = await startWireServer(sse([...chatEvents([{ content: 'Hal' }], null), error]));
    const failed = await failedTurn(compatible(server));
    expect(textOf(failed.events)).toBe('Hal');
    expect(failed.error.retryable).toBe(true);
    expect(failed.error.message).toContain('overloaded');
  });

  test('no key stands in a message or its cause', async () => {
    const key = 'very-secret-key';
    const message = `Incorrect API key provided: ${key}, nor sk-proj-abc123def.`;
    await using server = await startWireServer(json(401, { error: { message } }));
    const { error } = await failedTurn(compatible(server, { GREENROOM_API_KEY: key }));
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${key}`);
    expect(error.message).toContain('Incorrect API key provided');
    expect(error.message).not.toMatch(/very-secret|abc123/);
    expect(error.cause).toBeUndefined();
  });
});

describe('leaving', () => {
  test('an abort ends the request at the server', async () => {
    await using server = await startWireServer(sse(chatEvents([{ content: 'Hal' }], null), 'open'));
    const controller = new AbortController();
    const call = compatible(server).invoke({ messages: [user('hi')], signal: controller.signal });
    await call.next();
    const pending = call.next();
    controller.abort();
    await expect(pending).rejects.toMatchObject({ code: 'model', retryable: false });
    await server.hungUp;
  });

  test('an abort before the first byte of the answer ends the request at the server', async () => {
    const controller = new AbortController();
    await using server = await startWireServer(() => controller.abort());
    const { error } = await failedTurn(compatible(server), { signal: controller.signal });
    expect(error.retryable).toBe(false);
    await server.hungUp;
  });

  test('leaving the loop early ends the request at the server', async () => {
    await using server = await startWireServer(sse(chatEvents([{ content: 'Hal' }], null), 'open'));
    for await (const event of compatible(server).invoke({ messages: [user('hi')] })) {
      expect(event.type).toBe('text');
      break;
    }
    await server.hungUp;
  });

  test('leaving the loop early aborts the signal that the model was given', async () => {
    const model = fakeModel('v4', [{ type: 'text-delta', id: 'x', delta: 'Hal' }]);
    for await (const _ of createGeneratorHarness({ model, env: {} }).invoke({ messages: [user('hi')] })) break;
    expect(model.calls[0]?.abortSignal?.aborted).toBe(true);
  });

  test('a signal that has aborted already starts no request', async () => {
    const model = fakeModel('v4', [finishPart]);
    const harness = createGeneratorHarness({ model, env: {} });
    await expect(runTurn(harness, { signal: AbortSignal.abort() })).rejects.toMatchObject({ retryable: false });
    expect(model.calls).toEqual([]);
  });

  test('a model that ignores its signal is left all the same, and its stream is cancelled', async () => {
    const cancelled = Promise.withResolvers<void>();
    const controller = new AbortController();
    const stream = new ReadableStream(
      { pull: () => controller.abort(), cancel: () => cancelled.resolve() },
      { highWaterMark: 0 },
    );
    const model = { ...fakeModel('v4', []), doStream: () => Promise.resolve({ stream }) };
    const { error } = await failedTurn(createGeneratorHarness({ model, env: {} }), { signal: controller.signal });
    expect(error.retryable).toBe(false);
    await cancelled.promise;
  });

  test('a stream that a model opens after the abort is cancelled', async () => {
    const cancelled = Promise.withResolvers<void>();
    const opened = Promise.withResolvers<{ stream: ReadableStream }>();
    const controller = new AbortController();
    const doStream = () => {
      controller.abort();
      return opened.promise;
    };
    const harness = createGeneratorHarness({ model: { ...fakeModel('v4', []), doStream }, env: {} });
    await failedTurn(harness, { signal: controller.signal });
    opened.resolve({ stream: new ReadableStream({ cancel: () => cancelled.resolve() }) });
    await cancelled.promise;
  });

  test('a call that is over listens to the caller’s signal no longer', async () => {
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    await runTurn(createGeneratorHarness({ model: fakeModel('v4', [finishPart]), env: {} }), { signal });
    expect(added.mock.calls).toHaveLength(1);
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(
      added.mock.calls.map(([, listener]) => listener),
    );
  });
});

describe('model objects', () => {
  const parts = [
    { type: 'reasoning-start', id: '0' },
    { type: 'reasoning-delta', id: '0', delta: 'Hm.' },
    { type: 'reasoning-end', id: '0', providerMetadata: { fake: { signature: 's' } } },
    { type: 'text-start', id: '0' },
    { type: 'text-delta', id: '0', delta: 'Yes.' },
    { type: 'text-end', id: '0' },
    { type: 'tool-call', toolCallId: 'c1', toolName: 'read', input: '', providerMetadata: { fake: { thought: 't' } } },
    finishPart,
  ];

  test.each(['v3', 'v4'])('a %s object gives reasoning, text and calls with their provider data', async (version) => {
    const model = fakeModel(version, parts);
    const { events, turn } = await runTurn(createGeneratorHarness({ env: {} }), { model });
    // Both blocks were called "0": in the stream they are two.
    expect(events.slice(0, 3)).toEqual([
      { type: 'reasoning', runId: 'run', id: '0', content: 'Hm.' },
      { type: 'text', runId: 'run', id: '0_2', content: 'Yes.' },
      { type: 'tool_call', runId: 'run', id: 'c1', name: 'read', input: {} },
    ]);
    expect(turn.message).toEqual({
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'Hm.', providerMetadata: { fake: { signature: 's' } } },
        { type: 'text', text: 'Yes.' },
      ],
      tool_calls: [{ id: 'c1', name: 'read', arguments: {}, providerMetadata: { fake: { thought: 't' } } }],
    });
    expect(model.calls[0]?.abortSignal).toBeInstanceOf(AbortSignal);
  });

  test('an object of another specification is refused by name', async () => {
    const harness = createGeneratorHarness({ model: fakeModel('v2', []), env: {} });
    await expect(runTurn(harness)).rejects.toMatchObject({ code: 'unknown_model', message: matching(/fake\/one.*v2/) });
  });

  test('what an object throws is a ModelError that is not tried again', async () => {
    const model = { ...fakeModel('v4', []), doStream: () => Promise.reject(new TypeError('x is not a function')) };
    const { error } = await failedTurn(createGeneratorHarness({ model, env: {} }));
    expect(error).toMatchObject({ retryable: false, message: 'fake/one: x is not a function' });
  });

  test('a model of the invocation goes before the harness’s own', async () => {
    const own = fakeModel('v4', [finishPart]);
    const named = fakeModel('v4', [finishPart]);
    await runTurn(createGeneratorHarness({ model: own, env: {} }), { model: named });
    expect([own.calls.length, named.calls.length]).toEqual([0, 1]);
  });
});

describe('naming a model', () => {
  test.each(['gpt-5', 'nobody/gpt-5', 'anthropic/', ''])(
    '"%s" names none, and the error lists what does',
    async (model) => {
      const call = runTurn(createGeneratorHarness({ model, env: {} }));
      await expect(call).rejects.toMatchObject({
        code: 'unknown_model',
        message: matching(/anthropic\/….*openai\/….*ollama\/…/),
      });
    },
  );

  test.each([
    ['anthropic/m', 'ANTHROPIC_API_KEY'],
    ['openai/m', 'OPENAI_API_KEY'],
    ['openai-compatible/m', 'GREENROOM_BASE_URL'],
  ])('%s without %s is an error that names the variable', async (model, variable) => {
    const call = runTurn(createGeneratorHarness({ model, env: {} }));
    await expect(call).rejects.toMatchObject({ code: 'missing_key', message: containing(variable) });
  });

  test('a name from the caller’s own models is looked up first', async () => {
    const model = fakeModel('v4', [finishPart]);
    await runTurn(createGeneratorHarness({ model: 'scripted/mine', models: { 'scripted/mine': model }, env: {} }));
    expect(model.calls).toHaveLength(1);
  });

  test('without any model the scripted one answers and says so', async () => {
    const { events } = await runTurn(createGeneratorHarness({ env: { CI: '1' } }));
    expect(textOf(events)).toContain('scripted');
  });

  test('ollama/… is called at OLLAMA_HOST', async () => {
    await using server = await startWireServer(sse(chatEvents([{ content: 'hi' }])));
    const env = { OLLAMA_HOST: server.url.replace('http://', '') };
    const events: InvocationEvent[] = (await runTurn(createGeneratorHarness({ model: 'ollama/hf.co/x:1', env })))
      .events;
    expect(textOf(events)).toBe('hi');
    expect(server.requests[0]).toMatchObject({ path: '/v1/chat/completions', body: { model: 'hf.co/x:1' } });
  });
});
