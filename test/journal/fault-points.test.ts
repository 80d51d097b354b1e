/** The moments around everything that is committed, by name. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, test } from 'vitest';
import type { Envelope, HarnessEvent } from '../../src/index.ts';
import { factOf } from '../../src/diagnostics/fault-points.ts';
import { leaveAnswer, openSession, sqliteJournal } from '../../src/journal/index.ts';
import { asked, delta, fact, folder } from './entries.ts';

/** The steps that pass while it runs, each with what it looks at then. */
function steps(run: () => void, look: () => unknown = () => undefined): unknown[] {
  const seen: unknown[] = [];
  const hear = (step: unknown) => {
    const found = look();
    seen.push(found === undefined ? step : [step, found]);
  };
  subscribe('greenroom:fault-point', hear);
  try {
    run();
  } finally {
    unsubscribe('greenroom:fault-point', hear);
  }
  return seen;
}

const usage = { inputTokens: 1, outputTokens: 1 };
const grant = {
  permission: { tool: 't' },
  scope: 'all',
  agentId: 'a',
  originRelayId: 'r',
  by: 'x',
  createdAt: 1,
} as const;
const resolution = {
  type: 'relay_resolved',
  runId: 'a',
  relayId: 'r',
  toolCallId: 'c',
  approved: true,
  by: 'x',
} as const;
const output = { context: 'ok' };

describe('factOf', () => {
  test.each<[string, HarnessEvent]>([
    ['Agent', { type: 'harness_start', runId: 'a' }],
    ['Message', { type: 'message', runId: 'a', message: { role: 'user', content: 'x' } }],
    ['Turn', { type: 'turn', runId: 'a', number: 1, messages: [], taken: 0 }],
    ['Call', { type: 'tool_call', runId: 'a', id: 'c', name: 't', input: {} }],
    ['Question', { type: 'relay', runId: 'a', id: 'r', kind: 'permission', toolCallId: 'c', tool: 't', params: {} }],
    ['Grant', { ...resolution, grants: [{ id: 'g', ...grant }] }],
    ['Resolution', { ...resolution, grants: [] }],
    ['Resolution', resolution],
    ['Revoke', { type: 'grant_revoked', runId: 'a', grantId: 'g', by: 'x' }],
    ['Intent', { type: 'tool_start', runId: 'a', id: 'c' }],
    [
      'Effect',
      { type: 'tool_effect', runId: 'a', toolCallId: 'c', effect: { kind: 'files', changes: [], folders: [] } },
    ],
    ['Outcome', { type: 'tool_result', runId: 'a', id: 'c', name: 't', output, status: 'ok' }],
    ['Stop', { type: 'stopping', runId: 'a', status: 'cancelled' }],
    ['End', { type: 'harness_end', runId: 'a', status: 'completed' }],
    ['Other', { type: 'usage', runId: 'a', ...usage }],
    ['Other', { type: 'error', runId: 'a', code: 'x', message: 'x' }],
    ['Other', { type: 'grant_used', runId: 'a', grantId: 'g', toolCallId: 'c' }],
    ['Other', { type: 'resumed', runId: 'a', count: 1, parked: [] }],
  ])('%s is what $type means to the record', (expected, event) => {
    expect(factOf(event)).toBe(expected);
  });
});

describe('sqliteJournal', () => {
  test('are before and after the commit of each fact; deltas have none, and share the commit of a fact', () => {
    using dir = folder();
    const journal = sqliteJournal(dir.file());
    using reader = openSession(dir.file());
    const end: Envelope = { seq: 4, at: 4, agentId: 'a', event: { type: 'harness_end', runId: 'a', status: 'failed' } };
    const passed = steps(
      () => {
        journal.append([asked(1, 'r')]);
        journal.append([delta(2)]);
        journal.flush?.();
        journal.append([fact(3), end, delta(5)]);
      },
      () => reader.info().lastSeq,
    );
    expect(passed).toEqual([
      ['beforeQuestionCommit', 0],
      ['afterQuestionCommit', 1],
      ['beforeOtherCommit', 2],
      ['beforeEndCommit', 2],
      ['afterOtherCommit', 5],
      ['afterEndCommit', 5],
    ]);
    journal.close();
  });

  test('says an answer before and after, its own and one that is left; one that comes too late is never said to be taken', () => {
    using dir = folder();
    const journal = sqliteJournal(dir.file());
    journal.append([asked(1, 'r1'), asked(2, 'r2')]);
    using reader = openSession(dir.file());
    const passed = steps(
      () => {
        journal.answer?.('r1', { approved: true }, 1);
        leaveAnswer(dir.file(), 'r2', { approved: false });
        journal.answer?.('r1', { approved: false }, 2);
        leaveAnswer(dir.file(), 'r2', { approved: true });
      },
      () => reader.answers().length,
    );
    expect(passed).toEqual([
      ['beforeAnswerCommit', 0],
      ['afterAnswerCommit', 1],
      ['beforeAnswerCommit', 1],
      ['afterAnswerCommit', 2],
      ['beforeAnswerCommit', 2],
    ]);
    journal.close();
  });
});
