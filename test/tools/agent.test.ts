import { describe, expect, test } from 'vitest';
import { ToolError } from '../../src/errors.ts';
import { agentTool } from '../../src/tools/agent.ts';
import type { SubagentOutcome, SubagentParams } from '../../src/tools/tool.ts';
import { temporaryFolder, toolContext } from './context.ts';

const usage = { inputTokens: 7, outputTokens: 5 };

/** Calls the tool with a child that ends as given; what the child was started with is kept in `asked`. */
async function call(input: unknown, outcome: Partial<SubagentOutcome>, signal = new AbortController().signal) {
  const asked: SubagentParams[] = [];
  const { ctx } = toolContext({
    workspace: await temporaryFolder(),
    signal,
    spawn: async (params) => {
      asked.push(params);
      return { agentId: 'child', status: 'completed', text: 'done', usage, ...outcome };
    },
  });
  const settled = await Promise.allSettled([agentTool.execute(agentTool.schema.parse(input), ctx)]);
  return { settled: settled[0], asked };
}

describe('the agent tool', () => {
  test('a child that completed answers with its final text', async () => {
    const { settled, asked } = await call({ task: ' find it ' }, { text: 'It is in a.ts.' });
    expect(settled).toEqual({
      status: 'fulfilled',
      value: {
        context: 'It is in a.ts.',
        result: { agentId: 'child', status: 'completed', text: 'It is in a.ts.', usage },
      },
    });
    expect(asked).toEqual([{ task: 'find it' }]);
  });

  test('name, tools and model reach the child', async () => {
    const input = { task: 'fix it', name: 'test-fixer', tools: ['read', 'patch'], model: 'anthropic/claude' };
    expect((await call(input, {})).asked).toEqual([input]);
  });

  // FAILURES: "A child's failure reached the parent as an empty success".
  test.each([
    ['failed', 'error'],
    ['cancelled', 'cancelled'],
  ] as const)(
    'a child that %s is a call with status %s, with the reason and the text it had',
    async (status, expected) => {
      const { settled } = await call(
        { task: 't', name: 'kid' },
        { status, text: 'half of it', reason: 'the model is gone' },
      );
      const error: unknown = settled.status === 'rejected' ? settled.reason : undefined;
      expect(error).toBeInstanceOf(ToolError);
      expect(error).toMatchObject({
        status: expected,
        message: `The subagent kid ${status === 'failed' ? 'failed' : 'was cancelled'}: the model is gone\nWhat it had said:\nhalf of it`,
        result: { agentId: 'child', status, text: 'half of it', usage },
      });
    },
  );

  test('a child that failed without a word is a failure all the same', async () => {
    const { settled } = await call({ task: 't' }, { status: 'failed', text: '' });
    expect(settled).toMatchObject({
      status: 'rejected',
      reason: { message: 'The subagent failed.\nIt had said nothing.' },
    });
  });

  test('a child that a limit stopped answers with what it had, and says so', async () => {
    const { settled } = await call(
      { task: 't' },
      { status: 'limited', text: 'two of three', reason: 'maxIterations (10)' },
    );
    expect(settled).toMatchObject({
      status: 'fulfilled',
      value: {
        context:
          'The subagent was stopped by a limit before it was done: maxIterations (10)\nWhat it had said:\ntwo of three',
        result: { status: 'limited' },
      },
    });
  });

  test('a child that completed without a word is not an empty answer', async () => {
    const { settled } = await call({ task: 't' }, { text: ' \n' });
    expect(settled).toMatchObject({
      value: { context: 'The subagent finished without saying anything. Check what it did.' },
    });
  });

  test('a limit that forbids the child is passed on as it is', async () => {
    const limit = new ToolError('maxDepth is 3', { status: 'limited' });
    const { ctx } = toolContext({ workspace: await temporaryFolder(), spawn: () => Promise.reject(limit) });
    await expect(agentTool.execute({ task: 't' }, ctx)).rejects.toBe(limit);
  });

  test('a cancelled call starts no child', async () => {
    const { settled, asked } = await call({ task: 't' }, {}, AbortSignal.abort());
    expect(settled).toMatchObject({ status: 'rejected', reason: { status: 'cancelled' } });
    expect(asked).toEqual([]);
  });

  test.each([
    ['no task', {}],
    ['a blank task', { task: ' \n ' }],
    ['a name that could pass for something else', { task: 't', name: 'lead\u001b[2K' }],
    ['an empty name', { task: 't', name: '' }],
    ['a stranger', { task: 't', permissions: { allowlist: [{ tool: 'bash' }] } }],
  ])('%s is refused', (_what, input) => {
    expect(agentTool.schema.safeParse(input).success).toBe(false);
  });

  test('"always" covers starting subagents, whatever their task', async () => {
    const { ctx } = toolContext({ workspace: await temporaryFolder() });
    expect(await agentTool.derivePermission?.({ task: 't' }, ctx)).toEqual({ tool: 'agent' });
  });
});
