/** What an agent's children say, and what the world may say to it. */
import type { SnapshotFrom } from 'xstate';
import { ModelError } from '../../../src/index.ts';
import type { agentMachine } from '../../../src/machines/agent.ts';
import type { AgentInput } from '../../../src/machines/agent-context.ts';
import { openCalls } from '../../../src/machines/agent-context.ts';
import type { Settlement } from '../../../src/machines/call-entities.ts';
import type { SavedAgent } from '../../../src/machines/restored.ts';
import { agentInput } from '../../machines/parts.ts';
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
  { type: 'xstate.after.backOff.agent.running.modelTurn.backingOff' },
];

/** Calls end, crash, wait for a human and wait no longer. */
const ofCalls = ({ context }: AgentSnapshot): readonly Said[] => {
  const open = openCalls(context);
  const settled = open.map(({ actorId, call: { id, rawId } }) => ({
    type: `xstate.done.actor.${actorId}`,
    actorId,
    output: { settlement: { ...settlementOf(rawId), id } },
  }));
  const fatal = settled.slice(0, 1).map((event) => ({ ...event, output: { ...event.output, fatal: 'no rule' } }));
  const crashed = open.slice(0, 1).map(({ actorId }) => ({
    type: `xstate.error.actor.${actorId}`,
    actorId,
    error: new Error('a call crashed'),
  }));
  return [
    ...settled,
    ...fatal,
    ...crashed,
    ...ofQuestions(
      context,
      open.map(({ call }) => call.id),
    ),
  ];
};

const ofQuestions = ({ waiting }: AgentSnapshot['context'], ids: readonly string[]): readonly Said[] =>
  ids.map((id) => ({ type: waiting.includes(id) ? 'call.resumed' : 'call.waiting', id }));

const ofHarness: readonly Said[] = [
  { type: 'harness.usage', usage },
  { type: 'harness.ended', status: 'completed', text: 'hosted' },
  { type: 'harness.failed', error: new Error('it threw'), text: 'so far' },
  { type: 'xstate.error.actor.harness', error: new Error('it crashed') },
];

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
export const ofTheEnd = (snapshot: AgentSnapshot): readonly Said[] =>
  snapshot.context.spec.loop
    ? ofCalls(snapshot).filter(({ type, output }) => type.startsWith('xstate.done') && !('fatal' in (output as object)))
    : [{ type: 'harness.ended', status: 'cancelled', text: '' }];

const loop = (snapshot: AgentSnapshot) => [...ofModel, ...ofCalls(snapshot), ...ofOthers(snapshot)];
const hosted = (snapshot: AgentSnapshot) => [
  ...ofHarness,
  ...ofQuestions(snapshot.context, ['r1', 'r2']),
  ...ofOthers(snapshot),
];

const savedCalls = toolCalls.map(({ id, name }) => ({ id: `a/${id}`, rawId: id, name, input: {} }));

/** How agents begin, new ones and those that come back after a restart. */
export const beginnings: Readonly<Record<string, Beginning<AgentSnapshot>>> = {
  'our loop': { input: input(), events: loop },
  'our loop, with few tokens': { input: input(thrifty(2)), events: loop },
  'an external harness': { input: input({ loop: false }), events: hosted },
  'an external harness, with few tokens': { input: input({ loop: false, ...thrifty(2) }), events: hosted },
  'back between turns': { input: input({}, { saved }), events: loop },
  'back with open calls': {
    input: input({}, { saved: { ...saved, midTurn: true, calls: savedCalls } }),
    events: loop,
  },
  'back to end, with open calls': {
    input: input(
      {},
      { saved: { ...saved, midTurn: true, calls: savedCalls, ending: { status: 'cancelled', reason: 'killed' } } },
    ),
    events: loop,
  },
};
