/** Forms of the three machines of Greenroom for `xstate/graph`, with inputs and events to start from. */
import { assign, type EventFromLogic, type SnapshotFrom } from 'xstate';
import * as z from 'zod';
import {
  agentMachine,
  type AgentInput,
  type AgentSpec,
  type CallerEvent,
  type CallRequested,
  orchestratorMachine,
  type OrchestratorInput,
  type PreparedCall,
  type Settlement,
  toolCallMachine,
  type ToolCallInput,
} from '../actors/index.ts';
import { ModelError, type PendingRelay } from '../index.ts';
import { silentActor, type TestMachine, testMachine } from './test-machine.ts';

type AgentMachine = typeof agentMachine;
type ToolCallMachine = typeof toolCallMachine;
type OrchestratorMachine = typeof orchestratorMachine;

/** A machine of the same type, for instance one made with `.provide()`, and another input. Default: the machine itself. */
export interface FormOptions<Machine, Input> {
  readonly machine?: Machine;
  /** Fields that replace those of the default input. */
  readonly input?: Partial<Input>;
}

/** An agent with a fixed identity and few turns, for inputs. */
export function testAgentSpec(more: Partial<AgentSpec> = {}, id = 'agent'): AgentSpec {
  return {
    identity: { id, name: id, path: [id], lineage: [id] },
    loop: true,
    harness: {
      async *invoke() {
        yield* [];
      },
    },
    messages: [{ role: 'user', content: 'go' }],
    tools: [],
    permissions: {},
    layers: [],
    limits: { maxDepth: 3, maxLiveAgents: 100, maxAgents: 1000, maxIterations: 2, maxDurationMs: 60_000 },
    retry: { maxAttempts: 2, baseMs: 1000, maxMs: 30_000 },
    workspace: '/workspace',
    ...more,
  };
}

/**
 * The agent machine. Its model answers with two tool calls, or with text, or fails with an error that may be retried or not;
 * each call ends, crashes or waits for a human; the deadline passes; the world sends a message or kills the agent. Give
 * `input: { spec: testAgentSpec({ loop: false }) }` for an agent that is an external harness.
 */
export function agentForm(options: FormOptions<AgentMachine, AgentInput> = {}): TestMachine<AgentMachine> {
  const usage = { inputTokens: 1, outputTokens: 1 };
  const turn = (calls: readonly string[]) => ({
    message: {
      role: 'assistant' as const,
      content: 'an answer',
      ...(calls.length === 0 ? {} : { tool_calls: calls.map((id) => ({ id, name: 'tool', arguments: {} })) }),
    },
    usage,
    finishReason: calls.length === 0 ? ('stop' as const) : ('tool-calls' as const),
  });
  return testMachine(options.machine ?? agentMachine, {
    input: { spec: testAgentSpec(), orchestrator: silentActor('orchestrator'), ...options.input },
    actors: {
      modelTurn: [
        { type: 'done', output: turn(['one', 'two']) },
        { type: 'done', output: turn([]) },
        { type: 'error', error: new ModelError('busy', { retryable: true }) },
        { type: 'error', error: new ModelError('refused', { retryable: false }) },
      ],
      toolCall: ({ context }, actorId) => {
        const call = context.calls[Number(actorId.replace('call-', ''))];
        if (call === undefined) return [];
        const settlement: Settlement = { ...call, status: 'ok', output: {} };
        const waits = context.waiting.includes(call.id) ? ('call.resumed' as const) : ('call.waiting' as const);
        return [
          { type: 'done', output: { settlement } },
          { type: 'done', output: { settlement, fatal: 'no rule allows the call' } },
          { type: 'error', error: new Error('the call crashed') },
          { type: 'event', event: { type: waits, id: call.id } },
        ];
      },
      externalHarness: ({ context }) => [
        { type: 'event', event: { type: 'harness.usage', usage } },
        { type: 'event', event: { type: 'harness.ended', status: 'completed', text: 'done' } },
        { type: 'event', event: { type: 'harness.failed', error: new Error('it failed'), text: 'so far' } },
        { type: 'error', error: new Error('it crashed') },
        { type: 'event', event: { type: context.waiting.includes('r') ? 'call.resumed' : 'call.waiting', id: 'r' } },
      ],
      deadline: [{ type: 'event', event: { type: 'deadline.passed' } }],
    },
    events: ({ context }) => [
      { type: 'kill' },
      ...(context.inbox.length === 0
        ? [{ type: 'message' as const, message: { role: 'user' as const, content: 'stop' } }]
        : []),
    ],
    // histories and ids make no difference
    situation: ({ value, context }) => [
      value,
      context.turns,
      context.attempt,
      context.waiting,
      context.inbox.length > 0,
      context.usage.inputTokens > 0,
      context.calls.filter(({ id }) => id in context.settled).length,
      context.ending?.status,
    ],
  });
}

const RELAY_ID = 'relay-1';

/**
 * The tool-call machine. The check leaves its call undecided, unless the tool is called `allowed` or `denied`; preparing and
 * verifying succeed, find something, or throw; the orchestrator allows, denies or asks; a human answers every question in
 * each way; the tool ends in each way and may start one subagent; the agent may cancel the call.
 */
// oxlint-disable-next-line eslint/max-lines-per-function -- mostly data: the events that each actor may give
export function toolCallForm(options: FormOptions<ToolCallMachine, ToolCallInput> = {}): TestMachine<ToolCallMachine> {
  const prepared = preparedCall();
  const machine = (options.machine ?? toolCallMachine).provide({
    actions: {
      checkCall: assign(({ context }) => {
        const { name } = context.call;
        const decidedBy = { kind: 'rule' as const };
        if (context.relay !== undefined || context.changed !== undefined)
          return { prepared: undefined, decidedBy: undefined };
        if (name === 'allowed') return { prepared, decidedBy };
        return name === 'denied' ? { ending: { status: 'denied' as const, output: {}, decidedBy } } : {};
      }),
    },
  });
  const spec = testAgentSpec();
  const verification = { moved: [], altered: [], at: 1, relayId: 'relay-2' };
  return testMachine(machine, {
    input: {
      call: { id: 'agent/one', rawId: 'one', name: 'tool', input: {} },
      spec,
      orchestrator: silentActor('orchestrator'),
      owner: silentActor('agent'),
      ...options.input,
    },
    actors: {
      prepareCall: [
        { type: 'done', output: { ok: true, prepared } },
        { type: 'done', output: { ok: false, problem: 'the arguments do not fit' } },
        { type: 'error', error: new Error('the tool threw') },
      ],
      verifyCall: ({ context }) => [
        { type: 'done', output: verification },
        ...(context.changes > 1
          ? []
          : [{ type: 'done' as const, output: { ...verification, moved: ['a path moved'] } }]),
        { type: 'error', error: new Error('the tool threw') },
      ],
      runTool: ({ context }) => [
        { type: 'event', event: { type: 'tool.done', output: { context: 'done' } } },
        { type: 'event', event: { type: 'tool.failed', status: 'error', output: {} } },
        { type: 'error', error: new Error('the actor crashed') },
        ...(Object.keys(context.subagents).length > 0
          ? []
          : [
              {
                type: 'event' as const,
                event: { type: 'tool.spawn' as const, agentId: 'child', params: { task: 'go' } },
              },
            ]),
      ],
    },
    events: (snapshot) => [
      { type: 'check' },
      { type: 'cancel', reason: 'the agent was stopped' },
      ...decisions(snapshot),
      ...ofSubagents(snapshot, testAgentSpec({}, 'child')),
    ],
    situation: ({ value, context }) => [
      value,
      context.changes,
      context.edited,
      context.ran,
      context.relay?.kind,
      context.decidedBy?.kind,
      context.approval !== undefined,
      Object.values(context.subagents).map((ref) => ref !== undefined),
      context.ending?.status,
    ],
  });
}

/** What the orchestrator may answer; only a call that has asked is answered. */
function decisions(snapshot: SnapshotFrom<ToolCallMachine>): readonly CallerEvent[] {
  const denied = { type: 'call.denied', relayId: RELAY_ID, decidedBy: { kind: 'rule' }, reason: 'no' } as const;
  const asked = { type: 'call.asked', relayId: RELAY_ID, relay: pendingRelay() } as const;
  const allowed = { type: 'call.allowed', relayId: RELAY_ID, decidedBy: { kind: 'rule' } } as const;
  if (!snapshot.matches('awaitingRelay')) return [denied, { ...denied, fatal: true }, asked, allowed];
  const resolution = { relayId: RELAY_ID, approved: true, by: 'human', waitedMs: 1 };
  const approval = { relayId: RELAY_ID, by: 'human', waitedMs: 1 };
  const edited = { type: 'call.edited', relayId: RELAY_ID, input: {}, approval, resolution } as const;
  return [{ ...denied, resolution: { ...resolution, approved: false } }, { ...allowed, resolution }, edited];
}

/** A subagent is admitted or refused once, and ends or crashes after that. */
function ofSubagents(
  { context }: SnapshotFrom<ToolCallMachine>,
  spec: AgentSpec,
): readonly EventFromLogic<ToolCallMachine>[] {
  return Object.entries(context.subagents).flatMap(([agentId, ref]) => {
    const outcome = { agentId, status: 'completed', text: '', usage: { inputTokens: 0, outputTokens: 0 } };
    const ends = [
      { type: 'xstate.done.actor.agent', output: outcome },
      { type: 'xstate.error.actor.agent', error: new Error('the agent crashed') },
    ];
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- XState's own events are not among the typed ones
    if (ref !== undefined) return ends as unknown as readonly EventFromLogic<ToolCallMachine>[];
    return [
      { type: 'subagent.admitted', spec },
      { type: 'subagent.refused', agentId, limit: 'maxDepth', message: 'too deep' },
    ];
  });
}

/**
 * The root machine. The application starts up to two agents, which end or crash; a call of the first asks for a decision, and
 * is answered, withdrawn or released by "always"; the grant is revoked; the orchestrator closes.
 */
export function orchestratorForm(
  options: FormOptions<OrchestratorMachine, OrchestratorInput> = {},
): TestMachine<OrchestratorMachine> {
  const specs = ['one', 'two'].map((id) => testAgentSpec({}, id));
  const request: CallRequested = {
    type: 'call.requested',
    request: { ...preparedCall().request, agentId: 'one', lineage: ['one'] },
    layers: [],
    proposal: [{ tool: 'tool' }],
    relayId: RELAY_ID,
    at: 0,
    path: ['one'],
    ref: silentActor('call'),
  };
  return testMachine(options.machine ?? orchestratorMachine, {
    input: { policy: { deny: [] }, onAsk: 'wait', ...options.input },
    // agents are no children of XState's; their ends are among the events
    actors: { agent: [] },
    events: ({ context }) => {
      const { agents, pending, grants, trees } = context;
      const answer = { type: 'relay.answered', relayId: RELAY_ID, at: 1, by: 'human', grantIds: ['grant'] } as const;
      return [
        { type: 'close' },
        { type: 'session.restored' },
        ...specs.flatMap((spec) =>
          trees.has(spec.identity.id) || agents.has(spec.identity.id) ? [] : [{ type: 'agent.spawn' as const, spec }],
        ),
        ...[...agents.keys()].map((id) => ({ type: 'agent.ended' as const, agentId: id, treeId: id })),
        ...(agents.has('one') && pending.size === 0 ? [request] : []),
        ...[...pending.keys()].flatMap((relayId) => [
          { type: 'call.withdrawn' as const, relayId },
          { ...answer, approved: true },
          { ...answer, approved: true, always: true as const },
          { ...answer, approved: false },
        ]),
        ...grants.map(({ id }) => ({ type: 'grant.revoked' as const, grantId: id, by: 'human', at: 2 })),
      ];
    },
    situation: ({ value, context }) => [
      value,
      [...context.agents.keys()],
      context.liveAgents,
      [...context.pending.keys()],
      context.grants.map(({ id }) => id),
    ],
  });
}

const pendingRelay = (): PendingRelay => ({
  id: RELAY_ID,
  kind: 'permission',
  agentId: 'agent',
  toolCallId: 'agent/one',
  tool: 'tool',
  params: {},
  path: ['agent'],
  why: 'no rule allows it',
  proposal: null,
  releases: [],
  askedAt: 0,
});

const preparedCall = (): PreparedCall => ({
  tool: { name: 'tool', description: '', schema: z.object({}), execute: () => ({}) },
  input: {},
  request: {
    tool: 'tool',
    callId: 'agent/one',
    rawCallId: 'one',
    agentId: 'agent',
    lineage: ['agent'],
    input: {},
    subjects: null,
    workspace: '/workspace',
  },
  proposal: null,
  digest: '',
  relayId: RELAY_ID,
  at: 0,
});
