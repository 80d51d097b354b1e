/** What an agent's children say, and what the world may say to it. */
import type { SnapshotFrom } from 'xstate';
import { ModelError } from '../../../src/index.ts';
import type { agentMachine } from '../../../src/machines/agent.ts';
import type { AgentInput } from '../../../src/machines/agent-context.ts';
import type { Settlement } from '../../../src/machines/protocol.ts';
import type { SavedAgent } from '../../../src/machines/saved.ts';
import { agentInput, deaf } from '../../machines/parts.ts';
import type { Beginning, Said } from './exploration.ts';

export type AgentSnapshot = SnapshotFrom<typeof agentMachine>;

const usage = { inputTokens: 1, outputTokens: 1 };
const toolCalls = ['x', 'y'].map((id) => ({ id, name: 'echo', arguments: {} }));

const settlementOf = (rawId: string): Settlement => ({
  id: `a/${rawId}`,
  rawId,
  name: 'echo',
  status: 'ok',
  output: {},
});

const turn = (asksForCalls: boolean) => ({
  type: 'xstate.done.actor.turn',
  output: {
    message: { role: 'assistant', content: 'said', ...(asksForCalls ? { tool_calls: toolCalls } : {}) },
    usage,
    finishReason: asksForCalls ? 'tool-calls' : 'stop',
  },
});

const ofModel: readonly Said[] = [
  turn(true),
  turn(false),
  { type: 'xstate.error.actor.turn', error: new ModelError('busy', { retryable: true }) },
  { type: 'xstate.error.actor.turn', error: new ModelError('refused', { retryable: false }) },
  { type: 'xstate.after.backOff.agent.running.thinking.backingOff' },
];

const ofCalls = ({ context }: AgentSnapshot): readonly Said[] => {
  const settled = context.calls.flatMap(({ id, rawId }) =>
    id in context.settled ? [] : [{ type: 'call.settled', settlement: { ...settlementOf(rawId), id } }],
  );
  const fatal = settled.slice(0, 1).map((event) => ({ ...event, fatal: 'nobody is there' }));
  return [
    ...settled,
    ...fatal,
    // nothing waits more than twice, and only what waited goes on
    ...(context.waiting < 2 ? [{ type: 'call.waiting' }] : []),
    ...(context.waiting > 0 ? [{ type: 'call.resumed' }] : []),
  ];
};

/** A crew ends right after the last of its calls. One may crash at any time. */
const ofCrews = ({ context }: AgentSnapshot): readonly Said[] =>
  context.callCrews.flatMap((id) => [
    ...(context.calls.every((call) => call.id in context.settled) ? [{ type: `xstate.done.actor.${id}` }] : []),
    { type: `xstate.error.actor.${id}`, error: new Error('a crew crashed') },
  ]);

const ofHost: readonly Said[] = [
  { type: 'host.usage', usage },
  { type: 'host.ended', status: 'completed', text: 'hosted' },
  { type: 'host.failed', error: new Error('it threw'), text: 'so far' },
  { type: 'xstate.error.actor.host', error: new Error('it crashed') },
];

function ofSubagents(): readonly Said[] {
  const { spec } = agentInput();
  const caller = deaf();
  const child = { ...spec, identity: { id: 'b', name: 'b', path: ['a', 'b'], lineage: ['a', 'b'], parentId: 'a/x' } };
  const back = { spec: child, saved };
  const subagent = { agentId: 'b', parentCallId: 'a/x', params: { task: 'go' }, caller };
  return [
    { type: 'subagent.requested', subagent },
    { type: 'subagent.requested', subagent: { ...subagent, back } },
    { type: 'subagent.admitted', spec: child, caller },
    { type: 'subagent.admitted', spec: child, caller, back },
  ];
}

const ofOthers = ({ context }: AgentSnapshot): readonly Said[] => [
  { type: 'kill' },
  { type: 'deadline.passed' },
  ...(context.inbox.length === 0 ? [{ type: 'message', message: { role: 'user', content: 'steer' } }] : []),
];

const saved: SavedAgent = {
  messages: [{ role: 'user', content: 'go' }],
  inbox: [],
  turns: 1,
  lastTurn: false,
  text: '',
  usage,
  midTurn: false,
  calls: [],
  settled: {},
  savedCalls: {},
  seenCalls: new Set(),
  isEndingKnown: false,
  cutBlocks: [],
  generation: 1,
};

const input = (spec: Partial<AgentInput['spec']> = {}, rest: Partial<AgentInput> = {}): AgentInput => {
  const given = agentInput();
  return { ...given, ...rest, spec: { ...given.spec, ...spec } };
};

/** With room for `maxTokens` tokens. */
const thrifty = (maxTokens: number) => ({ limits: { ...agentInput().spec.limits, maxTokens } });

/** What its children say once it has been killed. */
export const ofTheEnd = ({ context }: AgentSnapshot): readonly Said[] => [
  ...context.calls.map(({ id, rawId }) => ({ type: 'call.settled', settlement: { ...settlementOf(rawId), id } })),
  ...context.callCrews.map((id) => ({ type: `xstate.done.actor.${id}` })),
  ...(context.hosting ? [{ type: 'host.ended', status: 'cancelled', text: '' }] : []),
];

const loop = (snapshot: AgentSnapshot) => [
  ...ofModel,
  ...ofCalls(snapshot),
  ...ofCrews(snapshot),
  ...ofOthers(snapshot),
];
const hosted = (snapshot: AgentSnapshot) => [...ofHost, ...ofCalls(snapshot), ...ofOthers(snapshot)];

const openCalls = toolCalls.map(({ id, name }) => ({ id: `a/${id}`, rawId: id, name, input: {} }));

/** How agents begin, new ones and those that come back after a restart. */
export const beginnings: Readonly<Record<string, Beginning<AgentSnapshot>>> = {
  'our loop': { input: input(), events: loop },
  'our loop, with few tokens': { input: input(thrifty(2)), events: loop },
  'our loop, with subagents': {
    input: input(),
    events: (snapshot) => [...loop(snapshot).filter(({ type }) => type !== 'message'), ...ofSubagents()],
  },
  'a harness that runs itself': { input: input({ native: false }), events: hosted },
  'a harness that runs itself, with few tokens': { input: input({ native: false, ...thrifty(2) }), events: hosted },
  'back between turns': { input: input({}, { saved }), events: loop },
  'back with open calls': {
    input: input({}, { saved: { ...saved, midTurn: true, calls: openCalls } }),
    events: loop,
  },
  'back to end, with open calls': {
    input: input(
      {},
      { saved: { ...saved, midTurn: true, calls: openCalls, ending: { status: 'cancelled', reason: 'killed' } } },
    ),
    events: (snapshot) => [...loop(snapshot), ...ofSubagents()],
  },
};
