import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { PlainView } from '../../src/cli/output/plain-view.ts';
import { createScreen, plainPaint } from '../../src/cli/output/screen.ts';
import type { HarnessEvent } from '../../src/index.ts';
import { createTeam } from '../../src/read-model/team.ts';

/** Events without the ids that every one of them has. */
type Happening = HarnessEvent extends infer E ? (E extends HarnessEvent ? Omit<E, 'runId'> : never) : never;

function viewed(
  happenings: readonly (readonly [agentId: string, event: Happening, at?: number])[],
  columns?: number,
): string[] {
  const output = Object.assign(new PassThrough(), columns === undefined ? {} : { isTTY: true, columns });
  const view = new PlainView({ screen: createScreen({ output, live: false }), paint: plainPaint });
  const team = createTeam();
  happenings.forEach(([agentId, event, at = 0], index) => {
    const entry = { seq: index + 1, at, agentId, event: { runId: agentId, ...event } };
    team.apply(entry);
    view.show(entry, team);
  });
  return String(output.read() ?? '')
    .trimEnd()
    .split('\n');
}

const starts = (...path: string[]): Happening => ({ type: 'harness_start', name: path.at(-1) ?? '', path });
const says = (content: string, id = 't'): Happening => ({ type: 'text', id, content });
const ASKS = {
  type: 'relay',
  id: 'r',
  kind: 'permission',
  toolCallId: 'c',
  tool: 'bash',
  params: { command: 'make' },
} as const;
const ends: Happening = { type: 'harness_end', status: 'completed' };

test('text of two agents is joined to lines of one agent each, however its pieces came', () => {
  const lines = viewed([
    ['a', starts('lead')],
    ['b', starts('lead', 'tests')],
    ['a', says('Good ')],
    ['b', says('The ')],
    ['a', says('morning.\nSecond ')],
    ['b', says('tests.')],
    ['a', says('line.')],
    ['b', ends],
    ['a', ends],
  ]);
  expect(lines).toEqual([
    'lead          running  starts',
    'lead › tests  running  starts',
    'lead          running  Good morning.',
    'lead › tests  running  The tests.',
    'lead › tests  done     completed',
    'lead          running  Second line.',
    'lead          done     completed',
  ]);
});

test('in a terminal a long text is broken between words, each line with its agent', () => {
  const lines = viewed(
    [
      ['a', starts('lead')],
      ['a', says('one two three four five six seven eight nine ten eleven')],
      ['a', ends],
    ],
    54,
  );
  expect(lines.slice(1, -1)).toEqual([
    'lead          running  one two three four five six',
    'lead          running  seven eight nine ten eleven',
  ]);
});

test('a turn that is tried again is not shown twice', () => {
  const lines = viewed([
    ['a', starts('lead')],
    ['a', says('Half an ans')],
    ['a', { type: 'turn_discarded', blocks: ['t'], attempt: 1, reason: 'the connection broke', retryInMs: 1 }],
    ['a', says('A whole answer.')],
    ['a', ends],
  ]);
  expect(lines.join('\n')).not.toContain('Half');
  expect(lines[1]).toContain('the answer was cut off (the connection broke); retrying');
  expect(lines[2]).toContain('A whole answer.');
});

test('progress is shown at most once a second, and the result always', () => {
  const progress = (content: string): Happening => ({
    type: 'tool_progress',
    toolCallId: 'c',
    stream: 'stdout',
    content,
  });
  const lines = viewed([
    ['a', starts('lead')],
    ['a', { type: 'tool_call', id: 'c', name: 'bash', input: { command: 'make' } }, 0],
    ['a', progress('1\n'), 10],
    ['a', progress('2\n3\n'), 1000],
    ['a', progress('4\n'), 1500],
    [
      'a',
      { type: 'tool_result', id: 'c', name: 'bash', status: 'ok', output: { context: '1\n2\n3\n4\nexit code 0' } },
      1600,
    ],
  ]);
  expect(lines.slice(1).map((line) => line.slice(23))).toEqual(['bash: make', '│ 3', '✓ bash: exit code 0']);
});

test('the state of an agent that waits for a human is on its lines', () => {
  const [, , line] = viewed([
    ['a', starts('lead')],
    ['a', { type: 'tool_call', id: 'c', name: 'bash', input: { command: 'make' } }],
    ['a', ASKS],
  ]);
  expect(line).toBe('lead          waiting  asks: bash: make');
});

test('nothing of a model, tool or name reaches the terminal unescaped', () => {
  const evil = '\u{1b}]0;x\u{7}\u{9b}1m\u{202e}\u{200b}\r\u{2028}';
  const lines = viewed([
    ['a', starts(evil)],
    ['a', says(evil)],
    ['a', { type: 'reasoning', id: 'x', content: evil }],
    ['a', { type: 'tool_call', id: 'c', name: evil, input: { [evil]: evil } }],
    ['a', { type: 'tool_progress', toolCallId: 'c', stream: 'stdout', content: evil }, 5000],
    ['a', { type: 'tool_result', id: 'c', name: evil, status: 'error', output: { context: evil } }],
    ['a', { type: 'relay_resolved', relayId: 'r', toolCallId: 'c', approved: false, by: evil, reason: evil }],
    ['a', { type: 'error', code: evil, message: evil }],
    ['a', { type: 'harness_end', status: 'failed', reason: evil }],
  ]);
  expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
});

test('what was recorded before is remembered and not shown: later lines name its calls, and what waits is shown again', () => {
  const output = new PassThrough();
  const shown: string[] = [];
  const onRelay = (id: string) => void shown.push(id);
  const view = new PlainView({ screen: createScreen({ output, live: false }), paint: plainPaint, onRelay });
  const team = createTeam();
  const before: Happening[] = [
    starts('lead'),
    { type: 'tool_call', id: 'c', name: 'bash', input: { command: 'make' } },
    ASKS,
  ];
  const after: Happening[] = [
    { type: 'resumed', count: 1, parked: [] },
    { type: 'relay_resolved', relayId: 'r', toolCallId: 'c', approved: true, by: 'ann' },
    { type: 'tool_result', id: 'c', name: 'bash', status: 'unknown', output: { context: 'it ended' } },
  ];
  for (const [at, happening] of [...before, ...after].entries()) {
    const entry = { seq: at + 1, at: 0, agentId: 'a', event: { runId: 'a', ...happening } };
    team.apply(entry);
    if (at < before.length) view.recall(entry);
    else view.show(entry, team);
  }
  expect(shown).toEqual(['r']);
  expect(String(output.read()).trimEnd().split('\n')).toEqual([
    '… the session was resumed',
    'lead          running  answered: yes, by ann',
    'lead          running  ✗ bash: make: unknown',
    'lead          running    it ended',
  ]);
});

test('how a question of unknown outcome was settled is on one line', () => {
  const settled = (extra: object): Happening => ({
    type: 'relay_resolved',
    relayId: 'r',
    toolCallId: 'c',
    approved: true,
    by: 'human',
    ...extra,
  });
  const [, ...lines] = viewed([
    ['a', starts('lead')],
    ['a', { ...ASKS, kind: 'unknown_outcome' }],
    ['a', settled({ output: { context: '42\nrows' } })],
    ['a', settled({ approved: false, by: 'rule', reason: 'no human can be asked' })],
    ['a', settled({ approved: false, by: 'rule' })],
  ]);
  expect(lines.map((line) => line.slice(23))).toEqual([
    'was running when the process ended: bash: make',
    'answered: it ran, by you: 42\\u{a}rows',
    'answered: no: no human can be asked',
    'answered: no: a rule forbids it',
  ]);
});
