/** Machines of the application: own actions, guards, delays and actors in the charts of agents and calls. */
import { describe, expect, expectTypeOf, test } from 'vitest';
import { createMachine, fromCallback, fromPromise } from 'xstate';
import { type AgentMachine, agentMachine, type ToolCallMachine, toolCallMachine } from '../../src/actors/index.ts';
import {
  AgentOrchestrator,
  call,
  type GreenroomError,
  type HarnessEvent,
  type OrchestratorOptions,
  type TurnResult,
} from '../../src/index.ts';
import { collect, echoTool, eventsOf, relaysWaiting, scriptedTeam, start } from '../support/team.ts';

const asking = function* () {
  yield { calls: [call('echo', { text: 'a' })] };
  return { text: 'done' };
};

describe('the option machines', () => {
  test('takes an agent with an action of its own, and everything else goes on as ever', async () => {
    const waits: string[] = [];
    const agent = agentMachine.provide({
      actions: { onAwaitingRelay: ({ context }) => void waits.push(context.spec.identity.name) },
    });
    await using team = scriptedTeam(asking, { machines: { agent } });
    const id = start(team, 'go', { name: 'a', tools: [echoTool()] });
    const [relay] = await relaysWaiting(team, 1);
    expect(waits).toEqual(['a']);
    team.resolveRelay(relay?.id ?? '', { approved: true });
    expect(await team.result(id)).toMatchObject({ status: 'completed', text: 'done' });
    const types = (await collect(team.events())).map(({ event }) => event.type);
    const own = ['tool_call', 'relay', 'relay_resolved', 'tool_start', 'tool_result'];
    expect(types.filter((type) => own.includes(type))).toEqual(own);
  });

  test('takes a call whose tool is run by an actor of its own; what that emits is in the stream', async () => {
    const toolCall = toolCallMachine.provide({
      actors: {
        runTool: fromCallback(({ input, sendBack, emit }) => {
          const { call: asked, agent } = input;
          const progress = { toolCallId: asked.id, stream: 'status' as const, content: 'by hand' };
          // the actor starts with its call's `tool_start` recorded
          queueMicrotask(() => {
            emit({ type: 'tool_progress', runId: agent.id, ...progress } satisfies HarnessEvent);
            sendBack({ type: 'tool.done', output: { context: 'done by hand' } });
          });
        }),
      },
    });
    await using team = scriptedTeam(asking, { machines: { toolCall } });
    const echo = echoTool();
    start(team, 'go', { tools: [echo], permissions: { allowlist: [{ tool: 'echo' }] } });
    const entries = await collect(team.events());
    expect(eventsOf(entries, 'tool_progress')).toMatchObject([{ content: 'by hand' }]);
    expect(eventsOf(entries, 'tool_result')).toMatchObject([{ status: 'ok', output: { context: 'done by hand' } }]);
    expect(echo.runs).toEqual([]);
  });

  test('takes an actor in place of the model; subagents run on the same machine', async () => {
    const usage = { inputTokens: 1, outputTokens: 1 };
    const turn: TurnResult = { message: { role: 'assistant', content: 'mine' }, usage, finishReason: 'stop' };
    const agent = agentMachine.provide({
      actors: { modelTurn: fromPromise(() => Promise.resolve(turn)) },
    });
    await using team = scriptedTeam(asking, { machines: { agent } });
    expect(await team.result(start(team, 'go'))).toMatchObject({ status: 'completed', text: 'mine' });
  });

  test.each([
    ['a machine of another chart', { agent: createMachine({}) }],
    ['the machine of a call in place of an agent', { agent: toolCallMachine }],
    ['no machine at all', { toolCall: {} }],
    ['a machine that has no such place', { orchestrator: agentMachine }],
  ])('refuses %s', (_what, machines) => {
    const options = { machines } as unknown as OrchestratorOptions; // what a program without types may give
    expect(() => new AgentOrchestrator(options)).toThrow(
      expect.objectContaining<Partial<GreenroomError>>({
        code: 'invalid_params',
        path: expect.stringMatching(/^machines/) as string,
      }),
    );
  });

  test('is typed: provided machines fit, others do not', () => {
    type Machines = NonNullable<OrchestratorOptions['machines']>;
    const delays = { backOff: 5 };
    expectTypeOf(agentMachine.provide({ delays })).toEqualTypeOf<AgentMachine>();
    expectTypeOf<ToolCallMachine>().toExtend<NonNullable<Machines['toolCall']>>();
    expectTypeOf<ToolCallMachine>().not.toExtend<NonNullable<Machines['agent']>>();
    // @ts-expect-error -- the chart names no such action
    agentMachine.provide({ actions: { ring: () => undefined } });
  });
});
