import { describe, expect, it } from 'vitest';
import type { PendingRelay } from '../../src/events.ts';
import { groupsOf, inOrder } from '../../src/web/inbox/groups.ts';
import { selectionAfter, stepped } from '../../src/web/inbox/selection.ts';

const asked = (id: string, changes: Partial<PendingRelay> = {}): PendingRelay => ({
  id,
  kind: 'permission',
  agentId: `agent-of-${id}`,
  toolCallId: `agent-of-${id}/call`,
  tool: 'bash',
  params: { command: 'npm test' },
  path: [id],
  why: '',
  proposal: [{ tool: 'bash', params: { command: 'npm test' } }],
  releases: [],
  askedAt: 1,
  ...changes,
});
const idsOf = (relays: readonly PendingRelay[]) =>
  groupsOf(relays).map(({ relays: members }) => members.map(({ id }) => id));

describe('groups of waiting questions', () => {
  it('questions with the same tool, kind and rules are one group', () => {
    expect(idsOf([asked('a'), asked('b'), asked('c', { tool: 'read', proposal: [{ tool: 'read' }] })])).toEqual([
      ['a', 'b'],
      ['c'],
    ]);
  });

  it('the group with the oldest question comes first, and the oldest question in it', () => {
    const other = { proposal: [{ tool: 'bash', params: { command: 'ls' } }] };
    const relays = [asked('late', { askedAt: 9 }), asked('middle', { askedAt: 5, ...other }), asked('first')];
    expect(idsOf(relays)).toEqual([['first', 'late'], ['middle']]);
    expect(inOrder(groupsOf(relays)).map(({ id }) => id)).toEqual(['first', 'late', 'middle']);
  });

  it('the order in which the keys of a rule were written makes no difference', () => {
    const one = [{ tool: 'bash', params: { command: 'ls', cwd: 'docs' } }];
    const other = [{ params: { cwd: 'docs', command: 'ls' }, tool: 'bash' }];
    expect(idsOf([asked('a', { proposal: one }), asked('b', { proposal: other })])).toEqual([['a', 'b']]);
  });

  it('questions about different kinds of things are never one group', () => {
    expect(idsOf([asked('a'), asked('b', { kind: 'unknown_outcome' })])).toEqual([['a'], ['b']]);
  });

  it('questions that cannot be made permanent are one group only when their arguments are equal', () => {
    const once = { proposal: null };
    expect(
      idsOf([asked('a', once), asked('b', once), asked('c', { ...once, params: { command: 'rm -r x' } })]),
    ).toEqual([['a', 'b'], ['c']]);
  });
});

describe('the question on the screen', () => {
  it('stays while it waits, wherever it is listed', () => {
    expect(selectionAfter({ before: ['a', 'b'], now: ['c', 'b', 'a'], selected: 'b' })).toBe('b');
  });

  it('gives its place to the next one that still waits', () => {
    expect(selectionAfter({ before: ['a', 'b', 'c', 'd'], now: ['a', 'd'], selected: 'b' })).toBe('d');
  });

  it('gives its place to the one above it when it was the last', () => {
    expect(selectionAfter({ before: ['a', 'b', 'c'], now: ['a', 'b'], selected: 'c' })).toBe('b');
  });

  it('is the first one when none was there before, and none when none waits', () => {
    expect(selectionAfter({ before: [], now: ['a', 'b'], selected: undefined })).toBe('a');
    expect(selectionAfter({ before: ['a'], now: [], selected: 'a' })).toBeUndefined();
    expect(selectionAfter({ before: ['a'], now: ['x'], selected: 'a' })).toBe('x');
  });

  it('steps from the last to the first and back', () => {
    expect(stepped(['a', 'b'], 'b', 1)).toBe('a');
    expect(stepped(['a', 'b'], 'a', -1)).toBe('b');
    expect(stepped([], undefined, 1)).toBeUndefined();
    expect(stepped(['a', 'b'], 'gone', 1)).toBe('a');
  });
});
