import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  agentTool,
  call,
  createAgentHarness,
  createGeneratorHarness,
  defineTool,
  parseRule,
  readTool,
  type Tool,
} from '../../src/index.ts';
import { collect, eventsOf, handClock, harnessOf, scriptedTeam, start } from '../support/team.ts';

describe('calls that end oddly', () => {
  it('a tool that throws something that cannot even be looked at fails its own call only', async () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const tool = defineTool({
      name: 'odd',
      description: 'Throws a revoked proxy.',
      schema: z.object({}),
      execute: () => {
        // oxlint-disable-next-line typescript/only-throw-error -- that is the case
        throw proxy;
      },
    });
    await using team = scriptedTeam(function* () {
      const [odd] = yield { calls: [call('odd')] };
      yield { text: `went on after: ${odd?.text}` };
    });
    const id = start(team, 'go', { tools: [tool], permissions: { allowlist: [{ tool: 'odd' }] } });
    expect(await team.result(id)).toMatchObject({
      status: 'completed',
      text: expect.stringContaining('went on after'),
    });
    const [result] = eventsOf(await collect(team.events()), 'tool_result');
    expect(result).toMatchObject({ status: 'error' });
  });

  it('a tool that knows the call cannot run says so, and nobody is asked', async () => {
    await using team = scriptedTeam(function* () {
      const [folder] = yield { calls: [call('read', { path: '.' })] };
      yield { text: `${folder?.text}` };
    });
    const id = start(team, 'go', { tools: [readTool] });
    expect(await team.result(id)).toMatchObject({
      text: '. is a folder. List it with search: { mode: "files", pattern: "*" }.',
    });
    const entries = await collect(team.events());
    expect(eventsOf(entries, 'relay')).toEqual([]);
    expect(eventsOf(entries, 'tool_result')).toMatchObject([{ status: 'error', decidedBy: { kind: 'input' } }]);
  });

  it('a subagent that a limit forbids is decided by that limit', async () => {
    await using team = scriptedTeam(function* () {
      yield { calls: [call('agent', { task: 'deeper' })] };
      yield { text: 'alone then' };
    });
    start(team, 'go', { tools: [agentTool], permissions: { allowlist: [{ tool: 'agent' }] }, limits: { maxDepth: 0 } });
    const [result] = eventsOf(await collect(team.events()), 'tool_result');
    expect(result).toMatchObject({
      status: 'limited',
      decidedBy: { kind: 'limit', reason: expect.stringContaining('maxDepth (0)') },
    });
  });
});

describe('numbers at their ends', () => {
  it('a deadline longer than a timer can be does not fire at once', async () => {
    const clock = handClock();
    const days = 24 * 60 * 60 * 1000;
    await using team = scriptedTeam(
      function* () {
        yield { text: 'never asked' };
      },
      { clock },
    );
    const parked = harnessOf(async function* ({ signal }) {
      await new Promise((_resolve, reject) =>
        signal?.addEventListener('abort', () => reject(new Error('stopped')), { once: true }),
      );
      yield { type: 'text', runId: '', id: 'x', content: '' };
    });
    const id = start(team, 'wait', { harness: parked, limits: { maxDurationMs: 60 * days } });
    clock.advance(59 * days);
    expect(team.agents()).toMatchObject([{ id, state: 'running' }]);
    clock.advance(days);
    expect(await team.result(id)).toMatchObject({
      status: 'limited',
      reason: expect.stringContaining('maxDurationMs'),
    });
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'createAgentHarness refuses maxIterations %s',
    (maxIterations) => {
      expect(() => createAgentHarness({ harness: createGeneratorHarness(), maxIterations })).toThrow(
        expect.objectContaining({ code: 'invalid_params', path: 'maxIterations' }),
      );
    },
  );
});

it('the stream names the model that a generator harness was made with', async () => {
  await using team = scriptedTeam(function* () {
    yield { text: 'hello' };
  });
  start(team, 'go');
  const [begun] = eventsOf(await collect(team.events()), 'harness_start');
  expect(begun?.model).toMatch(/^scripted\//);
});

describe('rules and arguments as people write them', () => {
  const deciding = async (deny: ReturnType<typeof parseRule>, tool: Tool, input: object) => {
    await using team = scriptedTeam(
      function* () {
        yield { calls: [call(tool.name, input)] };
        yield { text: 'done' };
      },
      { permissions: { deny: [deny], allowlist: [{ tool: tool.name }] } },
    );
    start(team, 'go', { tools: [tool] });
    return eventsOf(await collect(team.events()), 'tool_result')[0]?.status;
  };
  const port = defineTool({
    name: 'fetch',
    description: 'Opens a port.',
    schema: z.object({ port: z.number(), secure: z.boolean().default(true) }),
    execute: () => ({ context: 'opened' }),
  });

  it('an exact rule that forbids a call hits it without the defaults that the schema adds', async () => {
    expect(await deciding(parseRule('fetch exactly {"port":22}'), port, { port: 22 })).toBe('denied');
    expect(await deciding(parseRule('fetch exactly {"port":22,"secure":true}'), port, { port: 22 })).toBe('denied');
    expect(await deciding(parseRule('fetch exactly {"port":23}'), port, { port: 22 })).toBe('ok');
  });

  it('a text pattern that forbids a number hits the number', async () => {
    expect(await deciding(parseRule('fetch(port=22)'), port, { port: 22 })).toBe('denied');
    expect(await deciding(parseRule('fetch(port=22)'), port, { port: 2222 })).toBe('ok');
  });
});

it('spawn refuses a model name that our own model harness could never use', async () => {
  await using team = scriptedTeam(function* () {
    yield { text: 'hello' };
  });
  expect(() => start(team, 'go', { model: 'nope' })).toThrow(
    expect.objectContaining({ code: 'invalid_params', path: 'model' }),
  );
  expect(team.agents()).toEqual([]);
});

it('a scripted answer of 200 000 words is streamed whole', async () => {
  const text = 'word '.repeat(200_000);
  await using team = scriptedTeam(function* () {
    yield { text };
  });
  const outcome = await team.result(start(team, 'go'));
  expect(outcome).toMatchObject({ status: 'completed' });
  expect(outcome.text).toHaveLength(text.length);
});
