/** createAgentHarness().invoke(): the same loop without an orchestrator of the caller's own (DESIGN §9). */
import { describe, expect, test } from 'vitest';
import {
  agentTool,
  call,
  createAgentHarness,
  createGeneratorHarness,
  type InvocationEvent,
  type InvokeParams,
  type Script,
  scriptedModel,
} from '../../src/index.ts';
import { echoTool, gateTool } from '../support/team.ts';

const alone = (script: Script) =>
  createAgentHarness({ harness: createGeneratorHarness({ model: scriptedModel(script) }) });
const user = (content: string): InvokeParams => ({ messages: [{ role: 'user', content }] });

const asking = () =>
  alone(function* () {
    const [result] = yield { calls: [call('echo', { text: 'x' })] };
    return { text: `told: ${result?.text}` };
  });

async function play(events: AsyncIterable<InvocationEvent>, on: (event: InvocationEvent) => void = () => undefined) {
  const seen: InvocationEvent[] = [];
  for await (const event of events) {
    seen.push(event);
    on(event);
  }
  return seen;
}

describe('invoke() of an agent harness that stands alone', () => {
  test('yields the whole run, and its relays carry respond()', async () => {
    const echo = echoTool();
    const seen = await play(asking().invoke({ ...user('go'), tools: [echo] }), (event) => {
      if (event.type === 'relay') event.respond({ approved: true });
    });
    expect(seen.map(({ type }) => type)).toEqual([
      'harness_start',
      'usage',
      'turn',
      'tool_call',
      'relay',
      'relay_resolved',
      'tool_start',
      'tool_result',
      ...seen.flatMap(({ type }) => (type === 'text' ? [type] : [])),
      'usage',
      'turn',
      'harness_end',
    ]);
    expect(echo.runs).toEqual(['x']);
  });

  test.each([
    ['a refusal reaches the model with its reason', { approved: false, reason: 'not now' } as const, 'not now', []],
    ['an edit runs as edited', { approved: true, input: { text: 'y' } } as const, 'echo: y', ['y']],
  ])('%s', async (_what, answer, told, runs) => {
    const echo = echoTool();
    const seen = await play(asking().invoke({ ...user('go'), tools: [echo] }), (event) => {
      if (event.type !== 'relay') return;
      event.respond(answer);
      event.respond({ approved: true }); // a second answer changes nothing
    });
    expect(seen.at(-1)).toMatchObject({ type: 'harness_end', text: expect.stringContaining(told) });
    expect(echo.runs).toEqual(runs);
  });

  test('its own events carry the given runId and parentId, those of its subagents the call that asked', async () => {
    const harness = alone(function* ({ task }) {
      if (task === 'go') yield { calls: [call('agent', { task: 'child' })] };
      return { text: 'done' };
    });
    const params = { ...user('go'), tools: [agentTool], permissions: { allowlist: [{ tool: 'agent' }] } };
    const seen = await play(harness.invoke({ ...params, runId: 'run-1', parentId: 'outer/call' }));
    const parents = new Map(seen.map(({ runId, parentId }) => [runId, parentId]));
    expect(parents.size).toBe(2);
    expect(parents.get('run-1')).toBe('outer/call');
    expect([...parents.values()]).toContain('run-1/call_0_0');
  });

  test('is cancelled by its signal, and ends with what it had', async () => {
    const gate = gateTool();
    const controller = new AbortController();
    const harness = alone(function* () {
      yield { text: 'begun', calls: [call('gate')] };
    });
    const events = harness.invoke({
      ...user('go'),
      tools: [gate],
      permissions: { allowlist: [{ tool: 'gate' }] },
      signal: controller.signal,
    });
    const seen = await play(events, ({ type }) => {
      if (type === 'tool_start') controller.abort();
    });
    expect(seen.at(-1)).toMatchObject({ type: 'harness_end', status: 'cancelled', text: 'begun' });
    expect(seen.filter(({ type }) => type === 'tool_result')).toMatchObject([{ status: 'cancelled' }]);
  });

  test('with a signal that is aborted already nothing starts', async () => {
    const events = asking().invoke({ ...user('go'), signal: AbortSignal.abort(new Error('too late')) });
    await expect(play(events)).rejects.toThrow('too late');
  });

  test('leaving the loop early stops its tools before the loop is left', async () => {
    let aborted = false;
    const gate = gateTool();
    const watched = {
      ...gate,
      execute: (...[input, ctx]: Parameters<typeof gate.execute>) => {
        ctx.signal.addEventListener('abort', () => (aborted = true));
        return gate.execute(input, ctx);
      },
    };
    const harness = alone(function* () {
      yield { calls: [call('gate')] };
    });
    const params = { ...user('go'), tools: [watched], permissions: { allowlist: [{ tool: 'gate' }] } };
    for await (const { type } of harness.invoke(params)) {
      if (type !== 'tool_start') continue;
      await gate.started;
      break;
    }
    expect(aborted).toBe(true);
  });

  test('leaving it at a question leaves nobody waiting', async () => {
    for await (const { type } of asking().invoke({ ...user('go'), tools: [echoTool()] })) if (type === 'relay') break;
  });
});
