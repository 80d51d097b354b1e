import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type QuestionRows, questionRows, cutRows } from '../../../src/cli/terminal/question-rows.ts';
import { columnsOf, rowsOf } from '../../../src/text/columns.ts';
import { editLine } from '../../../src/cli/terminal/edit-line.ts';
import { frameRows } from '../../../src/cli/terminal/frame.ts';
import type { CurrentQuestion } from '../../../src/cli/terminal/terminal-questions.ts';
import { plainPaint } from '../../../src/cli/output/screen.ts';
import type { AgentSummary, PendingRelay } from '../../../src/index.ts';

function relay(extra: Partial<PendingRelay> = {}): PendingRelay {
  return {
    id: 'r',
    kind: 'permission',
    agentId: 'a',
    toolCallId: 'a/c',
    tool: 'bash',
    params: { command: 'ls' },
    path: ['lead'],
    why: 'nothing allows it',
    proposal: [{ tool: 'bash', params: { command: 'ls' } }],
    releases: [],
    askedAt: 0,
    ...extra,
  };
}

describe('rows of a text', () => {
  test('are broken at the edge, with a lead in current of all but the first', () => {
    expect(rowsOf('abcdefghij', 6, '│ ')).toEqual(['abcdef', '│ ghij']);
    expect(rowsOf('茶茶茶茶', 6)).toEqual(['茶茶茶', '茶']);
  });

  test('hold all of the text and are never wider than the terminal', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ' ', '茶', '👩‍👩‍👧', 'é', '-'), maxLength: 200 });
    fc.assert(
      fc.property(text, fc.integer({ min: 4, max: 50 }), (line, columns) => {
        const rows = rowsOf(line, columns);
        expect(rows.join('')).toBe(line);
        for (const row of rows) expect(columnsOf(row)).toBeLessThanOrEqual(columns);
      }),
    );
  });
});

test('a line typed for a question that is gone stays in sight, with the key that continues', () => {
  const left = editLine('not on a Friday');
  const size = { columns: 60, rows: 20, paint: plainPaint, agents: [] };
  const current: CurrentQuestion = { relay: relay(), count: 1, draft: undefined, isOpen: false, canSave: false };
  const question = questionRows({ relay: relay(), pending: [], columns: 60 });
  for (const rows of [
    frameRows({ ...size, current, question, left }),
    frameRows({ ...size, current: undefined, question: undefined, left }),
  ]) {
    expect(rows.slice(-2)).toEqual(['That question is gone. Press esc to continue.', '  not on a Friday▏']);
  }
});

describe('a question that is cut', () => {
  const rows = (...texts: string[]) => texts.map((text) => ({ text }));
  const question: QuestionRows = {
    head: rows('head'),
    detail: rows('d1', 'd2', 'd3', 'd4', 'd5', 'd6'),
    why: rows('why'),
    answers: rows('always', 'end'),
  };
  const cut = (height: number) => cutRows(question, height).map(({ text }) => text);

  test('is whole where it fits', () => {
    expect(cut(10)).toEqual(['head', 'd1', 'd2', 'd3', 'd4', 'd5', 'd6', 'why', 'always', 'end']);
  });

  test('keeps at least half for what would run, then what the answers mean, and counts what is missing', () => {
    expect(cut(8)).toEqual(['head', 'd1', 'd2', 'd3', '│ … 3 more rows: v shows all', 'why', 'always', 'end']);
    expect(cut(6)).toEqual(['head', 'd1', 'd2', '│ … 5 more rows: v shows all', 'always', 'end']);
    expect(cut(2)).toEqual(['head', '│ … 9 more rows: v shows all']);
    expect(cut(1)).toEqual(['head']);
    expect(cut(0)).toEqual([]);
  });

  test('has every row of the question or says how many are missing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }), (height) => {
        const shown = cut(height);
        const missing = Number(/(\d+) more/.exec(shown.join('\n'))?.[1] ?? 0);
        expect(shown.length - (missing > 0 ? 1 : 0) + missing).toBe(10);
        expect(shown.length).toBeLessThanOrEqual(height);
      }),
    );
  });
});

test('a question shows hidden characters, whole', () => {
  const command = `echo ${'x'.repeat(50)}\u{200b}; rm -rf ~`;
  const { detail } = questionRows({ relay: relay({ params: { command } }), pending: [], columns: 30 });
  const text = detail.map((row) => row.text.slice(4)).join('');
  expect(text).toBe(`echo ${'x'.repeat(50)}\\u{200b}; rm -rf ~`);
});

test('a frame has fewer rows than the terminal, and none is wider', () => {
  const agents = Array.from({ length: 20 }, (_none, at): AgentSummary => {
    return {
      id: `a${at}`,
      name: `agent 茶 ${at}`,
      path: ['x'],
      state: 'running',
      usage: { inputTokens: 1, outputTokens: 1 },
    };
  });
  const sizes = fc.record({ columns: fc.integer({ min: 8, max: 130 }), rows: fc.integer({ min: 2, max: 60 }) });
  const typings = fc.constantFrom(undefined, {
    what: 'arguments' as const,
    line: editLine('make 茶 '.repeat(40)),
    problem: 'That is not JSON.',
  });
  fc.assert(
    fc.property(sizes, typings, fc.boolean(), fc.nat(90), ({ columns, rows }, typing, isAsked, lines) => {
      const asks = relay({ params: { command: 'echo 茶 && true\n'.repeat(lines + 1) } });
      const current: CurrentQuestion = { relay: asks, count: 3, draft: typing, isOpen: true, canSave: true };
      const question = isAsked ? questionRows({ relay: asks, pending: [asks], columns }) : undefined;
      const frame = frameRows({
        agents,
        current: isAsked ? current : undefined,
        question,
        columns,
        rows,
        paint: plainPaint,
      });
      expect(frame.length).toBeLessThan(Math.max(2, rows));
      for (const row of frame) expect(columnsOf(row)).toBeLessThanOrEqual(columns);
      if (isAsked) expect(frame.join('\n')).toMatch(/[▸▏]/);
    }),
  );
});

test('what is typed stays in sight around its cursor where there is no room for all of it', () => {
  const line = { before: 'begin '.repeat(30), after: ' end'.repeat(60) };
  const asks = relay();
  const current: CurrentQuestion = {
    relay: asks,
    count: 1,
    draft: { what: 'reason', line },
    isOpen: true,
    canSave: false,
  };
  const question = questionRows({ relay: asks, pending: [asks], columns: 40 });
  const frame = frameRows({ agents: [], current, question, columns: 40, rows: 10, paint: plainPaint });
  expect(frame.join('\n')).toContain('no, because');
  expect(frame.join('\n')).toContain('▏');
});
