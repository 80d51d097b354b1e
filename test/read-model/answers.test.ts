import { describe, expect, test } from 'vitest';
import type { PendingRelay } from '../../src/events.ts';
import { argumentsName, argumentsText, denial, isFree, keyMeaning, typedAnswer } from '../../src/read-model/answers.ts';

function question(extra: Partial<PendingRelay> = {}): PendingRelay {
  return {
    id: 'r1',
    kind: 'permission',
    agentId: 'a',
    toolCallId: 'a/1',
    tool: 'bash',
    params: { command: 'ls', cwd: 'docs' },
    path: ['a'],
    why: '',
    proposal: [{ tool: 'bash', params: { command: 'ls' } }],
    releases: [],
    askedAt: 0,
    ...extra,
  };
}
const interrupted = question({ kind: 'unknown_outcome', proposal: null });

describe('a key', () => {
  test.each([
    ['y', { approved: true }],
    ['Y', { approved: true }],
    ['n', { approved: false }],
    ['a', { approved: true, always: true }],
    ['A', { approved: true, always: { scope: 'all', save: true } }],
  ] as const)('%s answers %j', (key, answer) => {
    expect(keyMeaning(key, question(), true)).toEqual({ does: 'answer', answer });
  });

  test('A is a plain always where nothing can be saved', () => {
    expect(keyMeaning('A', question(), false)).toEqual({ does: 'answer', answer: { approved: true, always: true } });
  });

  test.each([
    ['r', question(), 'reason'],
    ['e', question(), 'arguments'],
    ['d', interrupted, 'result'],
  ] as const)('%s starts a text', (key, relay, what) => {
    expect(keyMeaning(key, relay, false)).toEqual({ does: 'write', what });
  });

  test('that does not fit the kind of the question means nothing', () => {
    expect([keyMeaning('d', question(), false), keyMeaning('e', interrupted, false)]).toEqual([undefined, undefined]);
    expect([keyMeaning('x', question(), false), keyMeaning('enter', question(), false)]).toEqual([
      undefined,
      undefined,
    ]);
  });

  test('for always explains why the question does not take it', () => {
    expect(keyMeaning('a', question({ proposal: null }), true)).toMatchObject({ does: 'explain' });
    expect(keyMeaning('a', interrupted, true)).toMatchObject({ does: 'explain' });
  });

  test('moves or shows the call without waiting for the guard, and never answers so', () => {
    const free = ['s', 'j', 'k', 'tab', 'backtab', 'v', 'y', 'n', 'a', 'r', 'e'].filter((key) => {
      const meaning = keyMeaning(key, question(), true);
      return meaning !== undefined && isFree(meaning);
    });
    expect(free).toEqual(['s', 'j', 'k', 'tab', 'backtab', 'v']);
  });
});

describe('a typed text', () => {
  test('is the reason of a no, without blanks around it', () => {
    expect(typedAnswer('reason', ' too early ', question())).toEqual({ answer: denial('too early') });
    expect(denial('  ')).toEqual({ approved: false });
  });

  test('is the result of an interrupted call, as far as there is one', () => {
    expect(typedAnswer('result', '42 rows', interrupted)).toEqual({
      answer: { approved: true, output: { context: '42 rows' } },
    });
    expect(typedAnswer('result', ' ', interrupted)).toEqual({ answer: { approved: true, output: {} } });
  });

  test('is the command of bash; its other arguments stay', () => {
    expect([argumentsName(question()), argumentsText(question())]).toEqual(['command', 'ls']);
    expect(typedAnswer('arguments', 'ls -l', question())).toEqual({
      answer: { approved: true, input: { command: 'ls -l', cwd: 'docs' } },
    });
    expect(typedAnswer('arguments', '  ', question())).toHaveProperty('problem');
  });

  test('is JSON for every other tool', () => {
    const write = question({ tool: 'write', params: { path: 'a' } });
    expect([argumentsName(write), argumentsText(write)]).toEqual(['arguments', '{"path":"a"}']);
    expect(typedAnswer('arguments', '{"path":"b"}', write)).toEqual({
      answer: { approved: true, input: { path: 'b' } },
    });
    expect(typedAnswer('arguments', '{"path"', write)).toHaveProperty('problem');
    expect(argumentsText(question({ params: { other: 1 } }))).toBe('{"other":1}');
  });

  test('that changes no argument is a plain yes, however it is indented', () => {
    const write = question({ tool: 'write', params: { path: 'a' } });
    for (const text of [argumentsText(write), argumentsText(write, 2)]) {
      expect(typedAnswer('arguments', text, write)).toEqual({ answer: { approved: true } });
    }
  });
});
