import { describe, expect, test } from 'vitest';
import { GreenroomError, ModelError } from '../../src/errors.ts';
import type { Message } from '../../src/events.ts';
import {
  addUsage,
  type AgentContext,
  callsLimit,
  callsOf,
  codeOf,
  historyOf,
  initialContext,
  isOutOfTokens,
  openCalls,
  openTurn,
  origin,
  outcomeOf,
  outputOf,
  resultsOf,
  retryDelay,
  settleCall,
  takesMessages,
  textOf,
  turnInput,
  uniqueCalls,
} from '../../src/machines/agent-context.ts';
import { type AgentSpec, type EffectiveLimits, modelName, setupOf } from '../../src/machines/agent-spec.ts';
import type { SavedAgent } from '../../src/machines/restored.ts';
import type { TurnResult } from '../../src/harness/harness.ts';
import { agentInput } from './parts.ts';

const fresh = (patch: Partial<AgentContext> = {}): AgentContext => ({ ...initialContext(agentInput()), ...patch });
const limited = (limits: Partial<EffectiveLimits>, patch: Partial<AgentContext> = {}): AgentContext => {
  const { spec } = agentInput();
  return fresh({ spec: { ...spec, limits: { ...spec.limits, ...limits } }, ...patch });
};
const turn = (message: Partial<TurnResult['message']>): TurnResult => ({
  message: { role: 'assistant', content: null, ...message },
  usage: { inputTokens: 1, outputTokens: 1 },
  finishReason: 'stop',
});
const calls = (...ids: readonly string[]) => ids.map((id) => ({ id, name: 'echo', arguments: { of: id } }));
const usage = (inputTokens: number, outputTokens: number) => ({ inputTokens, outputTokens });

describe('what was used', () => {
  test('adds up, and what a model did not say counts as none', () => {
    expect(addUsage(usage(1, 2), usage(10, 20))).toEqual({
      inputTokens: 11,
      outputTokens: 22,
      reasoningTokens: 0,
      cachedInputTokens: 0,
    });
    const told = { inputTokens: 1, outputTokens: 2, reasoningTokens: 3, cachedInputTokens: 4 };
    expect(addUsage(told, told)).toEqual({ inputTokens: 2, outputTokens: 4, reasoningTokens: 6, cachedInputTokens: 8 });
    expect(addUsage(told, usage(0, 0))).toEqual(told);
    expect(addUsage(usage(0, 0), told)).toEqual(told);
  });

  test('reaches the limit at that very token, input and output together', () => {
    expect(isOutOfTokens(limited({ maxTokens: 10 }, { usage: usage(6, 3) }))).toBe(false);
    expect(isOutOfTokens(limited({ maxTokens: 10 }, { usage: usage(6, 4) }))).toBe(true);
    expect(isOutOfTokens(limited({ maxTokens: 10 }, { usage: usage(4, 7) }))).toBe(true);
    expect(isOutOfTokens(limited({}, { usage: usage(1e9, 1e9) }))).toBe(false);
  });
});

describe('the calls of a turn', () => {
  test('that passed the tokens or was the last one do not run, and are told which limit it is', () => {
    expect(callsLimit(limited({ maxTokens: 10 }, { usage: usage(6, 3) }))).toBe(undefined);
    const spent = 'Limit maxTokens (10) reached: 10 tokens were used, so this call was not run.';
    expect(callsLimit(limited({ maxTokens: 10 }, { usage: usage(6, 4) }))).toBe(spent);
    expect(callsLimit(limited({ maxTokens: 10 }, { usage: usage(6, 4), lastTurn: true }))).toBe(spent);
    expect(callsLimit(fresh({ lastTurn: true }))).toBe('Limit maxIterations (2) reached: this call was not run.');
    expect(callsLimit(fresh())).toBe(undefined);
  });

  test('get ids that the agent has not used: a copy is counted from 2, a missing one is named by turn and place', () => {
    const context = fresh({ turns: 3, seenCalls: new Set(['a', 'a~2']) });
    const made = uniqueCalls(context, turn({ tool_calls: calls('a', 'b', 'b', '', '') }));
    expect(made.calls.map(({ rawId }) => rawId)).toEqual(['a~3', 'b', 'b~2', 'call_3_3', 'call_3_4']);
    expect(made.calls[0]).toEqual({ id: 'a/a~3', rawId: 'a~3', name: 'echo', input: { of: 'a' } });
    expect(made.seen).toEqual(new Set(['a', 'a~2', 'a~3', 'b', 'b~2', 'call_3_3', 'call_3_4']));
    expect(context.seenCalls).toEqual(new Set(['a', 'a~2']));
    expect(uniqueCalls(fresh(), turn({}))).toEqual({ calls: [], seen: new Set() });
  });

  test('stand in the history under these ids, and an answer without any has no list of them', () => {
    const asked = turn({ content: 'x', tool_calls: calls('a', 'a') });
    const made = uniqueCalls(fresh(), asked);
    expect(historyOf(asked, made.calls)).toEqual({
      role: 'assistant',
      content: 'x',
      tool_calls: [
        { id: 'a', name: 'echo', arguments: { of: 'a' } },
        { id: 'a~2', name: 'echo', arguments: { of: 'a' } },
      ],
    });
    expect(historyOf(turn({ content: 'x', tool_calls: [] }), [])).toStrictEqual({ role: 'assistant', content: 'x' });
    const history = historyOf(asked, made.calls);
    expect(history.role === 'assistant' && callsOf('a', history)).toEqual(made.calls);
    expect(callsOf('a', { role: 'assistant', content: 'x' })).toEqual([]);
  });

  test('have results in the order asked, marked as errors unless they went well', () => {
    const made = callsOf('a', { role: 'assistant', content: null, tool_calls: calls('1', '2', '3', '4') });
    const settlement = (rawId: string, status: 'ok' | 'denied', context?: string) => ({
      id: `a/${rawId}`,
      rawId,
      name: 'echo',
      status,
      output: context === undefined ? {} : { context },
    });
    const settled = {
      'a/2': settlement('2', 'denied', 'no'),
      'a/1': settlement('1', 'ok', 'yes'),
      'a/3': settlement('3', 'ok'),
    };
    expect(resultsOf({ calls: made, settled })).toStrictEqual([
      { role: 'tool', tool_call_id: '1', content: 'yes' },
      { role: 'tool', tool_call_id: '2', content: 'no', is_error: true },
      { role: 'tool', tool_call_id: '3', content: '(no output)' },
      { role: 'tool', tool_call_id: '4', content: '(no output)', is_error: true },
    ]);
  });
});

describe('a turn', () => {
  const made = callsOf('a', { role: 'assistant', content: null, tool_calls: calls('1', '2') });
  const settlement = (rawId: string) => ({ id: `a/${rawId}`, rawId, name: 'echo', status: 'ok' as const, output: {} });

  test('settles its calls one by one; a settled call waits no longer', () => {
    const context = fresh({ calls: made, waiting: ['a/1', 'a/2'] });
    expect(openCalls(context).map(({ actorId, call }) => [actorId, call.id])).toEqual([
      ['call-0', 'a/1'],
      ['call-1', 'a/2'],
    ]);
    const settled = { ...context, ...settleCall(context, settlement('1')) };
    expect(settled.waiting).toEqual(['a/2']);
    expect(openCalls(settled).map(({ actorId }) => actorId)).toEqual(['call-1']);
    expect(settleCall(fresh({ calls: made }), settlement('1'))).not.toHaveProperty('waiting');
  });

  test('begins with the results of the last calls and what was sent meanwhile', () => {
    const settled = { 'a/1': settlement('1'), 'a/2': settlement('2') };
    const sent = { role: 'user', content: 'more' } as const;
    const opened = openTurn(fresh({ turns: 1, attempt: 3, calls: made, settled, inbox: [sent] }));
    expect(opened).toMatchObject({
      calls: [],
      inbox: [],
      opened: [sent],
      taken: 1,
      turns: 2,
      attempt: 1,
      lastTurn: false,
    });
    expect(opened.messages?.map(({ role }) => role)).toEqual(['user', 'tool', 'tool', 'user']);
    const last = openTurn(fresh({ turns: 2 }));
    expect(last).toMatchObject({
      lastTurn: true,
      taken: 0,
      opened: [{ content: expect.stringContaining('all 2 turns') }],
    });
  });
});

describe('the wait before the model is called again', () => {
  const failed = (retryAfterMs?: number) =>
    new ModelError('busy', { retryable: true, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
  const wait = (attempt: number, error: unknown) => retryDelay(fresh({ attempt }), error);

  test('doubles from the base up to the longest', () => {
    expect([1, 2, 3, 5, 6, 20].map((attempt) => wait(attempt, failed()))).toEqual([
      1000, 2000, 4000, 16_000, 30_000, 30_000,
    ]);
  });

  test('is none where none is wanted', () => {
    const { spec } = agentInput();
    const hasty = { ...spec, retry: { ...spec.retry, baseMs: 0 } };
    expect(retryDelay(fresh({ spec: hasty }), failed())).toBe(0);
    expect(retryDelay(fresh({ spec: hasty }), new Error('other'))).toBe(0);
    expect(retryDelay(fresh({ spec: hasty }), failed(1))).toBe(1);
  });

  test('is what the provider asks for where that is longer, as long as a timer can wait', () => {
    expect(wait(1, failed(999))).toBe(1000);
    expect(wait(1, failed(1001))).toBe(1001);
    expect(wait(1, failed(60_000))).toBe(60_000);
    expect(wait(1, failed(2 ** 31 - 2))).toBe(2 ** 31 - 2);
    expect(wait(1, failed(2 ** 31))).toBe(2 ** 31 - 1);
    expect(wait(2, Object.assign(new Error('other'), { retryAfterMs: 60_000 }))).toBe(2000);
  });
});

describe('text and names', () => {
  test('the text of an answer is its text parts, without what stands between them', () => {
    expect(textOf(turn({ content: null }))).toBe('');
    expect(textOf(turn({ content: 'x' }))).toBe('x');
    const image = { type: 'image', data: 'AA==', mimeType: 'image/png' } as const;
    expect(textOf(turn({ content: [{ type: 'text', text: 'a' }, image as never, { type: 'text', text: 'b' }] }))).toBe(
      'ab',
    );
  });

  test('a model is called provider/model, or as it is; one that cannot say has no name', () => {
    expect(modelName('openai/x')).toBe('openai/x');
    expect(modelName(undefined)).toBe(undefined);
    expect(modelName({ provider: 'p', modelId: 'm' } as never)).toBe('p/m');
    const broken = Object.defineProperty({}, 'provider', {
      get: () => {
        throw new Error('no');
      },
    });
    expect(modelName(broken as never)).toBe(undefined);
  });

  test('an error says its code, and any other is the harness’s', () => {
    expect(codeOf(new GreenroomError('invalid_params', 'x'))).toBe('invalid_params');
    expect(codeOf(new Error('x'))).toBe('harness');
    expect(codeOf(undefined)).toBe('harness');
  });

  test('events carry the call that asked for the agent, if one did', () => {
    const { spec, ...rest } = agentInput();
    expect(origin({ spec, ...rest })).toStrictEqual({ runId: 'a' });
    const child = { ...spec, identity: { ...spec.identity, parentId: 'p/1' } };
    expect(origin({ spec: child, ...rest })).toStrictEqual({ runId: 'a', parentId: 'p/1' });
  });
});

describe('an agent', () => {
  const user: Message = { role: 'user', content: 'more' };
  const saved: SavedAgent = {
    messages: [user],
    inbox: [user],
    turns: 4,
    lastTurn: true,
    text: 'so far',
    usage: usage(7, 8),
    midTurn: true,
    calls: callsOf('a', { role: 'assistant', content: null, tool_calls: calls('1') }),
    settled: { 'a/0': { id: 'a/0', rawId: '0', name: 'echo', status: 'ok', output: {} } },
    savedCalls: {},
    seenCalls: new Set(['1']),
    isEndingKnown: false,
    cutBlocks: [],
    generation: 0,
  };

  test('begins with nothing but its task', () => {
    expect(initialContext(agentInput())).toMatchObject({
      messages: [{ role: 'user', content: 'go' }],
      inbox: [],
      opened: [],
      taken: 0,
      turns: 0,
      attempt: 1,
      retryInMs: 0,
      lastTurn: false,
      text: '',
      usage: { inputTokens: 0, outputTokens: 0 },
      calls: [],
      settled: {},
      waiting: [],
      seenCalls: new Set(),
    });
    expect(initialContext(agentInput())).not.toHaveProperty('ending');
  });

  test('that comes back begins with what it had', () => {
    const context = initialContext({ ...agentInput(), saved });
    const { messages, inbox, turns, lastTurn, text, usage: used, calls: open, settled, seenCalls } = saved;
    expect(context).toMatchObject({
      messages,
      inbox,
      turns,
      lastTurn,
      text,
      usage: used,
      calls: open,
      settled,
      seenCalls,
    });
    expect(context).toMatchObject({ attempt: 1, waiting: [] });
    expect(context).not.toHaveProperty('ending');
    const ending = { status: 'cancelled', reason: 'x' } as const;
    expect(initialContext({ ...agentInput(), saved: { ...saved, ending } })).toHaveProperty('ending', ending);
  });

  test('takes messages on our loop, before its last turn, and as long as it does not end', () => {
    const { spec } = agentInput();
    expect(takesMessages(fresh())).toBe(true);
    expect(takesMessages(fresh({ lastTurn: true }))).toBe(false);
    expect(takesMessages(fresh({ ending: { status: 'completed' } }))).toBe(false);
    expect(takesMessages(fresh({ spec: { ...spec, loop: false } }))).toBe(false);
  });

  test('has an outcome: how it ended and why, its text, and what it used', () => {
    const had = { text: 'x', usage: usage(1, 2) };
    expect(outcomeOf(fresh(had))).toStrictEqual({ status: 'failed', ...had });
    expect(outcomeOf(fresh({ ...had, ending: { status: 'completed' } }))).toStrictEqual({
      status: 'completed',
      ...had,
    });
    const ending = { status: 'limited', reason: 'r' } as const;
    expect(outcomeOf(fresh({ ...had, ending }))).toStrictEqual({ status: 'limited', reason: 'r', ...had });
    expect(outputOf(fresh(had))).toStrictEqual({ agentId: 'a', status: 'failed', ...had });
  });

  test('is recorded with what is data of it, its permissions only at the root of a tree', () => {
    const { spec } = agentInput();
    const setup = {
      messages: spec.messages,
      tools: [],
      limits: spec.limits,
      retry: spec.retry,
      workspace: '.',
      loop: true,
      permissions: {},
    };
    expect(setupOf(spec)).toStrictEqual(setup);
    expect(setupOf({ ...spec, model: 'p/m', ownHarness: '' })).toStrictEqual({ ...setup, harness: '' });
    expect(setupOf({ ...spec, model: {} as never, loop: false })).toStrictEqual({
      ...setup,
      loop: false,
      modelObject: true,
    });
    const { permissions: _none, ...inherited } = setup;
    const child: AgentSpec = { ...spec, identity: { ...spec.identity, parentId: 'p/1' } };
    expect(setupOf(child)).toStrictEqual(inherited);
  });

  test('asks its model with its tools, and in its last turn without', () => {
    const { spec } = agentInput();
    const tools = [{ name: 'echo' }] as never;
    const { params, blockPrefix, harness } = turnInput(fresh({ turns: 2, attempt: 3, spec: { ...spec, tools } }));
    expect(params).toStrictEqual({ messages: spec.messages, tools, permissions: {}, runId: 'a' });
    expect([blockPrefix, harness]).toEqual(['a/t2.3', spec.harness]);
    expect(turnInput(fresh({ lastTurn: true, spec: { ...spec, tools } })).params.tools).toEqual([]);
    const child: AgentSpec = { ...spec, model: 'p/m', identity: { ...spec.identity, parentId: 'p/1' } };
    expect(turnInput(fresh({ spec: child })).params).toMatchObject({ parentId: 'p/1', model: 'p/m' });
  });

  test('names its blocks by how often it came back', () => {
    const prefix = (generation: number) => turnInput(fresh({ turns: 1, saved: { ...saved, generation } })).blockPrefix;
    expect([0, 1, 2].map(prefix)).toEqual(['a/t1.1', 'a/r1.t1.1', 'a/r2.t1.1']);
  });
});
