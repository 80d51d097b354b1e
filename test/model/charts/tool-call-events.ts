/** What the children of a tool call say, and what the orchestrator, its agent and its subagents may say to it. */
import { assign, type SnapshotFrom } from 'xstate';
import * as z from 'zod';
import { GreenroomError, type PendingRelay } from '../../../src/index.ts';
import { endings } from '../../../src/machines/call-endings.ts';
import type { PreparedCall } from '../../../src/machines/call-entities.ts';
import type { SavedCall, SavedChild } from '../../../src/machines/restored.ts';
import { toolCallMachine } from '../../../src/machines/tool-call.ts';
import { isFirstCheck, type ToolCallInput } from '../../../src/machines/tool-call-context.ts';
import { agentInput, deaf } from '../../machines/parts.ts';
import type { Beginning, Said } from './exploration.ts';

/** The chart, with a check that decides by the name of the tool; any other is undecided. */
export const chart = toolCallMachine.provide({
  actions: {
    checkCall: assign(({ context }) => {
      const { limited, call } = context;
      if (limited !== undefined) return { ending: endings.limited(limited) };
      if (!isFirstCheck(context)) return { prepared: undefined, decidedBy: undefined };
      if (call.name === 'denied') return { ending: endings.denied({ reason: 'no', decidedBy: { kind: 'rule' } }) };
      return call.name === 'allowed' ? { prepared, decidedBy: { kind: 'rule' as const } } : {};
    }),
  },
});

export type CallSnapshot = SnapshotFrom<typeof toolCallMachine>;

const PREPARING = 'prepare';
const VERIFYING = 'verify';
const relayId = 'relay-1';
/** Of the second look: should it ask, it is another question. */
const again = 'relay-2';
const human = { kind: 'human', id: relayId, by: 'human', waitedMs: 1 };
const outcome = { status: 'completed' as const, text: 'done', usage: { inputTokens: 1, outputTokens: 1 } };

const prepared: PreparedCall = {
  tool: { name: 'echo', description: '', schema: z.object({}), execute: () => ({}) },
  input: {},
  request: {
    tool: 'echo',
    callId: 'a/1',
    rawCallId: '1',
    agentId: 'a',
    lineage: ['a'],
    input: {},
    subjects: null,
    workspace: '.',
  },
  proposal: null,
  digest: '',
  relayId,
  at: 0,
};

const relayOf = (kind: PendingRelay['kind'], id = relayId): PendingRelay => ({
  id,
  kind,
  agentId: 'a',
  toolCallId: 'a/1',
  tool: 'echo',
  params: {},
  path: ['a'],
  why: 'no rule allows it',
  proposal: null,
  releases: [],
  askedAt: 0,
});

const unusable = { ok: false, problem: 'there is no such tool' };

const ofChecks: readonly Said[] = [
  { type: `xstate.done.actor.${PREPARING}`, output: { ok: true, prepared } },
  { type: `xstate.done.actor.${PREPARING}`, output: unusable },
  { type: `xstate.error.actor.${PREPARING}`, error: new Error('a schema threw') },
  { type: `xstate.done.actor.${VERIFYING}`, output: { moved: [], altered: [], at: 1, relayId: again } },
  { type: `xstate.done.actor.${VERIFYING}`, output: { moved: ['it moved'], altered: [], at: 1, relayId: again } },
  { type: `xstate.done.actor.${VERIFYING}`, output: { moved: [], altered: ['a file'], at: 1, relayId: again } },
  { type: `xstate.error.actor.${VERIFYING}`, error: new Error('a tool threw') },
];

/** Only one who has asked is answered. */
function ofOrchestrator(snapshot: CallSnapshot): readonly Said[] {
  const denied = { type: 'call.denied', relayId, decidedBy: { kind: 'rule' }, reason: 'no' };
  const all = [denied, { ...denied, fatal: true }];
  if (snapshot.matches({ restoring: 'askingOutcome' }))
    return [...all, { type: 'call.asked', relayId, relay: relayOf('unknown_outcome') }];
  if (snapshot.matches({ checking: 'requesting' }) || snapshot.matches({ starting: 'confirming' })) {
    const asked = { type: 'call.asked', relayId: again, relay: relayOf('permission', again) };
    return [...all, asked, { type: 'call.allowed', relayId, decidedBy: { kind: 'rule' } }];
  }
  if (!snapshot.matches('awaitingRelay')) return [];
  const yes = { relayId, approved: true, by: 'human', waitedMs: 1 };
  const resolution = { ...yes, approved: false };
  return [
    ...all.map((one) => ({ ...one, resolution })),
    { type: 'call.allowed', relayId, decidedBy: human, resolution: yes },
    snapshot.context.relay?.kind === 'unknown_outcome'
      ? { type: 'call.outcomeReported', relayId, output: {}, decidedBy: human, resolution: yes }
      : { type: 'call.edited', relayId, input: {}, approval: { relayId, by: 'human', waitedMs: 1 }, resolution: yes },
  ];
}

const ofTool: readonly Said[] = [
  { type: 'tool.spawn', agentId: 'b', params: { task: 'go' } },
  { type: 'tool.done', output: { context: 'done' } },
  ...['error', 'cancelled', 'limited'].map((status) => ({ type: 'tool.failed', status, output: {} })),
  { type: 'xstate.error.actor.tool', error: new GreenroomError('internal', 'the actor crashed') },
];

/** A subagent is admitted or refused once, and ends or crashes once it has started. */
function ofSubagents({ context }: CallSnapshot): readonly Said[] {
  return Object.entries(context.subagents).flatMap(([agentId, ref]): readonly Said[] => {
    const spec = { ...agentInput().spec, identity: { ...agentInput().spec.identity, id: agentId } };
    if (ref !== undefined) return [endOf(agentId), { type: 'xstate.error.actor.agent', error: new Error('a crash') }];
    const known = context.children.some((one) => one.agentId === agentId);
    return [
      { type: 'subagent.refused', agentId, limit: 'maxDepth', message: 'too deep' },
      { type: 'subagent.admitted', spec, ...(known ? { restored } : {}) },
    ];
  });
}

const endOf = (agentId: string): Said => ({ type: 'xstate.done.actor.agent', output: { agentId, ...outcome } });

/** What its subagents say once it has been cancelled. */
export const ofTheEnd = ({ context }: CallSnapshot): readonly Said[] =>
  Object.entries(context.subagents).map(([agentId, ref]) =>
    ref === undefined ? { type: 'subagent.refused', agentId, limit: 'closing', message: 'closing' } : endOf(agentId),
  );

/** The call changes once more before it can start, and nothing else happens. */
const changingOn: readonly Said[] = [
  ...ofChecks.filter(({ type, output }) => type.startsWith('xstate.done') && output !== unusable),
  { type: 'call.allowed', relayId, decidedBy: { kind: 'rule' } },
];

const events = (snapshot: CallSnapshot): readonly Said[] =>
  // how often it changes is the only thing that is different from then on
  snapshot.context.changes > 1 ? changingOn : everything(snapshot);

const everything = (snapshot: CallSnapshot): readonly Said[] => [
  ...ofChecks,
  ...ofOrchestrator(snapshot),
  ...ofTool,
  ...ofSubagents(snapshot),
  { type: 'check' },
  { type: 'cancel', reason: 'the agent was stopped' },
];

const input = (rest: Partial<ToolCallInput> = {}): ToolCallInput => ({
  call: { id: 'a/1', rawId: '1', name: 'echo', input: {} },
  spec: agentInput().spec,
  orchestrator: deaf(),
  owner: deaf(),
  ...rest,
});

const named = (name: string) => ({ id: 'a/1', rawId: '1', name, input: {} });
const restored = { spec: agentInput().spec, saved: {} as never };
const child = (agentId: string): SavedChild => ({ agentId, task: 'go', name: agentId });
const before = { announced: true, edited: false, input: {}, ran: false, children: [] };
const withChildren = {
  ...before,
  ran: true,
  children: [
    { ...child('b'), restored },
    { ...child('c'), outcome },
  ],
};

const back = (saved: SavedCall): Beginning<CallSnapshot> => ({ input: input({ saved }), events });

/** How calls begin, new ones and those that come back after a restart. */
export const beginnings: Readonly<Record<string, Beginning<CallSnapshot>>> = {
  'a new call': { input: input(), events },
  'one that a rule allows': { input: input({ call: named('allowed') }), events },
  'one that a rule denies': { input: input({ call: named('denied') }), events },
  'one that a limit forbids': { input: input({ limited: 'no more turns' }), events },
  'back before it was checked': back({ ...before, announced: false, stage: 'unchecked' }),
  'back with an edit': back({
    ...before,
    edited: true,
    stage: 'unchecked',
    approval: { relayId, by: 'human', waitedMs: 1 },
  }),
  'back with an open question': back({
    ...before,
    stage: 'waiting',
    relay: relayOf('permission'),
    prepared,
  }),
  'back with an open question about its outcome': back({
    ...before,
    ran: true,
    stage: 'waiting',
    relay: relayOf('unknown_outcome'),
    prepared,
  }),
  'back with leave to start': back({ ...before, stage: 'cleared', prepared }),
  'back to run again, with subagents': back({
    ...withChildren,
    stage: 'cleared',
    prepared: { ...prepared, tool: { ...prepared.tool, idempotent: true } },
  }),
  'back from the middle of its run': back({ ...before, ran: true, stage: 'interrupted', prepared, why: 'it ran' }),
  'back to end': back({ ...before, stage: 'over', ending: { status: 'ok', output: {} } }),
  'back to end, with an open question and subagents': back({
    ...withChildren,
    stage: 'over',
    ending: { status: 'cancelled', output: {} },
    withdrawn: relayOf('permission'),
  }),
};
