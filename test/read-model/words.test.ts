import { describe, expect, test } from 'vitest';
import type { AgentSummary, HarnessEventOf } from '../../src/events.ts';
import {
  activityOf,
  answerWords,
  countText,
  decidedText,
  isByHuman,
  pathText,
  recordedText,
  scopeText,
  stateText,
  timeText,
} from '../../src/read-model/words.ts';

const agent = (extra: Partial<AgentSummary>): AgentSummary => ({
  id: 'a',
  name: 'a',
  path: ['a'],
  state: 'running',
  usage: { inputTokens: 0, outputTokens: 0 },
  ...extra,
});
const call = (tool: string, running: boolean) => ({ id: tool, tool, running });

test.each<[Partial<AgentSummary>, string]>([
  [{}, 'thinking'],
  [{ phase: 'writing' }, 'writing'],
  [{ calls: [call('read', false)] }, 'calls read'],
  [{ calls: [call('read', true), call('read', true), call('bash', true)] }, 'runs read × 2, bash'],
  [{ state: 'awaitingRelay' }, 'asks for an answer'],
  [{ state: 'awaitingRelay', calls: [call('a\u{1b}', false)] }, 'asks for a\\u{1b}'],
  [{ state: 'done', calls: [call('read', true)] }, ''],
])('an agent that is %j: "%s"', (extra, activity) => {
  expect(activityOf(agent(extra))).toBe(activity);
});

test('the state of an agent is one word', () => {
  expect([
    stateText({ state: 'running' }),
    stateText({ state: 'awaitingRelay' }),
    stateText({ state: 'done', status: 'completed' }),
    stateText({ state: 'done', status: 'limited' }),
  ]).toEqual(['running', 'waiting', 'done', 'limit reached']);
});

describe('the answer to a question', () => {
  const resolved = (event: Partial<HarnessEventOf<'relay_resolved'>>): HarnessEventOf<'relay_resolved'> => ({
    type: 'relay_resolved',
    runId: 'a',
    relayId: 'r1',
    toolCallId: 'a/1',
    approved: true,
    by: 'human',
    ...event,
  });

  test.each([
    [{}, { answer: 'yes', by: 'you' }],
    [
      { by: 'ann', input: {} },
      { answer: 'yes, with changed arguments', by: 'ann' },
    ],
    [{ output: { context: 'done' } }, { answer: 'it ran', by: 'you' }],
    [
      { approved: false, reason: 'too early' },
      { answer: 'no', by: 'you', reason: 'too early' },
    ],
    [{ by: 'grant' }, { answer: 'yes: an earlier "always" covers it' }],
    [{ approved: false, by: 'rule' }, { answer: 'no: a rule forbids it' }],
    [
      { approved: false, by: 'rule', reason: 'secrets stay here' },
      { answer: 'no', reason: 'secrets stay here' },
    ],
    [{ approved: false, by: 'cancel' }, { answer: 'the question was withdrawn' }],
  ] as const)('%j', (event, words) => {
    expect(answerWords(resolved(event))).toEqual(words);
  });

  test('of a human who is called like a rule is told as that of a human', () => {
    expect(isByHuman({ by: 'rule', approved: true })).toBe(true);
    expect(answerWords(resolved({ by: 'rule' }))).toEqual({ answer: 'yes', by: 'rule' });
  });

  test('that is recorded names its giver', () => {
    expect(recordedText({ approved: true })).toBe('yes, by you');
    expect(recordedText({ approved: true, output: {}, by: 'ann' })).toBe('it ran, by ann');
    expect(recordedText({ approved: false, by: 'ann' })).toBe('no, by ann');
  });
});

test('a decision names what made it, and how long a human took', () => {
  expect(decidedText({ kind: 'human', by: 'ann', waitedMs: 4200 })).toBe('Decided by ann, after 4 s');
  expect(decidedText({ kind: 'rule', id: 'policy:1', reason: 'no keys' })).toBe(
    'Decided by a rule (policy:1): no keys',
  );
});

test('a path, a scope, a count and a time', () => {
  expect(pathText(['lead', 'a\u{1b}b'])).toBe('lead › a\\u{1b}b');
  expect([scopeText(), scopeText('agent')]).toEqual(['every agent', 'this agent']);
  expect([0, 999, 12_345, 999_949, 999_950].map(countText)).toEqual(['0', '999', '12.3k', '999.9k', '1.0M']);
  expect([850, 12_000, 185_000, 7_800_000].map(timeText)).toEqual(['850 ms', '12 s', '3 min 5 s', '2 h 10 min']);
});
