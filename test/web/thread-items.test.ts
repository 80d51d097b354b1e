import { describe, expect, test } from 'vitest';
import type { Envelope, HarnessEvent } from '../../src/events.ts';
import { type CallItem, createThreadFold, type ThreadItem } from '../../src/web/thread/thread-items.ts';

const runId = 'a1';
type Said = HarnessEvent extends infer E ? (E extends HarnessEvent ? Omit<E, 'runId'> : never) : never;

/** Entries of one agent, one after the other. */
function entries(...events: readonly Said[]): Envelope[] {
  return events.map((event, index) => ({
    seq: index + 1,
    at: 1000 + index,
    agentId: runId,
    event: { runId, ...event },
  }));
}

const items = (...events: readonly Said[]): readonly ThreadItem[] => createThreadFold().take(entries(...events));
const callOf = (all: readonly ThreadItem[]): CallItem => all.find((item) => item.kind === 'call') as CallItem;

const text = (content: string, id = 'b1'): Said => ({ type: 'text', id, content });
const call: Said = { type: 'tool_call', id: 'a1/c1', name: 'bash', input: { command: 'ls' } };
const asked: Said = {
  type: 'relay',
  id: 'r1',
  kind: 'permission',
  toolCallId: 'a1/c1',
  tool: 'bash',
  params: { command: 'ls', timeoutMs: 1000 },
  why: 'nothing allows it',
};
const result: Said = { type: 'tool_result', id: 'a1/c1', name: 'bash', output: { context: 'a\nb' }, status: 'ok' };
const turn = (content: string, taken = 0): Said => ({
  type: 'turn',
  number: 1,
  taken,
  messages: [{ role: 'assistant', content }],
});

describe('text', () => {
  test('the deltas of a block are one item', () => {
    expect(items(text('Hel'), text('lo'), text(' there', 'b2'))).toMatchObject([
      { kind: 'text', text: 'Hello' },
      { kind: 'text', text: ' there' },
    ]);
  });

  test('text and reasoning of one id are two items', () => {
    expect(items({ type: 'reasoning', id: 'b1', content: 'hm' }, text('yes'))).toMatchObject([
      { kind: 'reasoning', text: 'hm' },
      { kind: 'text', text: 'yes' },
    ]);
  });

  test('a turn whose words came as blocks says nothing twice', () => {
    expect(items(text('Hello'), turn('Hello'))).toHaveLength(1);
  });

  test('a turn whose words did not come as blocks is shown whole', () => {
    expect(items(turn('Hello'))).toMatchObject([{ kind: 'text', text: 'Hello' }]);
  });

  test('a block id that is used again in a later turn is another block', () => {
    expect(items(text('one'), turn('one'), text('two'))).toMatchObject([{ text: 'one' }, { text: 'two' }]);
  });

  test('a discarded turn takes its blocks with it, and says so', () => {
    const discarded: Said = { type: 'turn_discarded', blocks: ['b1'], attempt: 1, reason: 'cut off.', retryInMs: 1500 };
    expect(items(call, text('half'), discarded, text('whole'), result)).toMatchObject([
      { kind: 'call', state: 'ok' },
      { kind: 'note', text: 'Attempt 1 failed: cut off. Next attempt in 1.5 s.' },
      { kind: 'text', text: 'whole' },
    ]);
  });
});

describe('messages', () => {
  test('an agent begins with what it was given', () => {
    const start = {
      type: 'harness_start',
      model: 'm',
      setup: {
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: [{ type: 'text', text: 'Go' }] },
        ],
        tools: [],
        limits: {},
        retry: { maxAttempts: 1, baseMs: 1, maxMs: 1 },
        workspace: '/w',
        loop: true,
      },
    } satisfies Said;
    expect(items(start)).toMatchObject([
      { kind: 'message', role: 'system', text: 'Be brief.' },
      { kind: 'message', role: 'user', text: 'Go' },
      { kind: 'note', text: 'Started with m.' },
    ]);
  });

  test('a message that a turn takes up is shown once, one that it adds itself too', () => {
    const sent = { role: 'user', content: 'stop' } as const;
    const all = items(
      { type: 'message', message: sent },
      {
        type: 'turn',
        number: 1,
        taken: 1,
        messages: [sent, { role: 'user', content: 'last turn' }, { role: 'assistant', content: 'ok' }],
      },
    );
    expect(all).toMatchObject([
      { kind: 'message', text: 'stop' },
      { kind: 'message', text: 'last turn' },
      { kind: 'text', text: 'ok' },
    ]);
  });
});

describe('calls', () => {
  test('a call goes from its announcement over the question to its result, as one item', () => {
    const fold = createThreadFold();
    const all = entries(
      call,
      asked,
      { type: 'relay_resolved', relayId: 'r1', toolCallId: 'a1/c1', approved: true, by: 'anna', waitedMs: 1200 },
      { type: 'tool_start', id: 'a1/c1', decidedBy: { kind: 'human', by: 'anna', waitedMs: 1200 } },
      result,
    );
    const states = all.map((entry) => callOf(fold.take([entry])).state);
    expect(states).toEqual(['requested', 'waiting', 'requested', 'running', 'ok']);
    expect(fold.take([])).toMatchObject([
      {
        input: { command: 'ls' },
        isEdited: false,
        why: 'nothing allows it',
        waitedMs: 1200,
        answer: { approved: true, by: 'anna' },
        decidedBy: { by: 'anna' },
        startedAt: 1003,
        endedAt: 1004,
        output: 'a\nb',
      },
    ]);
  });

  test('arguments that a human edited take the place of the model’s', () => {
    const answer = { relayId: 'r1', toolCallId: 'a1/c1', approved: true, by: 'anna', input: { command: 'ls -a' } };
    expect(callOf(items(call, asked, { type: 'relay_resolved', ...answer }))).toMatchObject({
      input: { command: 'ls -a' },
      isEdited: true,
    });
  });

  test('a result whose call is among earlier entries still is a call', () => {
    expect(items(result)).toMatchObject([{ kind: 'call', tool: 'bash', state: 'ok', input: undefined }]);
  });

  test('progress is kept by stream, and of much only the end', () => {
    const printed = (content: string, stream: 'stdout' | 'stderr' = 'stdout'): Said => ({
      type: 'tool_progress',
      toolCallId: 'a1/c1',
      stream,
      content,
    });
    const short = callOf(items(call, printed('a'), printed('b'), printed('c', 'stderr')));
    expect(short.progress).toEqual([
      { stream: 'stdout', text: 'ab' },
      { stream: 'stderr', text: 'c' },
    ]);
    const long = callOf(items(call, printed('x'.repeat(20_000)), printed('end')));
    expect(long.isProgressCut).toBe(true);
    expect(long.progress.map((piece) => piece.text).join('')).toMatch(/^x{15997}end$/);
  });
});

describe('secrets', () => {
  const halves = ['key sk-abc', 'defgh12345 end'] as const;
  const masked = 'key [redacted] end';

  test('that came in two pieces are masked in text, reasoning and progress', () => {
    const [one, two] = halves;
    const printed = (content: string): Said => ({
      type: 'tool_progress',
      toolCallId: 'a1/c1',
      stream: 'stdout',
      content,
    });
    const all = items(
      text(one),
      text(two),
      { type: 'reasoning', id: 'b1', content: one },
      { type: 'reasoning', id: 'b1', content: two },
      call,
      printed(one),
      printed(two),
    );
    expect(all).toMatchObject([{ text: masked }, { text: masked }, { progress: [{ text: masked }] }]);
  });

  test('in an output and in a last answer are masked, and the answer is not said twice', () => {
    const secret = halves.join('');
    expect(callOf(items({ ...result, output: { context: secret } })).output).toBe(masked);
    const all = items(text(halves[0]), text(halves[1]), { type: 'harness_end', status: 'completed', text: secret });
    expect(all.at(-1)).toMatchObject({ kind: 'end', text: undefined });
  });

  test('in what is asked for stay: a human has to judge it', () => {
    const command = 'curl -H "Authorization: Bearer abcdefgh"';
    expect(callOf(items({ ...call, input: { command } })).input).toEqual({ command });
  });
});

describe('the end', () => {
  test('says its last answer only when that is not the block above', () => {
    const end: Said = { type: 'harness_end', status: 'completed', text: 'Done.' };
    expect(items(text('Done.'), end).at(-1)).toMatchObject({ kind: 'end', status: 'completed', text: undefined });
    expect(items(text('Other'), end).at(-1)).toMatchObject({ text: 'Done.' });
  });
});

test('an item that did not change is the same object as before', () => {
  const fold = createThreadFold();
  const [first, second, ...more] = entries(call, text('a'), text('b'));
  const before = fold.take([first, second] as Envelope[]);
  const after = fold.take(more);
  expect(after[0]).toBe(before[0]);
  expect(after[1]).not.toBe(before[1]);
  expect(before[1]).toMatchObject({ text: 'a' });
});
