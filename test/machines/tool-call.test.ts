import { describe, expect, test } from 'vitest';
import { createActor, createMachine, fromPromise, waitFor } from 'xstate';
import type { HarnessEvent, PendingRelay } from '../../src/events.ts';
import type {
  AgentEvent,
  OrchestratorEvent,
  PreparedCall,
  ToolCallEvent,
  Verification,
} from '../../src/machines/protocol.ts';
import type { SavedCall } from '../../src/machines/saved.ts';
import { toolCallMachine } from '../../src/machines/tool-call.ts';
import type { Preparation, PrepareCallInput, RunToolInput } from '../../src/machines/tool-call-context.ts';
import { bash } from '../permissions/calls.ts';
import { agentInput, deaf } from './parts.ts';

const prepared = (idempotent = false): PreparedCall => ({
  tool: { name: 'bash', idempotent } as never,
  input: { command: 'ls', added: true },
  request: bash('ls'),
  proposal: null,
  digest: 'd',
  relayId: 'r1',
  at: 5,
});
const relay: PendingRelay = {
  id: 'r1',
  kind: 'permission',
  agentId: 'a',
  toolCallId: 'a/1',
  tool: 'bash',
  params: {},
  path: ['a'],
  why: 'because',
  proposal: null,
  covers: null,
  releases: [],
  askedAt: 1,
};
const same: Verification = { moved: [], altered: [], at: 6, relayId: 'r2' };

interface Shape {
  readonly preparation?: Preparation;
  readonly looks?: readonly Verification[];
  readonly limited?: string;
  readonly saved?: SavedCall;
}

/** A call whose preparation and second looks are as told, and whose tool only listens. */
function toolCall({ preparation = { ok: true, prepared: prepared() }, looks = [], ...more }: Shape = {}) {
  const toOrchestrator: OrchestratorEvent[] = [];
  const toOwner: AgentEvent[] = [];
  const toTool: unknown[] = [];
  const runs: RunToolInput[] = [];
  let looked = 0;
  const tool = createMachine({
    context: ({ input }) => {
      runs.push(input as RunToolInput); // the call gives it nothing else
      return {};
    },
    on: { '*': { actions: ({ event }) => void toTool.push(event) } },
  });
  const machine = toolCallMachine.provide({
    actors: {
      prepareCall: fromPromise<Preparation, PrepareCallInput, HarnessEvent>(() => Promise.resolve(preparation)),
      verifyCall: fromPromise<Verification, PreparedCall, HarnessEvent>(() => Promise.resolve(looks[looked++] ?? same)),
      runTool: tool as never,
    },
  });
  const actor = createActor(machine, {
    input: {
      call: { id: 'a/1', rawId: '1', name: 'bash', input: { command: 'ls' } },
      agent: agentInput().spec.identity,
      tools: [],
      layers: [],
      workspace: '.',
      orchestrator: deaf(toOrchestrator),
      owner: deaf(toOwner),
      ...more,
    },
  });
  const events: HarnessEvent[] = [];
  actor.on('*', (event) => void events.push(event));
  actor.start();
  const state = (value: Parameters<ReturnType<typeof actor.getSnapshot>['matches']>[0]) =>
    waitFor(actor, (snapshot) => snapshot.matches(value));
  const send = (event: ToolCallEvent) => actor.send(event);
  const of = (type: HarnessEvent['type']) => events.filter((event) => event.type === type);
  return { actor, events, of, runs, send, state, toOrchestrator, toOwner, toTool };
}

const rule = { kind: 'rule' as const, id: 'x' };
const allowed: ToolCallEvent = { type: 'call.allowed', relayId: 'r1', decidedBy: rule };
const denied: ToolCallEvent = { type: 'call.denied', relayId: 'r1', decidedBy: rule, reason: 'no' };
const asked: ToolCallEvent = { type: 'call.asked', relayId: 'r1', relay };
const deciding = { checking: 'deciding' } as const;
const confirming = { starting: 'confirming' } as const;

/** A call that its tool runs. */
async function running(shape: Shape = {}) {
  const made = toolCall(shape);
  await made.state(deciding);
  made.send(allowed);
  await made.state(confirming);
  made.send(allowed);
  return made;
}

describe('a call', () => {
  test('that is allowed runs, and says what decided it and what it gave', async () => {
    const { actor, of, runs, send, toOwner, events } = await running();
    expect(actor.getSnapshot().value).toBe('executing');
    expect(runs).toMatchObject([{ prepared: { input: { added: true } }, children: [], toolNames: [], workspace: '.' }]);
    expect(of('tool_start')).toStrictEqual([{ type: 'tool_start', runId: 'a', id: 'a/1', decidedBy: rule }]);
    send({ type: 'tool.done', output: { context: 'done' } });
    const result = { status: 'ok', output: { context: 'done' }, decidedBy: rule };
    expect(of('tool_result')).toStrictEqual([{ type: 'tool_result', runId: 'a', id: 'a/1', name: 'bash', ...result }]);
    expect(toOwner).toStrictEqual([
      { type: 'call.settled', settlement: { id: 'a/1', rawId: '1', name: 'bash', ...result } },
    ]);
    expect(events.map(({ type }) => type)).toEqual(['tool_call', 'tool_start', 'tool_result']);
  });

  test('says the files it saw, and what its start used up', async () => {
    const receipt = { grants: ['g1'], once: [] };
    const made = toolCall();
    await made.state(deciding);
    made.send({ ...allowed, receipt });
    await made.state(confirming);
    made.send({ ...allowed, receipt });
    expect(made.of('tool_start')).toMatchObject([{ used: receipt }]);
    made.send({ type: 'tool.done', output: {}, files: [{ path: 'x' } as never] });
    expect(made.of('tool_result')).toMatchObject([{ files: [{ path: 'x' }] }]);
    expect(made.toOrchestrator.map(({ type }) => type)).toEqual(['call.requested', 'call.requested']);
    expect(made.toOrchestrator[1]).toMatchObject({ receipt, changed: 'what allowed this call does so no longer' });
  });

  test('that was allowed and does not start gives back what that had used', async () => {
    const receipt = { grants: ['g1'], once: [] };
    const made = toolCall();
    await made.state(deciding);
    made.send({ ...allowed, receipt });
    made.send({ type: 'cancel', reason: 'enough' });
    expect(made.toOrchestrator.at(-1)).toEqual({ type: 'call.unstarted', receipt });
    expect(made.of('tool_result')).toMatchObject([{ status: 'cancelled' }]);
    expect(made.of('tool_start')).toEqual([]);
  });

  test('that is cancelled while the orchestrator decides takes its question back', async () => {
    const { actor, send, state, toOrchestrator } = toolCall();
    await state(deciding);
    send({ type: 'cancel', reason: 'enough' });
    expect(actor.getSnapshot().status).toBe('done');
    expect(toOrchestrator.map((event) => [event.type, 'relayId' in event && event.relayId])).toEqual([
      ['call.requested', 'r1'],
      ['call.withdrawn', 'r1'],
    ]);
  });

  test('that a limit forbids is not even looked at', () => {
    const { of, toOrchestrator } = toolCall({ limited: 'too much' });
    const decidedBy = { kind: 'limit', reason: 'too much' };
    expect(of('tool_result')).toMatchObject([{ status: 'limited', output: { context: 'too much' }, decidedBy }]);
    expect(toOrchestrator).toEqual([]);
  });

  test('that cannot be prepared is refused with the problem', async () => {
    const { actor, of } = toolCall({ preparation: { ok: false, problem: 'no such tool' } });
    await waitFor(actor, ({ status }) => status === 'done');
    expect(of('tool_result')).toMatchObject([{ status: 'error', output: { context: 'no such tool' } }]);
  });

  test.each(['at once', 'right before its start'])('that is denied %s does not run', async (when) => {
    const { of, runs, send, state, toOwner } = toolCall();
    await state(deciding);
    if (when !== 'at once') {
      send(allowed);
      await state(confirming);
    }
    send({ ...denied, fatal: when === 'at once' });
    expect(of('tool_result')).toMatchObject([{ status: 'denied', decidedBy: rule }]);
    expect(toOwner).toMatchObject([{ type: 'call.settled', settlement: { status: 'denied' } }]);
    expect(toOwner[0]).toEqual(
      when === 'at once' ? expect.objectContaining({ fatal: 'no' }) : expect.not.objectContaining({ fatal: 'no' }),
    );
    expect(runs).toEqual([]);
  });

  test('is checked again when what it touches is not what it was, six times at most', async () => {
    const moved = { ...same, moved: ['it leads elsewhere'] };
    const { of, send, state, toOrchestrator, actor } = toolCall({ looks: Array.from({ length: 9 }, () => moved) });
    for (let nth = 0; nth < 6; nth += 1) {
      await state(deciding);
      expect(toOrchestrator).toHaveLength(nth + 1);
      send(allowed);
    }
    await waitFor(actor, ({ status }) => status === 'done');
    expect(toOrchestrator[0]).not.toHaveProperty('changed');
    expect(toOrchestrator[1]).toMatchObject({ changed: 'it leads elsewhere', mustAsk: false });
    expect(of('tool_result')).toMatchObject([{ status: 'error', decidedBy: { kind: 'input' } }]);
  });

  test('whose tool fails says so', async () => {
    const { of, send } = await running();
    send({ type: 'tool.failed', status: 'limited', output: { context: 'too deep' } });
    expect(of('tool_result')).toMatchObject([{ status: 'limited', decidedBy: { kind: 'limit', reason: 'too deep' } }]);
  });
});

describe('a question', () => {
  const settledBy = { relayId: 'r1', approved: false, by: 'rule', reason: 'told', waitedMs: 7 };

  async function waiting(shape: Shape = {}) {
    const made = toolCall(shape);
    await made.state(deciding);
    made.send(asked);
    return made;
  }

  test('is announced with what it is bound to, and the agent hears that its call waits', async () => {
    const { of, toOwner, events } = await waiting();
    const { agentId: _agent, ...shown } = relay;
    expect(of('relay')).toStrictEqual([{ type: 'relay', runId: 'a', ...shown, binding: { digest: 'd', files: [] } }]);
    expect(toOwner).toEqual([{ type: 'call.waiting' }]);
    expect(events.map(({ type }) => type)).toEqual(['tool_call', 'relay']);
  });

  test('that a rule settles says its reason', async () => {
    const { of, send, toOwner } = await waiting();
    send({ ...denied, resolution: settledBy });
    const resolved = { type: 'relay_resolved', runId: 'a', toolCallId: 'a/1', ...settledBy };
    expect(of('relay_resolved')).toStrictEqual([resolved]);
    expect(toOwner.map(({ type }) => type)).toEqual(['call.waiting', 'call.resumed', 'call.settled']);
    expect(of('tool_result')).toMatchObject([{ status: 'denied' }]);
  });

  test('that is answered yes lets the call run, and only once more is it asked whether it may', async () => {
    const { of, send, state, runs } = await waiting();
    const decidedBy = { kind: 'human', id: 'r1', by: 'ann', waitedMs: 7 } as const;
    const resolution = { relayId: 'r1', approved: true, by: 'ann', waitedMs: 7, grants: [] };
    send({ type: 'call.allowed', relayId: 'r1', decidedBy, resolution });
    expect(of('relay_resolved')).toMatchObject([{ approved: true, by: 'ann', grants: [] }]);
    expect(of('relay_resolved')[0]).not.toHaveProperty('reason');
    await state(confirming);
    send({ ...allowed, decidedBy: { kind: 'human', id: 'r1', by: 'ann' } });
    expect(runs).toHaveLength(1);
    expect(of('tool_start')).toMatchObject([{ decidedBy }]);
  });

  test('that goes with its call is taken back', async () => {
    const { of, send, toOrchestrator } = await waiting();
    send({ type: 'cancel', reason: 'enough' });
    expect(toOrchestrator.at(-1)).toEqual({ type: 'call.withdrawn', relayId: 'r1' });
    const reason = 'the call was cancelled while it waited';
    expect(of('relay_resolved')).toMatchObject([{ relayId: 'r1', approved: false, by: 'cancel', reason }]);
    expect(of('tool_result')).toMatchObject([{ status: 'cancelled', decidedBy: { kind: 'cancel', reason: 'enough' } }]);
  });

  test('that is answered with other arguments has these checked, and says whether they ran', async () => {
    const { of, send, state, toOrchestrator } = await waiting();
    const approval = { relayId: 'r1', by: 'ann', waitedMs: 7 };
    const input = { command: 'pwd' };
    const resolution = { relayId: 'r1', approved: true, by: 'ann', waitedMs: 7, input };
    send({ type: 'call.edited', relayId: 'r1', input, approval, resolution });
    expect(of('relay_resolved')).toMatchObject([{ input }]);
    await state(deciding);
    expect(toOrchestrator.at(-1)).toMatchObject({ type: 'call.requested', approval });
    send(denied);
    expect(of('tool_result')).toMatchObject([
      { status: 'denied', output: { context: expect.stringContaining('Not run: {"command":"pwd"}]') } },
    ]);
  });

  test('asks no second time about files that changed only where nobody saw them', async () => {
    const altered = { ...same, altered: ['x'] };
    const unseen = toolCall({ looks: [altered] });
    await unseen.state(deciding);
    unseen.send(allowed);
    await unseen.state(confirming);
    const seen = await waiting({ looks: [altered] });
    seen.send({ ...allowed, resolution: { ...settledBy, approved: true } });
    await seen.state(deciding);
    expect(seen.toOrchestrator.at(-1)).toMatchObject({ mustAsk: true, changed: expect.stringContaining('the file x') });
  });
});

describe('a call that comes back', () => {
  const base = { announced: true, edited: false, input: { command: 'ls' }, ran: true, children: [] };

  test('and was cut asks what became of it, and is not announced again', () => {
    const saved: SavedCall = { ...base, stage: 'interrupted', prepared: prepared(), why: 'it was cut' };
    const { actor, events, toOrchestrator, send, of } = toolCall({ saved });
    expect([actor.getSnapshot().value, events]).toEqual(['interrupted', []]);
    expect(toOrchestrator).toMatchObject([{ type: 'call.requested', unknown: 'it was cut' }]);
    send(denied);
    expect(of('tool_result')).toMatchObject([{ status: 'unknown', decidedBy: rule }]);
  });

  test('and was cut, and is cancelled, is of unknown outcome', () => {
    const saved: SavedCall = { ...base, stage: 'interrupted', prepared: prepared(), why: 'it was cut' };
    const { toOrchestrator, send, of } = toolCall({ saved });
    send({ type: 'cancel', reason: 'enough' });
    expect(toOrchestrator.at(-1)).toEqual({ type: 'call.withdrawn', relayId: 'r1' });
    expect(of('tool_result')).toMatchObject([{ status: 'unknown' }]);
  });

  test('and waited waits again, without a second announcement', () => {
    const saved: SavedCall = { ...base, ran: false, stage: 'waiting', prepared: prepared(), relay };
    const { actor, events, toOrchestrator, toOwner } = toolCall({ saved });
    expect([actor.getSnapshot().value, events]).toEqual(['awaitingRelay', []]);
    expect(toOrchestrator).toMatchObject([{ type: 'call.requested', standing: relay }]);
    expect(toOwner).toEqual([{ type: 'call.waiting' }]);
  });

  test('and is over says so, and takes back the question that stood', () => {
    const ending = { status: 'cancelled' as const, output: { context: 'x' } };
    const saved: SavedCall = { ...base, stage: 'over', ending, withdrawn: relay };
    const { events } = toolCall({ saved });
    const reason = 'the call ended with the process';
    expect(events).toMatchObject([
      { type: 'relay_resolved', relayId: 'r1', approved: false, by: 'cancel', reason },
      { type: 'tool_result', status: 'cancelled' },
    ]);
    expect(toolCall({ saved: { ...base, stage: 'over', ending } }).events.map(({ type }) => type)).toEqual([
      'tool_result',
    ]);
  });

  test('and may run once more is given its children again; one that may have had its effect begins anew', async () => {
    const children = [{ agentId: 'b', task: 't', name: 'b' }];
    for (const idempotent of [true, false]) {
      const cleared = { stage: 'cleared', prepared: prepared(idempotent), decidedBy: rule } as const;
      const { runs, send, state } = toolCall({ saved: { ...base, children, ...cleared } });
      await state(confirming);
      send(allowed);
      expect(runs[0]?.children).toEqual(idempotent ? children : []);
    }
  });

  test('brings its subagents back, and ends after them', () => {
    const back = { spec: agentInput().spec, saved: {} as never };
    const ending = { status: 'cancelled' as const, output: {} };
    const children = [
      { agentId: 'b', task: 't', name: 'n', back },
      { agentId: 'c', task: 't', name: 'c' },
    ];
    const { toOwner, send, of } = toolCall({ saved: { ...base, children, stage: 'over', ending } });
    const subagent = { agentId: 'b', parentCallId: 'a/1', params: { task: 't', name: 'n' }, back };
    expect(toOwner).toMatchObject([{ type: 'subagent.requested', subagent }]);
    expect(of('tool_result')).toEqual([]);
    const heard: AgentEvent[] = [];
    send({ type: 'subagent.started', agentId: 'b', ref: deaf(heard) });
    expect(heard).toEqual([{ type: 'kill', reason: 'the call that asked for it ended' }]);
    const outcome = { status: 'cancelled' as const, text: '', usage: { inputTokens: 0, outputTokens: 0 } };
    send({ type: 'subagent.ended', agentId: 'b', outcome });
    expect(of('tool_result')).toMatchObject([{ status: 'cancelled' }]);
  });
});

test('a tool asks for subagents and hears of them; those that live on are killed with their call', async () => {
  const { actor, of, send, toOwner, toTool } = await running();
  send({ type: 'tool.spawn', agentId: 'b', params: { task: 't' } });
  const subagent = { agentId: 'b', parentCallId: 'a/1', params: { task: 't' } };
  expect(toOwner).toMatchObject([{ type: 'subagent.requested', subagent }]);
  const heard: AgentEvent[] = [];
  const outcome = { status: 'completed' as const, text: '', usage: { inputTokens: 0, outputTokens: 0 } };
  send({ type: 'subagent.refused', agentId: 'c', limit: 'maxDepth', message: 'm' });
  for (const agentId of ['b', 'd']) send({ type: 'subagent.started', agentId, ref: deaf(heard) });
  send({ type: 'subagent.ended', agentId: 'b', outcome });
  expect(toTool).toMatchObject([{ type: 'subagent.refused' }, { type: 'subagent.ended', agentId: 'b' }]);
  send({ type: 'tool.done', output: {} });
  expect([actor.getSnapshot().value, of('tool_result')]).toEqual(['ending', []]);
  expect(heard).toEqual([{ type: 'kill', reason: 'the call that asked for it ended' }]);
  send({ type: 'cancel', reason: 'too late' });
  send({ type: 'subagent.ended', agentId: 'd', outcome });
  expect(of('tool_result')).toMatchObject([{ status: 'ok' }]);
});
