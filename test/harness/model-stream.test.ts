import { expect, test } from 'vitest';
import type { Message } from '../../src/events.ts';
import { assembleTurn, type ModelStreamPart } from '../../src/harness/model-stream.ts';
import { finishPart } from './turns.ts';

function assemble(parts: readonly ModelStreamPart[], history: readonly Message[] = []) {
  const turn = assembleTurn({ runId: 'run' }, history);
  const events = parts.map((part) => turn.accept(part)).filter((event) => event !== undefined);
  return { events, result: turn.result() };
}

/** A part that breaks the specification, as servers and adapters in the field do. */
function unlikely(part: object): ModelStreamPart {
  const parts: ModelStreamPart[] = [];
  return Object.assign(parts, [part])[0] ?? finishPart;
}

test('a block id that is opened twice gives two blocks, in the order they were opened', () => {
  const text = (delta: string): ModelStreamPart[] => [
    { type: 'text-start', id: 'txt-0' },
    { type: 'text-delta', id: 'txt-0', delta },
    { type: 'text-end', id: 'txt-0' },
  ];
  const { events, result } = assemble([...text('one'), ...text('two'), finishPart]);
  expect(events.slice(0, 2)).toMatchObject([{ id: 'txt-0' }, { id: 'txt-0_2' }]);
  expect(result?.message.content).toEqual([
    { type: 'text', text: 'one' },
    { type: 'text', text: 'two' },
  ]);
});

test('a delta of a block that was never opened is not lost', () => {
  const { events } = assemble([{ type: 'text-delta', id: 'x', delta: 'hi' }]);
  expect(events).toEqual([{ type: 'text', runId: 'run', id: 'x', content: 'hi' }]);
});

test('interleaved blocks keep their own text', () => {
  const { result } = assemble([
    { type: 'reasoning-start', id: 'a' },
    { type: 'text-start', id: 'b' },
    { type: 'reasoning-delta', id: 'a', delta: '1' },
    { type: 'text-delta', id: 'b', delta: 'x' },
    { type: 'reasoning-delta', id: 'a', delta: '2' },
    { type: 'text-delta', id: 'b', delta: 'y' },
    finishPart,
  ]);
  expect(result?.message.content).toEqual([
    { type: 'reasoning', text: '12' },
    { type: 'text', text: 'xy' },
  ]);
});

test('provider data that comes in pieces is put together', () => {
  const { result } = assemble([
    { type: 'reasoning-start', id: 'a', providerMetadata: { openai: { itemId: 'rs', encrypted: null } } },
    { type: 'reasoning-end', id: 'a', providerMetadata: { openai: { encrypted: 'x' } } },
    finishPart,
  ]);
  expect(result?.message.content).toEqual([
    { type: 'reasoning', text: '', providerMetadata: { openai: { itemId: 'rs', encrypted: 'x' } } },
  ]);
});

test('a call id that the turn or the history has already is made unique', () => {
  const call: ModelStreamPart = { type: 'tool-call', toolCallId: 'call_0', toolName: 'read', input: '{}' };
  const history: Message[] = [
    { role: 'assistant', content: null, tool_calls: [{ id: 'call_0', name: 'read', arguments: {} }] },
  ];
  const { events, result } = assemble([call, call, finishPart], history);
  expect(events.slice(0, 2)).toMatchObject([{ id: 'call_0_2' }, { id: 'call_0_3' }]);
  expect(result?.message.tool_calls?.map(({ id }) => id)).toEqual(['call_0_2', 'call_0_3']);
});

test('a call that the provider ran itself is none of ours', () => {
  const { events, result } = assemble([
    { type: 'tool-call', toolCallId: 's1', toolName: 'web_search', input: '{}', providerExecuted: true },
    finishPart,
  ]);
  expect(events.map(({ type }) => type)).toEqual(['usage']);
  expect(result?.message).toEqual({ role: 'assistant', content: null });
});

test('a stream without a finish part, or with an interrupted one, has no result', () => {
  const text: ModelStreamPart = { type: 'text-delta', id: 'x', delta: 'hi' };
  expect(assemble([text]).result).toBeUndefined();
  const interrupted = { ...finishPart, finishReason: { unified: 'interrupted', raw: undefined } } as const;
  expect(assemble([text, interrupted]).result).toBeUndefined();
});

test('an unknown finish reason is "other", and usage that is missing is 0', () => {
  const { events, result } = assemble([unlikely({ type: 'finish', finishReason: { unified: 'tired' }, usage: {} })]);
  expect(events).toEqual([{ type: 'usage', runId: 'run', inputTokens: 0, outputTokens: 0 }]);
  expect(result).toMatchObject({ finishReason: 'other', usage: { inputTokens: 0, outputTokens: 0 } });
});

test('flat usage numbers and a bare finish reason are read too', () => {
  const part = unlikely({ type: 'finish', finishReason: 'length', usage: { inputTokens: 3, outputTokens: 4 } });
  const { result } = assemble([part]);
  expect(result).toMatchObject({ finishReason: 'length', usage: { inputTokens: 3, outputTokens: 4 } });
});
