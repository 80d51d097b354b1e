import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { call, type Content, defineTool, type Tool, ToolError } from '../../src/index.ts';
import { playedTeam } from '../support/played-model.ts';
import { collect, echoTool, eventsOf, scriptedTeam, start } from '../support/team.ts';

const textOf = (content: Content) => (typeof content === 'string' ? content : JSON.stringify(content));

/** Runs one turn of calls and gives what came of them. */
async function outcomesOf(tools: readonly Tool[], calls: readonly { name: string; input: unknown }[]) {
  const team = playedTeam((_asked, nth) =>
    nth === 0 ? { calls: calls.map((each, index) => ({ id: `c${index}`, ...each })) } : { text: 'went on' },
  );
  const permissions = { allowlist: tools.map(({ name }) => ({ tool: name })) };
  const id = start(team, 'go', { tools, permissions });
  const entries = await collect(team.events());
  const outcome = await team.result(id);
  const told = (team.asked[1]?.messages ?? []).flatMap((message) =>
    message.role === 'tool'
      ? [{ id: message.tool_call_id, text: textOf(message.content), isError: message.is_error }]
      : [],
  );
  await team.cleanup();
  return { entries, outcome, told, results: eventsOf(entries, 'tool_result') };
}

// FAILURES: a human approved a call that could not run; an unknown tool ended the run and left a call without a result
describe('a call that cannot run is an error for the model, and nobody is asked', () => {
  const echo = echoTool();
  const strict = defineTool({
    name: 'strict',
    description: '',
    schema: z.strictObject({ path: z.string() }),
    execute: () => ({ context: 'ran' }),
  });

  test.each([
    ['an unknown tool', { name: 'ehco', input: {} }, /no tool "ehco".*You have: echo, strict/],
    ['a name that objects inherit', { name: 'constructor', input: {} }, /no tool "constructor"/],
    ['broken JSON', { name: 'echo', input: '{"text": ' }, /"echo" are not valid JSON/],
    ['a wrong type', { name: 'echo', input: { text: 7 } }, /text/],
    ['a missing field', { name: 'strict', input: {} }, /path/],
    ['a strange field', { name: 'strict', input: { path: 'a', mode: 'rw' } }, /mode/],
    ['no object at all', { name: 'strict', input: null }, /do not fit its schema/],
    ['JSON that is text', { name: 'strict', input: '"a"' }, /do not fit its schema/],
  ])('%s', async (_name, asked, words) => {
    const { entries, outcome, told, results } = await outcomesOf([echo, strict], [asked]);
    expect(results).toMatchObject([{ status: 'error', decidedBy: { kind: 'input' } }]);
    expect(told).toMatchObject([{ id: 'c0', text: expect.stringMatching(words), isError: true }]);
    expect(entries.filter(({ event }) => event.type === 'relay' || event.type === 'tool_start')).toEqual([]);
    expect(outcome).toMatchObject({ status: 'completed', text: 'went on' });
    expect(echo.runs).toEqual([]);
  });

  test('no human is asked about it even where nothing is allowed', async () => {
    await using team = scriptedTeam(function* () {
      yield { calls: [call('echo', '{'), call('missing'), call('echo', { text: 1 })] };
      yield { text: 'ok' };
    });
    const id = start(team, 'go', { tools: [echo] });
    expect(await team.result(id)).toMatchObject({ status: 'completed' });
  });
});

// FAILURES: a tool's exception gave an error and no result, so screens showed it running for ever
describe('a tool that throws gives one result with status error, and its agent goes on', () => {
  const thrown = {
    get message(): string {
      throw new Error('no');
    },
    toString(): string {
      throw new Error('no');
    },
  };
  const values: readonly [string, unknown][] = [
    ['an error', new Error('boom')],
    ['undefined', undefined],
    ['an object whose getters throw', thrown],
    ['an object without a prototype', Object.create(null)],
    ['a symbol', Symbol('boom')],
    ['a bigint', 1n],
  ];
  const tool = (name: string, execute: Tool['execute']): Tool => ({
    name,
    description: '',
    schema: z.object({}),
    execute,
  });

  test.each(values)('%s, at once and later', async (_name, value) => {
    const { results, outcome, told } = await outcomesOf(
      [
        tool('sync', () => {
          throw value;
        }),
        tool('async', () => Promise.reject(value)),
      ],
      [
        { name: 'sync', input: {} },
        { name: 'async', input: {} },
      ],
    );
    expect(results.map(({ status }) => status)).toEqual(['error', 'error']);
    expect(told.map(({ text }) => text)).toEqual([
      expect.stringContaining('"sync" failed'),
      expect.stringContaining('"async" failed'),
    ]);
    expect(outcome).toMatchObject({ status: 'completed' });
  });

  test('a ToolError says its status, its words and what it had', async () => {
    const { results } = await outcomesOf(
      [
        tool('half', () => {
          throw new ToolError('only half of it', { status: 'limited', result: { had: 1 } });
        }),
      ],
      [{ name: 'half', input: {} }],
    );
    expect(results).toMatchObject([{ status: 'limited', output: { context: 'only half of it', result: { had: 1 } } }]);
  });

  test.each(values)('a schema that throws %s while it checks', async (_name, value) => {
    const schema = z.object({}).refine(() => {
      throw value;
    });
    const { results, outcome } = await outcomesOf(
      [{ name: 'odd', description: '', schema, execute: () => ({ context: 'ran' }) }],
      [{ name: 'odd', input: {} }],
    );
    expect(results).toMatchObject([{ status: 'error', decidedBy: { kind: 'input' } }]);
    expect(outcome).toMatchObject({ status: 'completed' });
  });

  test('a tool whose subjects or derivePermission throw asks, and cannot be made permanent', async () => {
    const odd: Tool = {
      ...tool('odd', () => ({ context: 'ran' })),
      subjects: () => Promise.reject(undefined),
      derivePermission: () => Promise.reject(thrown),
    };
    await using team = playedTeam((_asked, nth) =>
      nth === 0 ? { calls: [{ id: 'a', name: 'odd' }] } : { text: 'ok' },
    );
    const id = start(team, 'go', { tools: [odd], permissions: { allowlist: [{ tool: 'odd', params: { a: '*' } }] } });
    for await (const { event } of team.events()) {
      if (event.type !== 'relay') continue;
      expect(event.proposal).toBeNull();
      expect(team.resolveRelay(event.id, { approved: true, always: true })).toBe(true);
    }
    expect(team.grants.list()).toEqual([]);
    expect(await team.result(id)).toMatchObject({ status: 'completed' });
  });
});

describe('a tool that returns garbage gives one result, and its agent goes on', () => {
  const getters = {
    get context(): string {
      throw new Error('no');
    },
  };
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  test.each([
    ['nothing', undefined, 'ok'],
    ['null', null, 'ok'],
    ['a text', 'just text', 'ok'],
    ['a number', 7, 'ok'],
    ['an array', [1, 2], 'ok'],
    ['a context of the wrong kind', { context: { deep: true } }, 'ok'],
    ['a circular object', circular, 'ok'],
    ['a function', () => 1, 'ok'],
    ['a bigint', 1n, 'ok'],
    ['an object whose getters throw', getters, undefined],
  ])('%s', async (_name, value, status) => {
    const odd = { name: 'odd', description: '', schema: z.object({}), execute: () => value } as Tool;
    const { results, outcome, told } = await outcomesOf([odd], [{ name: 'odd', input: {} }]);
    expect(results).toHaveLength(1);
    if (status !== undefined) expect(results[0]?.status).toBe(status);
    expect(typeof told[0]?.text).toBe('string');
    expect(outcome).toMatchObject({ status: 'completed', text: 'went on' });
  });

  test('a text that a tool returns bare is what the model reads', async () => {
    const odd = { name: 'odd', description: '', schema: z.object({}), execute: () => 'just text' as unknown } as Tool;
    const { told } = await outcomesOf([odd], [{ name: 'odd', input: {} }]);
    expect(told[0]?.text).toBe('just text');
  });
});

describe('a model or harness that answers garbage fails its own agent only', () => {
  test.each([
    ['no message', { usage: {}, message: null }],
    ['no usage', { message: { role: 'assistant', content: 'x' }, usage: undefined }],
    ['calls that are no list', { message: { role: 'assistant', content: 'x', tool_calls: 7 }, usage: {} }],
  ])('a turn with %s', async (_name, turn) => {
    const bad = {
      kind: 'model',
      // a harness that breaks its contract cannot be written within its types
      async *invoke() {
        yield* [];
        return turn;
      },
    };
    await using team = playedTeam(() => ({ text: 'fine' }));
    const [broken, good] = [
      team.spawn({ messages: [{ role: 'user', content: 'go' }], harness: bad }),
      start(team, 'go'),
    ];
    expect(await team.result(broken)).toMatchObject({ status: 'failed', reason: expect.any(String) });
    expect(await team.result(good)).toMatchObject({ status: 'completed' });
    expect(team.agents().map(({ status }) => status)).toEqual(['failed', 'completed']);
  });

  test('a harness whose invoke throws, or gives nothing to iterate', async () => {
    await using team = playedTeam(() => ({ text: 'fine' }));
    const messages = [{ role: 'user' as const, content: 'go' }];
    const harnesses = [
      { invoke: () => undefined },
      {
        invoke: () => {
          throw new Error('not today');
        },
      },
      { kind: 'model', invoke: () => 7 },
    ];
    const ids = harnesses.map((harness) => team.spawn({ messages, harness: harness as never }));
    for (const id of ids) expect(await team.result(id)).toMatchObject({ status: 'failed' });
  });
});
