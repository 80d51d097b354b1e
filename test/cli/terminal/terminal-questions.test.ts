/** Each guarantee of the questions at a terminal, with a clock and an orchestrator that keeps the answers. */
import { describe, expect, test } from 'vitest';
import { type KeyPress, type NamedKey, textOf } from '../../../src/cli/terminal/edit-line.ts';
import { TerminalQuestions } from '../../../src/cli/terminal/terminal-questions.ts';
import { QUIET_MS } from '../../../src/read-model/question-queue.ts';
import type { PendingRelay, RelayAnswer } from '../../../src/index.ts';

function relayOf(id: string, extra: Partial<PendingRelay> = {}): PendingRelay {
  return {
    id,
    kind: 'permission',
    agentId: 'a',
    toolCallId: `a/${id}`,
    tool: 'bash',
    params: { command: `run ${id}` },
    path: ['lead'],
    why: 'nothing allows it',
    proposal: [{ tool: 'bash', params: { command: `run ${id}` } }],
    releases: [],
    askedAt: 0,
    ...extra,
  };
}

/** @param fits Whether the tool takes changed arguments. */
function questions({ canSave = false, fits = true } = {}) {
  let pending: PendingRelay[] = [];
  let now = 0;
  const answers: [string, RelayAnswer][] = [];
  const said: string[] = [];
  const whole: string[] = [];
  const it = new TerminalQuestions({
    canSave,
    now: () => now,
    say: (text) => said.push(text),
    showWhole: ({ id }) => whole.push(id),
    orchestrator: {
      getPendingRelays: () => pending,
      resolveRelay(id, answer) {
        if (!pending.some((relay) => relay.id === id)) return false;
        if (answer.approved && answer.input !== undefined && !fits) return false;
        answers.push([id, answer]);
        pending = pending.filter((relay) => relay.id !== id);
        return true;
      },
    },
  });
  /** As the stream tells it; the orchestrator may know more. */
  let streamed: readonly PendingRelay[] = [];
  const draw = () => {
    const front = it.current();
    if (front !== undefined) it.drawn(front.relay.id);
    return front;
  };
  return {
    answers,
    said,
    whole,
    front: () => draw()?.relay.id,
    typed: () => {
      const draft = it.current()?.draft;
      return draft && textOf(draft.line);
    },
    left: () => {
      const left = it.left();
      return left && textOf(left);
    },
    problem: () => it.current()?.draft?.problem,
    ask: (...relays: readonly PendingRelay[]) => {
      pending = [...pending, ...relays];
      streamed = [...streamed, ...relays];
      it.take(streamed);
      draw();
    },
    /** Somebody else answers, and the stream has not told of it. */
    answeredElsewhere: (id: string) => {
      pending = pending.filter((relay) => relay.id !== id);
    },
    /** The stream tells that it is settled. */
    settled: (id: string) => {
      pending = pending.filter((relay) => relay.id !== id);
      streamed = streamed.filter((relay) => relay.id !== id);
      it.take(streamed);
      draw();
    },
    wait: (ms = QUIET_MS) => (now += ms),
    type: (text: string) => Array.from(text, (character): KeyPress => ({ character })).forEach((key) => it.press(key)),
    press: (...names: readonly NamedKey[]) => {
      names.forEach((name) => it.press({ name }));
      draw();
    },
    paste: (text: string) => it.paste(text),
  };
}

test.each([
  ['y', { approved: true }],
  ['Y', { approved: true }],
  ['n', { approved: false }],
  ['a', { approved: true, always: true }],
  ['A', { approved: true, always: { scope: 'all', save: true } }],
] as const)('%s answers %j', (key, answer) => {
  const { ask, wait, type, answers } = questions({ canSave: true });
  ask(relayOf('one'));
  wait();
  type(key);
  expect(answers).toEqual([['one', answer]]);
});

test('a call that cannot be allowed permanently takes no always', () => {
  const { ask, wait, type, answers, said } = questions();
  ask(relayOf('one', { proposal: null }));
  wait();
  type('a');
  expect(answers).toEqual([]);
  expect(said.join()).toContain('yes allows it once');
});

test('answer keys mean nothing before a question was drawn for 500 ms; moving on and looking is free', () => {
  const { ask, wait, type, press, answers, front, whole } = questions();
  ask(relayOf('one'), relayOf('two'));
  wait(QUIET_MS - 1);
  type('ynarev');
  press('tab');
  expect(front()).toBe('two');
  expect(whole).toEqual(['one']);
  wait(QUIET_MS - 1);
  type('y');
  expect(answers).toEqual([]);
  wait();
  type('y');
  expect(answers).toEqual([['two', { approved: true }]]);
});

test('a human who keeps typing answers nothing: every key starts the 500 ms again', () => {
  const { ask, wait, type, answers } = questions();
  ask(relayOf('one'));
  for (const key of 'any yarn, really') {
    type(key);
    wait(QUIET_MS - 1);
  }
  expect(answers).toEqual([]);
  wait(1);
  type('n');
  expect(answers).toEqual([['one', { approved: false }]]);
});

test('tab and s move to the next question and from the last to the first, shift-tab to the one before', () => {
  const { ask, press, type, front } = questions();
  ask(relayOf('one'), relayOf('two'), relayOf('three'));
  const seen = [front()];
  for (const key of ['tab', 'tab', 'tab', 'backtab'] as const) {
    press(key);
    seen.push(front());
  }
  type('s');
  seen.push(front());
  expect(seen).toEqual(['one', 'two', 'three', 'one', 'three', 'one']);
});

test('after an answer no question is current until the stream has told of it', () => {
  const { ask, wait, type, front, settled, answers } = questions();
  ask(relayOf('one'), relayOf('two'));
  wait();
  type('yy');
  expect(front()).toBeUndefined();
  settled('one');
  expect(front()).toBe('two');
  type('y');
  expect(answers).toHaveLength(1);
});

test('a line typed for a question that is settled elsewhere stays until escape, and answers no other', () => {
  const { ask, wait, type, press, settled, answers, typed, left, front } = questions();
  ask(relayOf('one'), relayOf('two'));
  wait();
  type('rbec');
  expect(typed()).toBe('bec');
  settled('one');
  expect([front(), typed(), left()]).toEqual(['two', undefined, 'bec']);
  wait();
  type('yause');
  press('enter', 'tab');
  wait();
  type('y');
  expect([front(), left()]).toEqual(['two', 'bec']);
  expect(answers).toEqual([]);
  press('escape');
  expect(left()).toBeUndefined();
  type('y');
  expect(answers).toEqual([]);
  wait();
  type('y');
  expect(answers).toEqual([['two', { approved: true }]]);
});

test('a line typed for the last question waits for escape, too', () => {
  const { ask, wait, type, press, settled, answers, left } = questions();
  ask(relayOf('one'));
  wait();
  type('rno');
  settled('one');
  ask(relayOf('two'));
  wait();
  type('y');
  expect([left(), answers]).toEqual(['no', []]);
  press('escape');
  wait();
  type('y');
  expect(answers).toHaveLength(1);
});

test('an answer that comes second is reported, and goes to no other question', () => {
  const { ask, wait, type, answeredElsewhere, answers, said } = questions();
  ask(relayOf('one'), relayOf('two'));
  wait();
  answeredElsewhere('one');
  type('y');
  expect(answers).toEqual([]);
  expect(said).toEqual(['The question was already answered.']);
});

describe('changed arguments', () => {
  test('are sent as they are; unchanged ones are a plain yes', () => {
    const { ask, wait, type, press, settled, answers } = questions();
    ask(relayOf('one'), relayOf('two'));
    wait();
    type('e -v');
    press('enter');
    settled('one');
    wait();
    type('e');
    press('enter');
    expect(answers).toEqual([
      ['one', { approved: true, input: { command: 'run one -v' } }],
      ['two', { approved: true }],
    ]);
  });

  test('that the tool does not accept stay to be changed again', () => {
    const { ask, wait, type, press, typed, problem, answers } = questions({ fits: false });
    ask(relayOf('one'));
    wait();
    type('e!');
    press('enter');
    expect(answers).toEqual([]);
    expect(typed()).toBe('run one!');
    expect(problem()).toContain('bash does not accept these arguments');
    type('!');
    expect(problem()).toBeUndefined();
  });
});

test('a paste goes where something is typed, and is no key elsewhere', () => {
  const { ask, wait, type, paste, press, answers } = questions();
  ask(relayOf('one'));
  wait();
  paste('yes');
  expect(answers).toEqual([]);
  type('r');
  paste('too early');
  press('enter');
  expect(answers).toEqual([['one', { approved: false, reason: 'too early' }]]);
});

describe('an interrupted call', () => {
  const unknown = { kind: 'unknown_outcome', proposal: null } as const;

  test.each([
    ['y', { approved: true }],
    ['n', { approved: false }],
    ['d42 rows', { approved: true, output: { context: '42 rows' } }],
    ['d', { approved: true, output: {} }],
    ['rlater', { approved: false, reason: 'later' }],
  ] as const)('%s answers %j', (keys, answer) => {
    const { ask, wait, type, press, answers } = questions();
    ask(relayOf('one', unknown));
    wait();
    type(keys);
    press('enter');
    expect(answers).toEqual([['one', answer]]);
  });

  test('takes no changed arguments and no always, and another question takes no result', () => {
    const { ask, wait, type, press, answers, said } = questions();
    ask(relayOf('one', unknown), relayOf('two'));
    wait();
    type('ea');
    press('enter', 'tab');
    wait();
    type('d');
    press('enter');
    expect(answers).toEqual([]);
    expect(said).toEqual(['An interrupted call cannot be allowed permanently; yes runs it again.']);
  });
});
